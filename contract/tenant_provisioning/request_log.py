"""The line that a server logs for each call, so that it is found by the mark that the client has in its own log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from .routes import PROCESS_ID_HEADER, REQUEST_ID_HEADER

_MARK = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def request_line(method: str, path: str, status: int, headers: Mapping[str, str]) -> str:
    """What was called, what came of it, and the marks of the call.

    Everything is the client's: a mark that is none, such as one with line breaks, is left out; the path is escaped.
    """
    marks = [
        f" {name}={value}"
        for name, header in (("request", REQUEST_ID_HEADER), ("process", PROCESS_ID_HEADER))
        if _MARK.fullmatch(value := headers.get(header.name, ""))
    ]
    return f"{method} {quote(path)} {status}{''.join(marks)}"
