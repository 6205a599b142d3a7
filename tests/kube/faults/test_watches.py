"""Watches end, break, expire and cannot be begun."""

from __future__ import annotations

import pytest

from tests.eventually import eventually
from tests.kube.faults.proxy import Break, Fault
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well

WATCH = r"/tenantresellers\?.*watch="


@pytest.mark.parametrize("times", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_watches_are_cut(proxied_site: Site, times: int) -> None:
    """In the middle of a line, while objects change."""
    cluster = proxied_site.namespace()
    names = proxied_site.create_many(cluster.namespace, 4)
    for number in range(times):
        assert eventually(proxied_site.fault_proxy.cut_watches, lambda cut: cut >= 1, seconds=60)
        for name in names:
            proxied_site.change(cluster.namespace, name, displayName=f"After cut {number}")
    assert_well(proxied_site)


def test_a_watch_that_expired_begins_anew(proxied_site: Site) -> None:
    """A real 410 Gone: the API server was away, and what happened meanwhile is no longer in its memory."""
    proxy, cluster = proxied_site.fault_proxy, proxied_site.namespace()
    proxied_site.create(cluster.namespace, "changed")
    proxied_site.create(cluster.namespace, "deleted")
    assert_well(proxied_site)
    gone = proxy.answers[410]
    proxy.close()
    try:
        proxied_site.create(cluster.namespace, "created")
        proxied_site.change(cluster.namespace, "changed", displayName="Nobody watched")
        proxied_site.delete(cluster.namespace, "deleted")
        proxied_site.plane.apiserver.kill()
        proxied_site.plane.start()
    finally:
        proxy.open()
    assert_well(proxied_site)
    assert proxy.answers[410] > gone, f"the watches never expired: {proxy.answers}"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Break.STREAM_ERROR, path=WATCH, status=410, reason="Expired", count=2),
        Fault(Break.REFUSED, path=WATCH, status=410, reason="Expired", count=2),
        Fault(Break.STREAM_ERROR, path=WATCH, status=500, reason="InternalError", count=2),
        Fault(Break.STREAM_ERROR, path=WATCH, status=504, reason="Timeout", count=2),
        Fault(Break.REFUSED, path=WATCH, status=429, reason="TooManyRequests", count=2),
        Fault(Break.REFUSED, path="/tenantresellers", methods="GET", status=403, reason="Forbidden", count=2),
    ],
    ids=["410 event", "410 answer", "500 event", "504 event", "429 answer", "403 answer"],
)
def test_a_watch_is_refused(proxied_site: Site, fault: Fault) -> None:
    """Without an end of the operator: nobody would start it again here."""
    proxy, cluster = proxied_site.fault_proxy, proxied_site.namespace()
    proxied_site.create(cluster.namespace, "watched")
    assert_well(proxied_site)
    proxy.inject(fault)
    try:
        eventually(proxy.cut_watches, lambda cut: cut >= 1, seconds=60)
        eventually(lambda: proxy.broken[fault.kind], lambda times: times >= 2, seconds=60)
    finally:
        proxy.inject()
    assert proxied_site.operator.running, proxied_site.operator.daemon.log_hint()
    proxied_site.change(cluster.namespace, "watched", displayName="Seen again")
    assert_well(proxied_site)
