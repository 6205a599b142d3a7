"""Whether the project's own code is still the code that a running program was started from."""

from __future__ import annotations

import hashlib
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent

_ENDINGS = frozenset({".py", ".xml", ".cfg", ".csv", ".po", ".html", ".css", ".js", ".yaml", ".toml", ".lock"})
_NOT_OURS = frozenset({"node_modules", "__pycache__"})


def fingerprint(*names: str) -> str:
    """Mark of the files below these folders of the repository: another mark, other code."""
    digest = hashlib.sha256()
    for name in names:
        root = REPOSITORY / name
        files = [root] if root.is_file() else sorted(_files(root))
        for file in files:
            facts = file.stat()
            digest.update(f"{file.relative_to(REPOSITORY)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            if entry.name not in _NOT_OURS:
                found += _files(entry)
        elif entry.suffix in _ENDINGS:
            found.append(entry)
    return found
