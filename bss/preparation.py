# SPDX-License-Identifier: GPL-3.0-or-later
"""What `python -m bss init` does: template of tenants and root database, side by side, then the demo tenants."""

from __future__ import annotations

import logging
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from bss.settings import configure

Progress = Callable[[str], None]


def prepare(progress: Progress, *, with_demo: bool) -> None:
    """Prepare everything that `web` and `worker` need; safe to repeat, quick when there is nothing to do."""
    from bss.root import database

    # Each takes a minute or two when it is not in the cache, and one process of Tryton installs one database at a time.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as executor:
        template = executor.submit(_prepare_template)
        database.prepare(progress, with_demo=with_demo)
        template.result()
    if with_demo:
        _make_demo_tenants(progress)


def _prepare_template() -> None:
    """Runs in a process of its own, which knows nothing of this one's settings and logging."""
    logging.basicConfig(level=logging.WARNING)
    configure()
    from bss.tenants.databases import ensure_template

    started = time.monotonic()
    ensure_template(lambda text: print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True))


def _make_demo_tenants(progress: Progress) -> None:
    from bss.provisioning.organizations import create_without_client
    from bss.root import demo

    for code, name in demo.tenants():
        client_id = create_without_client(code, name)
        progress(f"account {code} is a tenant reseller with Client ID {client_id}")
