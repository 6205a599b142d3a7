"""Many who ask the same at once cost one call, and an error is nobody's for longer than those who waited for it."""

from __future__ import annotations

import asyncio

import pytest
from tenant_reseller.recent import Recent


class Source:
    """Answers with the number of the call, once it may."""

    def __init__(self) -> None:
        self.calls = 0
        self.open = asyncio.Event()
        self.trouble: Exception | None = None

    async def ask(self) -> int:
        self.calls += 1
        number = self.calls
        await self.open.wait()
        if self.trouble is not None:
            raise self.trouble
        return number


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_those_who_ask_at_once_share_one_call_and_it_is_believed_for_a_while() -> None:
    clock, source = Clock(), Source()
    recent: Recent[str, int] = Recent(1.0, clock)
    asking = [asyncio.create_task(recent.get("a", source.ask)) for _ in range(3)]
    await asyncio.sleep(0)
    source.open.set()
    assert await asyncio.gather(*asking) == [1, 1, 1]
    clock.now = 1.0
    assert await recent.get("a", source.ask) == 1
    clock.now = 1.1
    assert await recent.get("a", source.ask) == 2
    assert await recent.get("b", source.ask) == 3


async def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    source = Source()
    source.open.set()
    source.trouble = ValueError("away")
    recent: Recent[str, int] = Recent(1.0, Clock())
    outcomes = await asyncio.gather(*(recent.get("a", source.ask) for _ in range(3)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["away"] * 3
    assert source.calls == 1
    source.trouble = None
    assert await recent.get("a", source.ask) == 2


async def test_one_who_gives_up_does_not_take_the_answer_from_the_others() -> None:
    source = Source()
    recent: Recent[str, int] = Recent(1.0, Clock())
    first, second = (asyncio.create_task(recent.get("a", source.ask)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.open.set()
    assert await second == 1


async def test_nothing_is_kept_for_longer_than_it_is_believed() -> None:
    clock, source = Clock(), Source()
    source.open.set()
    recent: Recent[str, int] = Recent(1.0, clock)
    for number in range(100):
        clock.now += 0.5
        await recent.get(f"made-up-{number}", source.ask)
    assert len(recent) == 3
    source.trouble = ValueError("away")
    with pytest.raises(ValueError, match="away"):
        await recent.get("b", source.ask)
    assert len(recent) == 3, "the error is kept"
