"""What can go wrong here and nowhere else in the local stack."""

from pathlib import Path

from local.errors import LocalError

SHOWN_LINES = 25


class CannotMakeClusterError(LocalError):
    """The kernel or the rights of this machine do not allow a node. CI counts it as skipped, not as failed.

    Nothing that could be installed, downloaded, waited for or repaired is one of these.
    """


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
