"""An OCI runtime that hands on to runc, with CAP_SYS_RESOURCE taken out of what a container is given.

kind's node is a privileged container: it is given every capability the kernel knows. A process can hand on only what it
has itself, so on a machine whose own processes lack this one the node would not start. The engine calls this file by
its path (see `dockerd`): it uses the standard library alone.
"""

import itertools
import json
import os
import sys
from pathlib import Path

CAPABILITY = "CAP_SYS_RESOURCE"


def without_capability(value: object) -> object:
    """The same JSON value with the capability left out of every list in it."""
    if isinstance(value, dict):
        return {key: without_capability(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_capability(inner) for inner in value if inner != CAPABILITY]
    return value


def specification(arguments: list[str]) -> Path | None:
    """The file that tells runc what to start: of a new container, or of one more process in a running one."""
    for option, value in itertools.pairwise(arguments):
        if option in {"--bundle", "-b"}:
            return Path(value) / "config.json"
        if option in {"--process", "-p"}:
            return Path(value)
    return None


def main(arguments: list[str]) -> None:
    """Rewrite the specification, if there is one, and become runc."""
    file = specification(arguments)
    if file is not None:
        file.write_text(json.dumps(without_capability(json.loads(file.read_text()))))
    os.execvp("runc", ["runc", *arguments])  # noqa: S606, S607


if __name__ == "__main__":
    main(sys.argv[1:])
