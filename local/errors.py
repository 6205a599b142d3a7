"""What can go wrong on this machine, as errors that say what a person can do."""

from __future__ import annotations


class LocalError(Exception):
    """A part of the local stack cannot do its work.

    `remedy` is a sentence for the person at the terminal; empty where the message says it all.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}" if self.remedy else self.message


class MissingPrerequisiteError(LocalError):
    """A program that the project cannot bring along is not on this machine."""
