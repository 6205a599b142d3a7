"""What can go wrong here, each with what a person can do about it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class KindError(Exception):
    """Something could not be done: what happened, and the remedy."""

    happened: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.happened}\n  remedy: {self.remedy}" if self.remedy else self.happened


class CannotMakeClusterError(KindError):
    """This machine lacks something that only its owner can give. CI counts it as skipped, not as failed."""


class CommandFailedError(KindError):
    """A program ended with an error; the end of its output is part of the message."""

    def __init__(self, command: list[str], status: int, output: str, log: Path | None = None) -> None:
        tail = "\n".join("    " + line for line in output.strip().splitlines()[-25:])
        super().__init__(
            f"{' '.join(command)} ended with status {status}\n{tail}".rstrip(),
            f"its whole output is in {log}" if log else "",
        )
        self.status = status
        self.output = output
