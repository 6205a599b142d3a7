"""Writes of the operator are refused, or carried out without an answer."""

from __future__ import annotations

import pytest

from tests.eventually import eventually
from tests.kube.faults.proxy import Break, Fault
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well, await_truth

STATUS = r"/tenantresellers/[^/]+/status"
FAULTS = {
    "409 on status": Fault(Break.REFUSED, "PATCH", STATUS, 409, "Conflict", 0.2),
    "422 on status": Fault(Break.REFUSED, "PATCH", STATUS, 422, "Invalid", 0.2),
    "429 on status": Fault(Break.REFUSED, "PATCH", STATUS, 429, "TooManyRequests", 0.2),
    "500 on status": Fault(Break.REFUSED, "PATCH", STATUS, 500, "InternalError", 0.2),
    "answer of a status lost": Fault(Break.ANSWER_LOST, "PATCH", STATUS, probability=0.2),
    "504 after a status was written": Fault(Break.REFUSED_AFTERWARDS, "PATCH", STATUS, 504, "Timeout", 0.2),
    "409 on the finalizer": Fault(Break.REFUSED, "PATCH", r"/tenantresellers/[^/]+\?", 409, "Conflict", 0.5),
    "answer of a finalizer lost": Fault(Break.ANSWER_LOST, "PATCH", r"/tenantresellers/[^/]+\?", probability=0.5),
    "answer of a new Secret lost": Fault(Break.ANSWER_LOST, "POST", "/secrets", probability=0.5),
    "any request fails": Fault(Break.REFUSED, status=503, reason="ServiceUnavailable", probability=0.2),
    "any connection is reset": Fault(Break.RESET, probability=0.2),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_writes_fail(proxied_site: Site, fault: str) -> None:
    fail(proxied_site, FAULTS[fault], objects=5)


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_writes_of_many_fail(proxied_site: Site, fault: str, request: pytest.FixtureRequest) -> None:
    fail(proxied_site, FAULTS[fault], objects=60, seed=request.config.getoption("--fault-seed"))


def fail(site: Site, fault: Fault, *, objects: int, seed: int = 1) -> None:
    """Create, update and delete under this fault; all must become well while it lasts."""
    proxy = site.fault_proxy
    proxy.inject(fault, seed=seed)
    try:
        cluster = site.namespace()
        names = site.create_many(cluster.namespace, objects)
        for name in names[1:]:
            cluster.until(name, lambda seen: seen.client_id, seconds=300)
            site.change(cluster.namespace, name, displayName="Changed in trouble")
        cluster.until_ready(names[0], seconds=300)
        site.delete(cluster.namespace, names[0])
        await_truth(site)
        assert proxy.broken[fault.kind] > 0
    finally:
        proxy.inject()
    assert_well(site)


def test_a_status_that_is_never_accepted_leaves_no_false_ready(proxied_site: Site) -> None:
    """As under a CustomResourceDefinition that the operator's status does not fit."""
    proxy = proxied_site.fault_proxy
    cluster = proxied_site.namespace()
    proxied_site.create(cluster.namespace, "refused")
    cluster.until_ready("refused", seconds=60)
    proxy.inject(Fault(Break.REFUSED, "PATCH", STATUS, 422, "Invalid"))
    try:
        proxied_site.change(cluster.namespace, "refused", displayName="Nobody hears of it")
        eventually(lambda: proxy.broken[Break.REFUSED], lambda refused: refused >= 3, seconds=60)
        seen = cluster.see("refused")
        assert not seen.ready
        # Not current by kstatus either: the status is about an older generation.
        assert not seen.observed
    finally:
        proxy.inject()
    assert_well(proxied_site)
