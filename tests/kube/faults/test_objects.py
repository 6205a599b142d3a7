"""What is done to objects behind the operator's back: a status lost, an object made anew, a definition changed."""

from __future__ import annotations

import json

import pytest
from kubernetes import client

from local.kubectl import Kubectl
from local.sources import REPOSITORY
from tests.eventually import eventually
from tests.kube.faults.site import Site
from tests.kube.faults.wellbeing import assert_well

DEFINITION = "tenantresellers.tenantreseller.io"
WIPE = ("--subresource=status", "--type=merge", '--patch={"status":null}')


@pytest.mark.parametrize("away", [True, False], ids=["while the operator was away", "under its eyes"])
def test_the_status_is_wiped(proxied_site: Site, away: bool) -> None:
    """As after a restore from a backup that keeps no status."""
    site, cluster = proxied_site, proxied_site.namespace()
    names = site.create_many(cluster.namespace, 3)
    assert_well(site)
    before = {name: cluster.see(name).client_id for name in names}
    if away:
        site.operator.stop()
    for name in names:
        cluster.kubectl("patch", "tenantreseller", name, *WIPE)
    if away:
        site.operator.start()
    assert_well(site)
    assert {name: cluster.see(name).client_id for name in names} == before


@pytest.mark.parametrize("purged", [True, False], ids=["purged", "kept"])
def test_an_object_is_made_anew_under_its_name(proxied_site: Site, purged: bool) -> None:
    site, cluster = proxied_site, proxied_site.namespace()
    policy = "Delete" if purged else "Retain"
    first = site.create(cluster.namespace, "phoenix", deletionPolicy=policy)
    assert_well(site)
    client_id = cluster.see("phoenix").client_id
    account = site.declared[cluster.namespace, "phoenix"]
    cluster.kubectl("delete", "tenantreseller", "phoenix", "--timeout=90s")
    site.kept.add(account)
    second = site.create(cluster.namespace, "phoenix", account=account, deletionPolicy=policy)
    assert second.uid != first.uid
    if purged:
        assert_well(site)
        assert cluster.see("phoenix").client_id not in (None, client_id)
    else:
        # The kept tenant still has the account: that is told, and nothing is taken over by its name.
        key = (cluster.namespace, "phoenix")
        assert_well(site, refused={key: "AccountIsTenant"})
        site.api.delete_namespaced_custom_object(
            "tenantreseller.io", "v1alpha1", cluster.namespace, "tenantresellers", "phoenix"
        )
        del site.declared[key]
        assert_well(site)


def test_an_object_is_taken_by_force_and_made_anew_while_nobody_watches(proxied_site: Site) -> None:
    """Its finalizer was removed by hand, so that the operator never hears of its end."""
    site, cluster = proxied_site, proxied_site.namespace()
    site.create(cluster.namespace, "forced")
    assert_well(site)
    account = site.declared[cluster.namespace, "forced"]
    key = f"{site.cluster_id}.{cluster.see('forced').uid}"
    site.fault_proxy.close()
    try:
        cluster.kubectl("delete", "tenantreseller", "forced", "--wait=false")
        finalizers = json.dumps({"metadata": {"finalizers": None}})
        cluster.kubectl("patch", "tenantreseller", "forced", "--type=merge", f"--patch={finalizers}")
        site.create(cluster.namespace, "forced")
    finally:
        site.fault_proxy.open()
    # Nobody asked for the end of the first tenant, so it lives on in the BSS; a person has to decide.
    cluster.until_ready("forced", seconds=60)
    site.fake.change_organization(key, state="Deleted")
    site.kept.add(account)
    assert_well(site)


def test_the_definition_is_upgraded_while_objects_are_served(proxied_site: Site) -> None:
    """A later version adds a field and takes a printer column away; then the present one is put back."""
    site, cluster = proxied_site, proxied_site.namespace()
    names = site.create_many(cluster.namespace, 4)
    cluster.until(names[0], lambda seen: seen.client_id, seconds=60)
    definitions = client.ApiextensionsV1Api(site.api.api_client)
    definition = definitions.api_client.sanitize_for_serialization(
        definitions.read_custom_resource_definition(DEFINITION)
    )
    version = definition["spec"]["versions"][0]
    columns = version["additionalPrinterColumns"]
    spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    spec["addedLater"] = {"type": "string"}
    version["additionalPrinterColumns"] = columns[:-1]
    definitions.replace_custom_resource_definition(DEFINITION, definition)
    # The new schema is in force once the added field is kept.
    for name in names:
        site.change(cluster.namespace, name, displayName="During the upgrade")
    eventually(lambda: _keeps_added_field(site, cluster.namespace, names[0]), seconds=60)
    assert_well(site)
    assert columns[-1]["name"].upper() not in cluster.kubectl("get", "tenantresellers", "-o", "wide")
    site.change(cluster.namespace, names[0], addedLater=None)
    Kubectl(site.plane.kubeconfig)("apply", "--server-side", "--force-conflicts", "-f", str(REPOSITORY / "crds"))
    for name in names:
        site.change(cluster.namespace, name, displayName="After the upgrade")
    eventually(
        lambda: columns[-1]["name"].upper() in cluster.kubectl("get", "tenantresellers", "-o", "wide"), seconds=60
    )
    assert_well(site)


def _keeps_added_field(site: Site, namespace: str, name: str) -> bool:
    site.change(namespace, name, addedLater="yes")
    return "addedLater" in site.see_all()[namespace, name].spec
