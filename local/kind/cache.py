"""Results that are slow to make, kept by the content of what they are made from."""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from local.locks import exclusive

UNUSED_DAYS = 30


def key_of(parts: Iterable[str | Path]) -> str:
    """A short key of texts and of the contents of files; folders count with every file below them."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(f"text {len(part)}\n{part}".encode())
            continue
        for file in sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]:
            content = file.read_bytes()
            name = file.relative_to(part) if part.is_dir() else file.name
            digest.update(f"file {name} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def kept(cache: Path, name: str, key: str, make: Callable[[Path], None]) -> Path:
    """The folder `name-key`, made by `make` in a folder of its own unless it is there already.

    A folder appears under its name only when it is whole, and two processes never make the same one: the second waits.
    """
    folder = cache / f"{name}-{key}"
    with exclusive(cache / f".{name}.lock"):
        if not folder.is_dir():
            for left_behind in cache.glob(f".{name}-*.unfinished"):
                shutil.rmtree(left_behind)
            unfinished = cache / f".{folder.name}.unfinished"
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
        (folder / ".used").touch()
        _forget_unused(cache, name)
    return folder


def _forget_unused(cache: Path, name: str) -> None:
    oldest = time.time() - UNUSED_DAYS * 86400
    for stamp in cache.glob(f"{name}-*/.used"):
        if stamp.stat().st_mtime < oldest:
            shutil.rmtree(stamp.parent)
