"""Ports of this machine's loopback address."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError
from local.locks import exclusive

HIGHEST = 32767
"""Above it Linux hands ports out to outgoing connections, which could take one between our look and our use."""

_RESERVED_SECONDS = 120.0
"""For so long a chosen port is kept from other stacks of this user: its server may start minutes of building later."""

Reservations = dict[str, tuple[str, float]]
"""By port: for whom, and until when."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(wanted: Mapping[str, int], owner: str = "") -> dict[str, int]:
    """For each name the wanted port, or the next free one; never the same port twice.

    Nobody else gets it for two minutes. Who asks again under the same, not empty, `owner` may get the same again.
    """
    chosen: dict[str, int] = {}
    with _reservations() as reserved:
        for name, first in wanted.items():
            for port in range(first, HIGHEST + 1):
                holder, _ = reserved.get(str(port), (owner, 0.0))
                if port not in chosen.values() and holder == owner and is_free(port):
                    chosen[name] = port
                    break
            else:
                raise LocalError(f"No free port for {name} between {first} and {HIGHEST} on 127.0.0.1.")
        until = time.time() + _RESERVED_SECONDS
        reserved |= {str(port): (owner or f"{os.getpid()}", until) for port in chosen.values()}
    return chosen


def remembered(file: Path, wanted: Mapping[str, int], *, in_use: bool) -> dict[str, int]:
    """Ports that stay the same from one start to the next, so that addresses people noted keep working.

    `in_use`: some of our own servers run on the ports in `file`, so they are kept without a look.
    """
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    if in_use and known.keys() == wanted.keys():
        return known
    ports = choose({name: known.get(name, first) for name, first in wanted.items()}, owner=str(file.absolute()))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


@contextmanager
def _reservations() -> Iterator[Reservations]:
    """The reservations of this user that still hold, to be changed in place."""
    file = Path(tempfile.gettempdir()) / f"tenant-reseller-ports-{os.getuid()}.json"
    with exclusive(file.with_suffix(".lock")):
        kept: Reservations = json.loads(file.read_text()) if file.exists() else {}
        current = {port: (owner, until) for port, (owner, until) in kept.items() if until > time.time()}
        yield current
        scratch = file.with_suffix(".new")
        scratch.write_text(json.dumps(current))
        scratch.replace(file)
