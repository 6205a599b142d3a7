"""The API key of the BSS in its file, which may get another one while the operator runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 2.0


def read_key(file: Path) -> SecretStr:
    """The key in the file. Raises `ValueError` with what is wrong when there is none."""
    try:
        key = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None
    if not key:
        raise ValueError(f"{file} is empty")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(f"{file} does not hold an API key: printable ASCII without spaces")
    return SecretStr(key)


class KeyFile:
    """The key as it was read last. A file that is being replaced, or that was spoilt, does not take it away."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._trouble = ""
        self.key = read_key(file)

    def refresh(self) -> bool:
        """Read the file. Answers whether it has another key."""
        try:
            key = read_key(self._file)
        except ValueError as error:
            if str(error) != self._trouble:
                logger.warning("%s; the key that was read before stays in use", error)
            self._trouble = str(error)
            return False
        self._trouble = ""
        changed = key != self.key
        self.key = key
        return changed

    async def follow(self, changed: Callable[[], None]) -> None:
        """Read the file now and then, and tell about each new key."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self.refresh():
                logger.info("There is a new API key in %s", self._file)
                changed()
