"""The recorder of events: series instead of repetitions, bounded, and never in the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from tenant_reseller.kube.errors import KubeError, NotFoundError
from tenant_reseller.kube.event_recorder import EventRecorder, Fate, Regarding
from tenant_reseller.signals.events import Event, EventType

PROGRESS = Event(EventType.NORMAL, "ProcessStarted", "Creation", "Creation started.")
TROUBLE = Event(EventType.WARNING, "SecretNotFound", "Creation", "Secret x does not exist.")


class Sink:
    """Keeps what is written; `refuse` is raised instead when it is set."""

    def __init__(self) -> None:
        self.made: dict[str, dict[str, Any]] = {}
        self.patches: list[dict[str, Any]] = []
        self.refuse: KubeError | None = None
        self.written = asyncio.Event()

    async def create_event(self, namespace: str, event: dict[str, Any], /) -> None:
        if self.refuse is not None:
            raise self.refuse
        assert event["metadata"]["namespace"] == namespace
        assert event["metadata"]["name"] not in self.made
        self.made[event["metadata"]["name"]] = event
        self.written.set()

    async def patch_event(self, namespace: str, name: str, patch: dict[str, Any], /) -> None:
        if self.refuse is not None:
            raise self.refuse
        assert name in self.made
        self.patches.append(patch)


class Scene:
    """A recorder with a sink and a clock that the test moves."""

    def __init__(self, per_second: float = 1000) -> None:
        self.sink = Sink()
        self.fates: Counter[Fate] = Counter()
        self.now = 0.0
        self.recorder = EventRecorder(
            self.sink, "pod", per_second=per_second, fate=lambda fate: self.fates.update([fate]), clock=lambda: self.now
        )

    def record(self, event: Event = PROGRESS, number: int = 1) -> None:
        self.recorder.record(Regarding("n", f"object-{number}", f"uid-{number}"), event)


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_an_event_is_written_in_the_background(scene: Scene) -> None:
    running = asyncio.create_task(scene.recorder.run())
    scene.record()
    assert not scene.sink.made
    async with asyncio.timeout(60):
        await scene.sink.written.wait()
    (event,) = scene.sink.made.values()
    assert event["regarding"]["uid"] == "uid-1"
    assert event["note"] == PROGRESS.note
    running.cancel()


@pytest.mark.parametrize("name", ["n" * 253, "n" * 231 + "." + "n" * 21])
async def test_the_event_of_an_object_with_a_long_name_has_a_name_too(scene: Scene, name: str) -> None:
    scene.recorder.record(Regarding("n", name, "uid"), PROGRESS)
    await scene.recorder.finish()
    ((made, event),) = scene.sink.made.items()
    assert len(made) <= 253
    assert all(part[0].isalnum() and part[-1].isalnum() for part in made.split("."))
    assert event["regarding"]["name"] == name


async def test_what_repeats_becomes_a_series_that_is_written_at_intervals(scene: Scene) -> None:
    scene.record(TROUBLE)
    await scene.recorder.finish()
    for second in (10, 20, 70, 80):
        scene.now = second
        scene.record(TROUBLE)
        await scene.recorder.finish()
    assert len(scene.sink.made) == 1
    assert [patch["series"]["count"] for patch in scene.sink.patches] == [4]
    assert scene.fates == {Fate.WRITTEN: 2, Fate.COUNTED: 4}


async def test_a_repetition_long_after_is_a_new_event(scene: Scene) -> None:
    scene.record(TROUBLE)
    await scene.recorder.finish()
    scene.now = 3600
    scene.record(TROUBLE)
    await scene.recorder.finish()
    assert len(scene.sink.made) == 2


async def test_repetitions_before_the_first_write_are_in_it(scene: Scene) -> None:
    scene.record(TROUBLE)
    scene.record(TROUBLE)
    await scene.recorder.finish()
    (event,) = scene.sink.made.values()
    assert event["series"]["count"] == 2


async def test_one_object_cannot_flood_the_cluster(scene: Scene) -> None:
    for number in range(100):
        scene.record(Event(EventType.WARNING, "Unavailable", "Update", f"attempt {number}"))
    await scene.recorder.finish()
    assert len(scene.sink.made) == 25
    assert scene.fates[Fate.DROPPED] == 75
    scene.now = 301
    scene.record(Event(EventType.WARNING, "Unavailable", "Update", "much later"))
    await scene.recorder.finish()
    assert len(scene.sink.made) == 26


async def test_a_flood_of_objects_is_bounded_and_trouble_goes_before_progress(scene: Scene) -> None:
    for number in range(3000):
        scene.record(PROGRESS, number)
    assert scene.recorder.queued == 1000
    scene.record(TROUBLE, 1)
    assert scene.recorder.queued == 1000
    assert scene.fates[Fate.DROPPED] == 2001
    await scene.recorder.finish()
    assert [event["reason"] for event in scene.sink.made.values()].count("SecretNotFound") == 1


@pytest.mark.parametrize("error", [KubeError("away"), NotFoundError("expired", status=404)], ids=str)
async def test_what_is_refused_is_counted_and_not_tried_again(scene: Scene, error: KubeError) -> None:
    scene.sink.refuse = error
    scene.record(TROUBLE)
    await scene.recorder.finish()
    assert scene.fates == {Fate.FAILED: 1}
    assert scene.recorder.queued == 0
    scene.sink.refuse = None
    scene.record(TROUBLE)  # the next one of its kind begins anew
    await scene.recorder.finish()
    assert len(scene.sink.made) == 1


async def test_nothing_is_recorded_when_events_are_off() -> None:
    scene = Scene(per_second=0)
    scene.record()
    assert scene.recorder.queued == 0
