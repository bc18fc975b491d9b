"""One file a page: facts of the archive to what a template shows."""
