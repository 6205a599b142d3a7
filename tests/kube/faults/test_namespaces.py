"""A thousand namespaces, every fourth with a tenant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from kubernetes import client

from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well

OPERATOR = {"TENANT_RESELLER_PROCESS_SLOTS": "32", "TENANT_RESELLER_LOG_LEVEL": "INFO"}
COUNT = 1000
EVERY = 4


def test_a_thousand_namespaces(site: Site) -> None:
    api = client.CoreV1Api(site.api.api_client)
    accounts = [site.account() for _ in range(COUNT)]

    def make(number: int) -> None:
        name = f"customer-{number:04}"
        api.create_namespace({"metadata": {"name": name}})
        if number % EVERY == 0:
            site.create(name, "tenant", account=accounts[number])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(COUNT)))
    assert_well(site, seconds=400)
    # One that comes later is found as quickly as ever, and the others are left alone.
    writes = len(site.audit.writes())
    last = site.namespace()
    site.create(last.namespace, "last")
    assert_well(site)
    assert {write.namespace for write in site.audit.writes()[writes:]} == {last.namespace}
