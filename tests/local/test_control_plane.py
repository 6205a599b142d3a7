"""The local control plane: what it lets in, and what survives which trouble."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from local.binaries import KUBERNETES_VERSION, SOURCES, Binaries
from local.control_plane import ControlPlane
from local.kubectl import Kubectl
from tests.eventually import eventually


def token(kubectl: Kubectl, account: str) -> str:
    """A token of a ServiceAccount in `default`."""
    eventually(lambda: kubectl.run("get", "serviceaccount", account).returncode == 0)
    path = f"/api/v1/namespaces/default/serviceaccounts/{account}/token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = json.loads(kubectl("create", "--raw", path, "-f", "-", document=json.dumps(request)))
    return str(answer["status"]["token"])


def test_the_version_that_is_stamped_into_the_build_is_the_one_that_is_built() -> None:
    pinned = KUBERNETES_VERSION.removeprefix("v1.")
    assert f"k8s.io/kubernetes {KUBERNETES_VERSION}" in (SOURCES / "go.mod").read_text()
    assert f"k8s.io/api => k8s.io/api v0.{pinned}" in (SOURCES / "go.mod").read_text()


def test_it_is_a_kubernetes_of_a_known_version(kubectl: Kubectl) -> None:
    server = json.loads(kubectl("version", "-o", "json"))["serverVersion"]
    assert int(server["major"]) >= 1
    assert server["gitVersion"].startswith("v1.")


def test_the_controller_manager_works(kubectl: Kubectl) -> None:
    # It makes the account `default` in each namespace.
    eventually(lambda: kubectl.run("get", "serviceaccount", "default").returncode == 0)


def test_strangers_are_refused(plane: ControlPlane) -> None:
    context = ssl.create_default_context(cafile=str(plane.authority))
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{plane.url}/api/v1/namespaces/default/secrets", context=context, timeout=10)
    assert refusal.value.code in {401, 403}
    refusal.value.close()


def test_an_account_has_no_rights_that_nobody_gave_it(plane: ControlPlane, kubectl: Kubectl, tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    plane.user_kubeconfig(file, "default", token(kubectl, "default"))
    account = Kubectl(file)
    assert json.loads(account("get", "--raw", "/api"))["versions"] == ["v1"]
    refused = account.run("get", "secrets")
    assert refused.returncode != 0
    assert 'User "system:serviceaccount:default:default" cannot list' in refused.stderr


def test_etcd_talks_to_the_api_server_only(plane: ControlPlane) -> None:
    context = ssl.create_default_context(cafile=str(plane.authority))
    ports = json.loads((plane.directory / "ports.json").read_text())
    with pytest.raises((ssl.SSLError, urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(f"https://127.0.0.1:{ports['etcd']}/version", context=context, timeout=10)


def test_writes_are_audited(plane: ControlPlane, kubectl: Kubectl) -> None:
    kubectl("create", "configmap", "audited")
    lines = eventually(plane.audit_log.read_text, lambda text: '"name":"audited"' in text).splitlines()
    writes = [json.loads(line) for line in lines]
    assert {write["verb"] for write in writes if write["objectRef"].get("name") == "audited"} == {"create"}


@pytest.mark.parametrize("victim", ["etcd", "kube-apiserver", "kube-controller-manager"])
def test_objects_survive_the_sudden_end_of_a_program(plane: ControlPlane, kubectl: Kubectl, victim: str) -> None:
    kubectl("create", "configmap", f"before-{victim}", "--from-literal=key=value")
    (daemon,) = (daemon for daemon in plane.daemons if daemon.name == victim)
    daemon.kill()
    assert not plane.running
    assert plane.start()
    assert plane.running
    assert kubectl.get("configmap", f"before-{victim}")["data"] == {"key": "value"}


def test_starting_what_runs_changes_nothing(plane: ControlPlane) -> None:
    before = [daemon.process for daemon in plane.daemons]
    assert not plane.start()
    assert [daemon.process for daemon in plane.daemons] == before


def test_a_second_look_finds_the_running_programs(plane: ControlPlane, control_plane_programs: Binaries) -> None:
    again = ControlPlane(plane.directory, control_plane_programs, durable=False, audit=True)
    assert again.running
    assert again.url == plane.url
    assert not again.start()


def test_a_frozen_api_server_answers_again_after_it_was_thawed(plane: ControlPlane, kubectl: Kubectl) -> None:
    plane.apiserver.freeze()
    assert kubectl.run("get", "namespaces", "--request-timeout=1s").returncode != 0
    plane.apiserver.thaw()
    eventually(plane.ready)
    assert kubectl.run("get", "namespaces").returncode == 0
