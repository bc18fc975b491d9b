"""From files to an archive: read, merge, derive, publish; idempotent and all or nothing."""
