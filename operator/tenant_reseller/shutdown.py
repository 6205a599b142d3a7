"""The end that somebody asks for: a first SIGTERM or SIGINT ends the work in order, a second the process at once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import Any

logger = logging.getLogger(__name__)


class Shutdown:
    """Listens for the two signals."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None
        self.requested = False

    def stops(self, task: asyncio.Task[Any]) -> None:
        """Listen from now on, and cancel this task."""
        self._task = task
        self.listen()

    def listen(self) -> None:
        """Take over the signals; again, when somebody else has taken them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._came, number)

    def _came(self, number: signal.Signals) -> None:
        if self.requested:
            logger.critical("%s again: this process ends at once", number.name)
            logging.shutdown()
            os._exit(128 + number)
        logger.info("%s: finishing what is being written", number.name)
        self.requested = True
        if self._task is not None:
            self._task.cancel()
