"""The command line: a verb is parsed, the archive is asked, the answer is written; nothing is decided."""
