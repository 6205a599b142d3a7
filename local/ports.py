"""Ports of this machine's loopback address."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path

from local.errors import LocalError

HIGHEST = 32767
"""Above it Linux hands ports out to outgoing connections, which could take one between our look and our use."""


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


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """For each name the wanted port, or the next free one; never the same port twice."""
    chosen: dict[str, int] = {}
    for name, first in wanted.items():
        for port in range(first, HIGHEST + 1):
            if port not in chosen.values() and is_free(port):
                chosen[name] = port
                break
        else:
            raise LocalError(f"No free port for {name} between {first} and {HIGHEST} on 127.0.0.1.")
    return chosen


def remembered(file: Path, wanted: Mapping[str, int], *, in_use: bool) -> dict[str, int]:
    """Ports that stay the same from one start to the next, so that addresses people noted keep working.

    `in_use`: some of our own servers run on the ports in `file`, so they are kept without a look.
    """
    known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    if in_use and known.keys() == wanted.keys():
        return known
    ports = choose({name: known.get(name, first) for name, first in wanted.items()})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ports, indent=2) + "\n")
    return ports
