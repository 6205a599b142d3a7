"""Slots: no more than allowed at once, first come first served, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenant_reseller.queue import ProcessQueue, Ticket

START = datetime(2026, 11, 23, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def test_the_first_get_a_slot_and_the_others_know_their_place() -> None:
    queue = ProcessQueue(2)
    first, second, third, fourth = (queue.enter(at(number), f"n/{number}") for number in range(4))
    assert [ticket.granted for ticket in (first, second, third, fourth)] == [True, True, False, False]
    assert [queue.ahead(ticket) for ticket in (third, fourth)] == [0, 1]
    queue.leave(second)
    assert third.granted
    assert queue.ahead(fourth) == 0


def test_older_objects_go_first_and_the_name_decides_between_equals() -> None:
    queue = ProcessQueue(1)
    running = queue.enter(at(9), "n/running")
    late, b, a = queue.enter(at(5), "n/late"), queue.enter(at(1), "n/b"), queue.enter(at(1), "n/a")
    order = []
    current = running
    for _ in range(3):
        queue.leave(current)
        current = next(ticket for ticket in (late, b, a) if ticket.granted)
        order.append(current.place.path)
    assert order == ["n/a", "n/b", "n/late"]


def test_what_was_begun_before_a_restart_goes_on_first() -> None:
    queue = ProcessQueue(1, is_open=False)
    old, begun = queue.enter(at(1), "n/old"), queue.enter(at(2), "n/begun", begun=True)
    assert not old.granted
    assert not begun.granted
    queue.open()
    assert begun.granted
    assert queue.ahead(old) == 0


def test_who_stops_waiting_is_out() -> None:
    queue = ProcessQueue(1)
    running, gone, next_one = (queue.enter(at(number), f"n/{number}") for number in range(3))
    queue.leave(gone)
    assert queue.ahead(next_one) == 0
    queue.leave(running)
    assert not gone.granted
    assert next_one.granted


def test_a_slot_is_given_back_once() -> None:
    queue = ProcessQueue(1)
    ticket = queue.enter(at(0), "n/0")
    queue.leave(ticket)
    queue.leave(ticket)
    both = queue.enter(at(1), "n/1"), queue.enter(at(2), "n/2")
    assert [each.granted for each in both] == [True, False]


def test_who_waits_is_told_once() -> None:
    queue = ProcessQueue(1)
    told: list[int] = []
    first = queue.enter(at(0), "n/0", on_grant=lambda: told.append(0))
    queue.enter(at(1), "n/1", on_grant=lambda: told.append(1))
    assert told == [0]
    queue.leave(first)
    assert told == [0, 1]


def test_no_slots_is_no_queue() -> None:
    with pytest.raises(ValueError, match="at least one slot"):
        ProcessQueue(0)


def served(queue: ProcessQueue, running: Ticket, waiting: list[Ticket]) -> list[str]:
    """The paths of those who wait, in the order in which the only slot comes to them."""
    order = []
    while waiting:
        queue.leave(running)
        (running,) = (ticket for ticket in waiting if ticket.granted)
        waiting = [ticket for ticket in waiting if ticket is not running]
        order.append(running.place.path)
    return order


def test_a_namespace_that_floods_does_not_keep_the_others_waiting() -> None:
    queue = ProcessQueue(1)
    running = queue.enter(at(0), "flood/running")
    flood = [queue.enter(at(number), f"flood/{number:03}") for number in range(1, 200)]
    late = [queue.enter(at(900), "calm/b"), queue.enter(at(800), "calm/a"), queue.enter(at(999), "other/a")]
    # The oldest of each namespace in turn; within a namespace the oldest first.
    assert [queue.ahead(ticket) for ticket in late] == [4, 1, 2]
    assert [queue.ahead(flood[place]) for place in (0, 1, 2, 3)] == [0, 3, 5, 6]
    order = served(queue, running, [*flood, *late])
    assert order[:6] == ["flood/001", "calm/a", "other/a", "flood/002", "calm/b", "flood/003"]


def test_a_namespace_that_asks_again_and_again_gets_no_more_than_its_turns() -> None:
    queue = ProcessQueue(1)
    running = queue.enter(at(0), "n/running")
    waiting = [queue.enter(at(100 + number), f"n/{number}") for number in range(3)]
    granted = []
    for number in range(6):
        waiting.append(queue.enter(at(number), f"eager/{number}"))  # older than all that wait
        queue.leave(running)
        (running,) = (ticket for ticket in waiting if ticket.granted)
        waiting.remove(running)
        granted.append(running.place.namespace)
    assert granted == ["eager", "n", "eager", "n", "eager", "n"]


STEPS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 50), st.sampled_from("abc"), st.booleans()), max_size=60
)


@given(st.integers(1, 4), STEPS)
def test_slots_are_never_exceeded_nor_idle(slots: int, steps: list[tuple[bool, int, int, str, bool]]) -> None:
    queue, tickets = ProcessQueue(slots), list[Ticket]()
    for number, (enters, second, which, namespace, begun) in enumerate(steps):
        if enters or not tickets:
            tickets.append(queue.enter(at(second), f"{namespace}/{number}", begun=begun))
        else:
            queue.leave(tickets.pop(which % len(tickets)))
        granted = [ticket for ticket in tickets if ticket.granted]
        waiting = [ticket for ticket in tickets if not ticket.granted]
        assert len(granted) == min(slots, len(tickets))
        assert sorted(queue.ahead(ticket) for ticket in waiting) == list(range(len(waiting)))
        assert queue.waiting == len(waiting)
    # The place that was told is the order in which the slots then come.
    told = sorted((ticket for ticket in tickets if not ticket.granted), key=queue.ahead)
    running = [ticket for ticket in tickets if ticket.granted]
    for expected in told:
        queue.leave(running.pop())
        assert expected.granted
        running.append(expected)
