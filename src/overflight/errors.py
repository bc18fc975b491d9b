"""The errors a caller can meet, each named for who must act and carrying the value that was wrong."""

from __future__ import annotations


class OverflightError(Exception):
    """Base of every error this package raises on purpose; its text is meant to be shown to a person."""


class QuestionError(OverflightError):
    """The question cannot be understood: the asker must rephrase it (command line exit status 2)."""


class InputError(OverflightError):
    """A file offered to the archive cannot be used at all: whoever supplied it must act (exit status 3)."""


class ArchiveError(OverflightError):
    """The archive itself is missing, locked, damaged or of another version: its keeper must act."""


class FetchError(InputError):
    """A source on the network did not give what was asked: its words say why and what to do (status 3)."""
