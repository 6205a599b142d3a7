# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for what another process prepares: in a cluster, web and worker start beside the job that runs `init`."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg

from bss.root import database
from bss.tenants import databases, server

_INTERVAL = 1.0  # seconds


class NotReadyError(Exception):
    """The time was up before everything was there."""


def missing(*, server_only: bool = False) -> str | None:
    """What is not there yet, in words; None when nothing is missing for the modules as they are now."""
    try:
        with server.maintenance() as connection:
            if server_only:
                return None
            if not server.exists(connection, databases.template_name()):
                return "the template of tenants"
    except psycopg.OperationalError as error:
        return f"the database server ({str(error).strip().splitlines()[-1]})"
    return None if database.is_prepared() else "the root database"


def wait(progress: Callable[[str], None], *, seconds: float, server_only: bool = False) -> None:
    """Return when nothing is missing. Raises NotReadyError, which names what is missing, after `seconds`."""
    deadline = time.monotonic() + seconds
    told = None
    while (lack := missing(server_only=server_only)) is not None:
        if time.monotonic() > deadline:
            raise NotReadyError(f"not there after {seconds:g} s: {lack}")
        if lack != told:
            progress(f"waiting for {lack}")
            told = lack
        time.sleep(_INTERVAL)
