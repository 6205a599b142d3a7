"""Slots for processes: at most so many at once, fair among namespaces, first come first served within one.

A namespace that declares hundreds of resellers does not keep the others waiting: namespaces take turns, and in each
turn the oldest object of each is served, older ones first. Within a namespace the creation time decides, then the name.
Nothing is lost with the operator: after a restart the objects ask again, and creation times put them in the same order.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

Turn = tuple[int, datetime, str]
"""Order of service: number of the turn, then creation time, then namespace and name."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place within a namespace."""

    created_at: datetime
    path: str

    @property
    def namespace(self) -> str:
        """The part of the path before the name."""
        return self.path.partition("/")[0]


@dataclass(eq=False, slots=True)
class Ticket:
    """A wish for a slot, and the slot once it is granted."""

    place: Place
    begun: bool
    """Whether the process was started already: such ones go on before others start."""
    number: int
    """Tells tickets of the same place apart."""
    on_grant: Callable[[], None]
    """Called when the slot is granted."""
    granted: bool = False
    """Whether the slot is held."""

    def grant(self) -> None:
        """Give the slot; only the queue does this."""
        self.granted = True
        self.on_grant()

    def give_back(self) -> None:
        """Take the slot away; only the queue does this."""
        self.granted = False


@dataclass(eq=False, slots=True)
class _Namespace:
    """Who waits in one namespace, oldest first: the first is served in `turn`, each further one a turn later."""

    turn: int
    waiting: list[tuple[Place, int]] = field(default_factory=list)

    def turn_of(self, index: int) -> Turn:
        place, _ = self.waiting[index]
        return self.turn + index, place.created_at, place.path

    def before(self, turn: Turn) -> int:
        """How many of them are served before this turn."""
        earlier = min(max(turn[0] - self.turn, 0), len(self.waiting))
        return earlier + (earlier < len(self.waiting) and self.turn_of(earlier) < turn)


class Line:
    """Those who wait, in the order of service."""

    def __init__(self) -> None:
        self._namespaces: dict[str, _Namespace] = {}
        self._heads: list[tuple[Turn, str]] = []
        self._tickets: dict[int, Ticket] = {}
        self._turn = 0
        self._served: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, ticket: Ticket) -> bool:
        return ticket.number in self._tickets

    def add(self, ticket: Ticket) -> None:
        """Let it wait. A namespace in which nobody waited joins the present turn: it saves up no turns."""
        name = ticket.place.namespace
        namespace = self._namespaces.get(name)
        if namespace is None:
            turn = max(self._turn, self._served.get(name, -1) + 1)
            namespace = self._namespaces[name] = _Namespace(turn)
        else:
            self._unlist(name, namespace)
        insort(namespace.waiting, (ticket.place, ticket.number))
        self._tickets[ticket.number] = ticket
        insort(self._heads, (namespace.turn_of(0), name))

    def remove(self, ticket: Ticket) -> None:
        """Let it wait no more."""
        self._take(ticket, served=False)

    def next(self) -> Ticket:
        """Whose turn it is; that one waits no more. Raises `IndexError` when nobody waits."""
        (self._turn, _, _), name = self._heads[0]
        _, number = self._namespaces[name].waiting[0]
        ticket = self._tickets[number]
        self._served[name] = self._turn
        self._take(ticket, served=True)
        return ticket

    def ahead(self, ticket: Ticket) -> int:
        """How many are served before this one, as long as nobody else comes."""
        own = self._namespaces[ticket.place.namespace]
        index = bisect_left(own.waiting, (ticket.place, ticket.number))
        turn = own.turn_of(index)
        return index + sum(other.before(turn) for other in self._namespaces.values() if other is not own)

    def _take(self, ticket: Ticket, *, served: bool) -> None:
        del self._tickets[ticket.number]
        name = ticket.place.namespace
        namespace = self._namespaces[name]
        self._unlist(name, namespace)
        del namespace.waiting[bisect_left(namespace.waiting, (ticket.place, ticket.number))]
        namespace.turn += served
        if namespace.waiting:
            insort(self._heads, (namespace.turn_of(0), name))
        else:
            del self._namespaces[name]
        if not self._tickets:
            self._turn, self._served = 0, {}  # nothing to be fair about; names of old namespaces are not kept

    def _unlist(self, name: str, namespace: _Namespace) -> None:
        del self._heads[bisect_left(self._heads, (namespace.turn_of(0), name))]


class ProcessQueue:
    """Grants `slots` tickets at a time, from when it is open."""

    def __init__(self, slots: int, *, is_open: bool = True) -> None:
        if slots < 1:
            raise ValueError("at least one slot is needed")
        self._free = slots
        self._open = is_open
        self._begun = Line()
        self._fresh = Line()
        self._number = 0

    def open(self) -> None:
        """Begin to grant. A queue that opens a moment after the start knows who was first and who was at work."""
        self._open = True
        self._grant()

    def enter(
        self, created_at: datetime, path: str, *, begun: bool = False, on_grant: Callable[[], None] = lambda: None
    ) -> Ticket:
        """Ask for a slot, for the object with this namespace and name; `begun`: for a process that was started already.

        `on_grant` is called when it is granted, which may be at once.
        The ticket must be given back with `leave`, granted or not.
        """
        self._number += 1
        ticket = Ticket(Place(created_at, path), begun, self._number, on_grant)
        self._line(ticket).add(ticket)
        self._grant()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the slot back, or stop waiting for one. Safe to repeat."""
        line = self._line(ticket)
        if ticket in line:
            line.remove(ticket)
        elif ticket.granted:
            ticket.give_back()
            self._free += 1
            self._grant()

    def ahead(self, ticket: Ticket) -> int:
        """How many others will get a slot before this one, as long as nobody else asks; 0 when it is granted."""
        line = self._line(ticket)
        if ticket not in line:
            return 0
        return line.ahead(ticket) + (0 if ticket.begun else len(self._begun))

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._begun) + len(self._fresh)

    def _line(self, ticket: Ticket) -> Line:
        return self._begun if ticket.begun else self._fresh

    def _grant(self) -> None:
        while self._open and self._free and self.waiting:
            self._free -= 1
            (self._begun if self._begun else self._fresh).next().grant()
