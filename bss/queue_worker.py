# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue's worker: Tryton's own, which first takes up what a killed one left behind."""

from __future__ import annotations

import logging
from concurrent.futures.process import BrokenProcessPool
from types import SimpleNamespace

from trytond import backend
from trytond import worker as tryton_worker
from trytond.cache import Cache

from bss.provisioning.copying import enqueue_interrupted
from bss.settings import settings

logger = logging.getLogger(__name__)

_TIMEOUT = 10
"""Seconds after which the queue is looked at unasked: a notification is missed if it comes before the first LISTEN."""


def run(*, processes: int, verbose: bool) -> None:
    """Work off the queue of the root database until the process is ended."""
    options = SimpleNamespace(
        database_names=[settings().root_database],
        processes=processes,
        maxtasksperchild=None,
        name=None,
        timeout=_TIMEOUT,
        configfile=[],
        logconf=None,
        verbose=verbose,
    )
    while True:
        take_up_interrupted()
        try:
            tryton_worker.work(options)
        except BrokenProcessPool:
            # One of its processes was killed, for want of memory perhaps: what it did is taken up by a new one.
            logger.exception("a process of the worker died; starting again")


def take_up_interrupted() -> None:
    """Put runs whose worker died back into the queue, and leave this process without threads.

    Tryton's worker forks. Transactions start threads that listen for changes of caches and keep connections; were one
    holding a lock at the moment of the fork, nobody would free it in the new process, which would hang for ever.
    """
    interrupted = enqueue_interrupted()
    if interrupted:
        logger.warning("%s interrupted copyings of products start anew", interrupted)
    Cache.drop(settings().root_database)
    backend.Database(settings().root_database).close()
