"""Running as somebody without rights when the person at the terminal is root: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from local.errors import MissingPrerequisiteError

_ACCOUNT = "nobody"


@dataclass(frozen=True)
class Unprivileged:
    """How a program is started without root's rights. Empty where we are not root."""

    prefix: tuple[str, ...]
    user: int | None
    group: int | None

    def own(self, path: Path) -> None:
        """Make this account the owner of a file or folder."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def unprivileged(*needed: Path) -> Unprivileged:
    """An account for a program that must reach the folders `needed`.

    A checkout below /root is closed to all other accounts. Instead of opening root's home, the program then keeps the
    right to pass through folders (CAP_DAC_READ_SEARCH), and no other right of root's.
    """
    if os.geteuid() != 0:
        return Unprivileged((), None, None)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise MissingPrerequisiteError(
            "setpriv is missing; as root it is needed to start PostgreSQL without root's rights.",
            "Install util-linux, run as another user, or set TENANT_RESELLER_DATABASE_URL.",
        )
    account = pwd.getpwnam(_ACCOUNT)
    prefix = [setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    if not all(_open_to_all(path) for path in needed):
        prefix += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    return Unprivileged((*prefix, "--"), account.pw_uid, account.pw_gid)


def _open_to_all(path: Path) -> bool:
    """Whether every existing folder above `path` can be passed by everybody."""
    return all(parent.stat().st_mode & 0o001 for parent in path.parents if parent.exists())
