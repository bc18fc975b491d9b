"""The archive on disk: immutable tables named by content, one catalogue, and the only SQL of the house."""
