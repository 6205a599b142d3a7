"""Signs of life of the watches."""

from __future__ import annotations

from tenant_reseller.kube.watch_activity import WatchActivity


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_watch_that_is_silent_for_too_long_is_named_until_it_is_heard_again() -> None:
    clock = Clock()
    activity = WatchActivity(["secrets", "tenantresellers"], 600, clock)
    clock.now += 599
    assert activity.silent is None
    activity.heard("secrets")
    clock.now += 2
    assert activity.silent == "silent for 600 s: tenantresellers"
    activity.heard("tenantresellers")
    assert activity.silent is None


def test_the_first_look_is_done_when_everything_was_listed() -> None:
    activity = WatchActivity(["a", "b", "c", "d", "e"], 600)
    activity.heard("a")
    assert activity.unlisted == "not listed yet: a, b, c and 2 more"
    for name in "abcde":
        activity.listed(name)
    assert activity.unlisted is None


def test_a_watch_of_which_nobody_waits_for_the_list_is_missed_too() -> None:
    clock = Clock()
    activity = WatchActivity(["tenantresellers"], 600, clock, others=["secrets"])
    activity.listed("tenantresellers")
    assert activity.unlisted is None
    clock.now += 500
    activity.heard("tenantresellers")
    clock.now += 500
    assert activity.silent == "silent for 600 s: secrets"


def test_what_kopf_asks_once_at_its_start_is_no_watch() -> None:
    clock = Clock()
    activity = WatchActivity(["/apis/g/v1/things"], 600, clock, others=["/api/v1/secrets"])
    for path in ("/api", "/api/v1", "/apis", "/apis/g/v1"):
        activity.heard(path)
    clock.now += 500
    activity.heard("/apis/g/v1/things")
    activity.heard("/api/v1/secrets")
    clock.now += 500
    assert activity.silent is None
    assert activity.ages() == {"things": 500, "secrets": 500}
    clock.now += 101
    activity.heard("/apis/g/v1/things")
    assert activity.silent == "silent for 600 s: /api/v1/secrets"
