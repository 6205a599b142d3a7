"""Slots for processes: at most so many at once, first come first served by creation time of the objects, then by name.

Nothing is lost with the operator: after a restart the objects ask again, and creation time puts them in the same order.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the order: what was begun before a restart goes on first."""

    fresh: bool
    created_at: datetime
    path: str


@dataclass(eq=False, slots=True)
class Ticket:
    """A wish for a slot, and the slot once it is granted."""

    place: Place
    _granted: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def granted(self) -> bool:
        """Whether the slot is held."""
        return self._granted.is_set()

    async def wait(self) -> None:
        """Return when the slot is granted."""
        await self._granted.wait()

    def grant(self) -> None:
        """Give the slot; only the queue does this."""
        self._granted.set()


class ProcessQueue:
    """Grants `slots` tickets at a time, from when it is open."""

    def __init__(self, slots: int, *, is_open: bool = True) -> None:
        if slots < 1:
            raise ValueError("at least one slot is needed")
        self._free = slots
        self._open = is_open
        self._waiting: list[tuple[Place, int]] = []
        self._tickets: dict[int, Ticket] = {}
        self._number = 0

    def open(self) -> None:
        """Begin to grant. A queue that opens a moment after the start knows who was first and who was at work."""
        self._open = True
        self._grant()

    def enter(self, created_at: datetime, path: str, *, begun: bool = False) -> Ticket:
        """Ask for a slot; `begun`: for a process that was started already.

        The ticket must be given back with `leave`, granted or not.
        """
        ticket = Ticket(Place(not begun, created_at, path))
        self._number += 1
        self._tickets[self._number] = ticket
        insort(self._waiting, (ticket.place, self._number))
        self._grant()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the slot back, or stop waiting for one. Safe to repeat."""
        for index in range(bisect_left(self._waiting, (ticket.place, 0)), len(self._waiting)):
            place, number = self._waiting[index]
            if place != ticket.place:
                break
            if self._tickets[number] is ticket:
                del self._waiting[index]
                del self._tickets[number]
                return
        if ticket.granted:
            ticket._granted.clear()
            self._free += 1
            self._grant()

    def ahead(self, ticket: Ticket) -> int:
        """How many others will get a slot before this one; 0 when it is granted."""
        return 0 if ticket.granted else bisect_left(self._waiting, (ticket.place, 0))

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def _grant(self) -> None:
        while self._open and self._free and self._waiting:
            _, number = self._waiting.pop(0)
            self._free -= 1
            self._tickets.pop(number).grant()
