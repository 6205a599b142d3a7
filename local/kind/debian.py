"""Root file systems of Debian packages: for the node, and in place of an official base image."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from local.kind.cache import kept, key_of
from local.kind.command import run
from local.kind.machine import require_root
from local.kind.pins import DEBIAN_SUITE
from local.kind.places import Places
from local.kind.progress import step
from local.kind.requirements import ROOT_FILE_SYSTEM, require

ARCHIVE = "root.tar"

# Caches and lists age, documentation is not read in a container, and the host's name and resolver are not the
# container's. Copyright files stay: they go where the programs go.
NOT_NEEDED = (
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/man",
    "usr/share/locale",
    "etc/resolv.conf",
    "etc/hostname",
)


def root_file_system(places: Places, name: str, packages: Sequence[str], *, install: bool) -> Path:
    """An archive with the smallest Debian and these packages.

    Packages come from the mirror that debootstrap uses by default, or from `DEBIAN_MIRROR`.
    """
    mirror = os.environ.get("DEBIAN_MIRROR", "")

    def make(folder: Path) -> None:
        require_root("debootstrap")
        require(ROOT_FILE_SYSTEM, places, install=install)
        step(f"Debian root file system for {name} (one or two minutes the first time)")
        root = folder / "root"
        try:
            words: list[str | Path] = ["--variant=minbase"]
            words += [f"--include={','.join(packages)}"] if packages else []
            words += [DEBIAN_SUITE, root]
            words += [mirror] if mirror else []
            run("debootstrap", *words, log=places.logs / f"debootstrap-{name}.log")
            _trim(root)
            run("tar", "--create", "--file", folder / ARCHIVE, "--numeric-owner", "--directory", root, ".")
        finally:
            shutil.rmtree(root, ignore_errors=True)

    key = key_of([DEBIAN_SUITE, mirror, *sorted(packages), Path(__file__)])
    return kept(places.cache, f"debian-{name}", key, make) / ARCHIVE


def _trim(root: Path) -> None:
    for path in NOT_NEEDED:
        victim = root / path
        if victim.is_dir():
            shutil.rmtree(victim)
            victim.mkdir()
        else:
            victim.unlink(missing_ok=True)
    for documentation in (root / "usr/share/doc").rglob("*"):
        if documentation.name != "copyright" and (documentation.is_symlink() or documentation.is_file()):
            documentation.unlink()
