"""What tests of the web server's own behaviour let it serve: quick, and without a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Tell how many bytes the body had; a path such as `/1000` is answered with so many bytes."""
    if (size := environ["PATH_INFO"].strip("/")).isdigit():
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", size)])
        return [b"x" * int(size)]
    answer = f"{len(environ['wsgi.input'].read())} bytes\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
