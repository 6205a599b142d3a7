"""The proxy of these tests itself: without a fault nobody can tell it from the API server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.kubectl import Kubectl
from tests.cluster import GROUP, VERSION
from tests.kube.faults.proxy import Break, Fault
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well


@pytest.fixture
def through(proxied_site: Site, tmp_path: Path) -> Kubectl:
    """Kubectl that goes through the proxy, with the operator's token."""
    file = tmp_path / "kubeconfig"
    file.write_text(proxied_site.operator.kubeconfig.read_text())
    assert proxied_site.fault_proxy.url in file.read_text()
    return Kubectl(file)


def test_answers_are_those_of_the_api_server(proxied_site: Site, through: Kubectl) -> None:
    direct = Kubectl(proxied_site.plane.kubeconfig)
    for path in ("/version", f"/apis/{GROUP}/{VERSION}", "/api/v1/namespaces/kube-system"):
        assert json.loads(through("get", "--raw", path)) == json.loads(direct("get", "--raw", path))
    missing = through.run("get", "--raw", f"/apis/{GROUP}/{VERSION}/namespaces/none/tenantresellers/none")
    assert missing.returncode != 0
    assert "not found" in missing.stderr
    # The token is passed on, and with it the operator's rights and no others.
    refused = through.run("get", "--raw", "/api/v1/nodes")
    assert "forbidden" in refused.stderr


def test_a_whole_life_passes_through(proxied_site: Site) -> None:
    cluster = proxied_site.namespace()
    proxied_site.create(cluster.namespace, "life")
    cluster.until_ready("life", seconds=60)
    proxied_site.change(cluster.namespace, "life", edition="Premium")
    assert_well(proxied_site)
    proxied_site.delete(cluster.namespace, "life")
    assert_well(proxied_site)
    assert proxied_site.fault_proxy.answers[200] > 0
    assert not proxied_site.fault_proxy.broken


def test_a_fault_reaches_the_client(proxied_site: Site, through: Kubectl) -> None:
    proxy = proxied_site.fault_proxy
    proxy.inject(Fault(Break.REFUSED, methods="GET", path="^/version", status=422, reason="Invalid"))
    try:
        assert "a fault that is switched on" in through.run("get", "--raw", "/version").stderr
        assert proxy.broken[Break.REFUSED] >= 1
        proxy.inject(Fault(Break.RESET, methods="GET", path="^/version"))
        assert through.run("get", "--raw", "/version").returncode != 0
    finally:
        proxy.inject()
    assert through("get", "--raw", "/version")
