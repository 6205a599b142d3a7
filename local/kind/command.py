"""Running other programs: what they print is an answer, and their failure is an error."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.kind.errors import CommandFailedError


def run(
    *command: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
    log: Path | None = None,
) -> str:
    """Run a program to its end and return what it printed on standard output.

    `env` adds to this process's own. With `log`, both streams go to that file instead, for programs that talk for
    minutes, and the answer is empty. Raises CommandFailedError on a status other than 0.
    """
    words = [str(word) for word in command]
    environment = {**os.environ, **(env or {})}
    if log is None:
        done = subprocess.run(words, env=environment, cwd=cwd, input=stdin, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise CommandFailedError(words, done.returncode, done.stderr or done.stdout)
        return done.stdout
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as sink:
        status = subprocess.run(  # noqa: S603
            words, env=environment, cwd=cwd, input=stdin, stdout=sink, stderr=subprocess.STDOUT, text=True, check=False
        ).returncode
    if status:
        raise CommandFailedError(words, status, log.read_text(errors="replace"), log)
    return ""


def succeeds(*command: str | Path, env: Mapping[str, str] | None = None) -> bool:
    """Whether a program can be run and ends with status 0: for questions, whose *no* is an answer."""
    try:
        run(*command, env=env)
    except (CommandFailedError, FileNotFoundError):
        return False
    return True


def run_visibly(*command: str | Path, env: Mapping[str, str], cwd: Path) -> None:
    """Run a program whose output is for the person at the terminal. Raises CommandFailedError as `run` does."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env={**os.environ, **env}, cwd=cwd, check=False)  # noqa: S603
    if done.returncode:
        raise CommandFailedError(words, done.returncode, "")
