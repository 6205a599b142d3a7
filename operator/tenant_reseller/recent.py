"""Answers that many objects ask for at once: asked for once, shared, and believed for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The answer to each key is believed for so many seconds from when it was asked for.

    Who asks while the same question is under way waits for that answer, also when it is an error. An error is not kept.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._asked: dict[Key, tuple[float, asyncio.Task[Value]]] = {}

    async def get(self, key: Key, ask: Callable[[], Awaitable[Value]]) -> Value:
        """The answer, asked for by `ask` unless it is known. Raises what `ask` raises."""
        now = self._clock()
        self._forget(now)
        if key in self._asked:
            question = self._asked[key][1]
        else:
            question = asyncio.create_task(_answer(ask))
            # Seen by somebody in any case: those who wait may all be cancelled before it fails.
            question.add_done_callback(lambda done: self._drop_failed(key, done))
            self._asked[key] = (now, question)
        # One who is cancelled does not take the answer from the others.
        return await asyncio.shield(question)

    def __len__(self) -> int:
        """How many answers are kept, and questions under way."""
        return len(self._asked)

    def _forget(self, now: float) -> None:
        """Keep nothing that is not believed any more: whoever declares objects chooses the keys."""
        for key, (moment, question) in list(self._asked.items()):
            if question.done() and (_failed(question) or now - moment > self._seconds):
                del self._asked[key]

    def _drop_failed(self, key: Key, question: asyncio.Task[Value]) -> None:
        """Let go of an error, which holds on to all that was at work when it was raised."""
        if _failed(question) and self._asked.get(key, (0.0, None))[1] is question:
            del self._asked[key]


async def _answer(ask: Callable[[], Awaitable[Value]]) -> Value:
    return await ask()


def _failed(question: asyncio.Task[Value]) -> bool:
    return question.done() and (question.cancelled() or question.exception() is not None)
