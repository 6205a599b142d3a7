"""What can go wrong here and nowhere else in the local stack."""

from pathlib import Path

from local.errors import LocalError, MissingPrerequisiteError

SHOWN_LINES = 25


class CannotMakeClusterError(MissingPrerequisiteError):
    """This machine lacks something that only its owner can give. CI counts it as skipped, not as failed."""


class CommandFailedError(LocalError):
    """A program ended with an error; the end of its output is part of the message."""

    def __init__(self, command: list[str], status: int, output: str, log: Path | None = None) -> None:
        self.status = status
        self.output = output
        end = "\n".join("    " + line for line in output.strip().splitlines()[-SHOWN_LINES:])
        super().__init__(
            f"{' '.join(command)} ended with status {status}\n{end}".rstrip(),
            f"Its whole output is in {log}." if log else "",
        )
