"""The wall clock jumps, as when a time server corrects it: it decides nothing but what is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libfaketime
import pytest

from local.binaries import Binaries
from tests.cluster import Seen
from tests.kube.faults.conftest import running
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well

BACK = "-50m"
"""Not further: before that the certificates of the test's API server were not valid."""


class Clock:
    """The wall clock of the operator's process; its monotonic clock, like every machine's, goes on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set("+0")
        library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
        assert library.exists(), library
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset: str) -> None:
        """Jump to so much before or after the real time."""
        scratch = self._file.with_suffix(".new")
        scratch.write_text(offset + "\n")
        scratch.replace(self._file)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    return Clock(tmp_path_factory.mktemp("clock") / "offset")


@pytest.fixture(scope="module")
def site(control_plane_programs: Binaries, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("clock-site")
    with running(Site(folder, control_plane_programs, settings=clock.environment)) as made:
        yield made


def finished(seen: Seen) -> datetime:
    """When the last process ended, by the operator's clock."""
    return datetime.fromisoformat(seen.process["finishedAt"])


@pytest.mark.parametrize("offset", ["+1d", BACK])
def test_the_clock_jumps_while_tenants_are_made(site: Site, clock: Clock, offset: str) -> None:
    clock.set("+0")
    cluster = site.namespace()
    names = site.create_many(cluster.namespace, 6)
    cluster.until(names[0], lambda seen: seen.client_id, seconds=60)
    clock.set(offset)
    site.create(cluster.namespace, "afterwards")
    assert_well(site)
    told = finished(cluster.see("afterwards")) - datetime.now(UTC)
    assert abs(told) > timedelta(minutes=30), f"the operator's clock did not jump: {told}"


def test_a_wait_does_not_become_longer_when_the_clock_is_set_back(site: Site, clock: Clock) -> None:
    """The next attempt comes after seconds, not after the fifty minutes that the clock has lost."""
    clock.set("+0")
    cluster = site.namespace()
    site.fake.trouble({"kind": "Unavailable", "retryAfter": 2})
    try:
        site.create(cluster.namespace, "waiting")
        cluster.until("waiting", lambda seen: seen.condition("Reconciling").get("reason") == "ProgressingWithRetry")
        clock.set(BACK)
    finally:
        site.fake.calm()
    assert_well(site)


def test_a_drift_check_does_not_come_early_when_the_clock_is_set_forward(site: Site, clock: Clock) -> None:
    """The drift interval of a day is over by the wall clock, and by nothing else."""
    clock.set("+0")
    cluster = site.namespace()
    site.create(cluster.namespace, "calm")
    assert_well(site)
    before = site.fake.calls()
    clock.set("+2d")
    # Something that the operator does under the new time.
    site.create(cluster.namespace, "busy")
    cluster.until_ready("busy", seconds=60)
    assert_well(site)
    looks = site.fake.calls()["organization"] - before["organization"]
    assert looks < 10, "every tenant was looked at"
