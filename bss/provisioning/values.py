# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract's values as Tryton's records keep them: selections in lower case, times in UTC without a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

Value = TypeVar("Value", bound=StrEnum)

_WORD_START = re.compile(r"(?<!^)(?=[A-Z])")


def selection(value: StrEnum) -> str:
    """The key of Tryton's selection: `ProductUpdate` is kept as `product_update`."""
    return _WORD_START.sub("_", value.value).lower()


def value_of(kind: type[Value], key: str) -> Value:
    """The contract's value for the key of a selection."""
    return next(value for value in kind if selection(value) == key)


def kept_time(time: datetime | None) -> datetime | None:
    """A time as Tryton keeps it."""
    return None if time is None else time.astimezone(UTC).replace(tzinfo=None)


def time_of(kept: datetime | None) -> datetime | None:
    """A time that Tryton keeps, with its zone."""
    return None if kept is None else kept.replace(tzinfo=UTC)


def now() -> datetime:
    """The present time as Tryton keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
