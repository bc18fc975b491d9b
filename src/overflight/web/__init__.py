"""The page: documents made from an archive, served by the app or published as files."""
