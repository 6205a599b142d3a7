"""What the cluster enforces, and whom the BSS takes its clients for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.kind.cluster import NODE
from local.kind.images import BSS
from local.kind.installation import BSS_NAMESPACE, OPERATOR_NAMESPACE, Installation
from tests.cluster import Cluster
from tests.e2e.environment import Environment
from tests.e2e.person import Person, Refusal
from tests.eventually import eventually

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
LOG_IN = """
import json, sys, urllib.error, urllib.request
url, user = sys.argv[1:]
body = json.dumps({"id": 1, "method": "common.db.login", "params": [user, {"password": "wrong"}, "en"]}).encode()
try:
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=60)
except urllib.error.HTTPError as refused:
    assert refused.code == 401, refused.code
else:
    raise AssertionError("let in")
"""


def pod(name: str, context: dict[str, Any], *command: str) -> dict[str, Any]:
    """A pod that runs a command once."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [
                {"name": "one", "image": BSS.reference, "command": list(command), "securityContext": context}
            ],
        },
    }


@pytest.mark.parametrize("namespace", [OPERATOR_NAMESPACE, BSS_NAMESPACE])
def test_a_privileged_pod_is_refused(installation: Installation, namespace: str) -> None:
    def create(context: dict[str, Any]) -> tuple[int, str]:
        document = json.dumps(pod("intruder", context, "true"))
        answer = installation.kubectl.run(
            *("--namespace", namespace, "create", "--dry-run=server", "-f", "-"), document=document
        )
        return answer.returncode, answer.stderr

    assert create(RESTRICTED)[0] == 0
    status, told = create({"privileged": True})
    assert status != 0
    assert 'violates PodSecurity "restricted' in told


def test_attempts_are_counted_for_the_address_that_they_come_from(
    environment: Environment, installation: Installation, cluster: Cluster
) -> None:
    inside, outside = f"{cluster.namespace}-inside", f"{cluster.namespace}-outside"
    # By its address: a host name that is not the BSS's own is a Storefront's.
    service = installation.kubectl.get("--namespace", BSS_NAMESPACE, "service", "bss")["spec"]
    url = f"http://{service['clusterIP']}:{service['ports'][0]['port']}/{environment.root}/rpc/"
    cluster.apply(pod("client", RESTRICTED, "python", "-c", LOG_IN, url, inside))
    with pytest.raises(Refusal) as refusal:
        Person(environment.bss_url, environment.root, outside, "wrong")
    assert refusal.value.status == 401
    ended = eventually(
        lambda: cluster.pod("client"), lambda seen: seen["status"]["phase"] in {"Succeeded", "Failed"}, seconds=240
    )
    assert ended["status"]["phase"] == "Succeeded", cluster.kubectl("logs", "client")

    assert address_of(installation, inside) == ended["status"]["podIP"]
    # With one policy of the Service the node would put its own address in place of everybody's.
    node = installation.kubectl.get("node", NODE)
    own = {address["address"] for address in node["status"]["addresses"]}
    network = node["spec"]["podCIDR"].rsplit(".", 1)[0]
    assert address_of(installation, outside) not in own
    assert not address_of(installation, outside).startswith(network)


def address_of(installation: Installation, user: str) -> str:
    """The address that the BSS noted for a user's refused login."""
    query = f"SELECT DISTINCT ip_address FROM res_user_login_attempt WHERE login = '{user}'"
    psql = 'PGPASSWORD=$(cat /run/secrets/database/superuser-password) psql -h 127.0.0.1 -U postgres -d "$1" -Atc "$2"'
    noted = installation.kubectl(
        *("--namespace", BSS_NAMESPACE, "exec", "bss-postgresql-0", "-c", "postgresql", "--"),
        *("sh", "-c", psql, "sh", "distributor", query),
    )
    (address,) = noted.split()
    return address
