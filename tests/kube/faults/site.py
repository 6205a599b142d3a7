"""A control plane, a BSS and an operator that a test may break."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from kubernetes import client, config

from local.binaries import Binaries
from local.control_plane import ControlPlane
from local.operator import Operator
from tests.cluster import GROUP, PLURAL, VERSION, Cluster, Seen
from tests.kube.fake import WatchedFake
from tests.kube.faults.audit import AuditLog
from tests.kube.faults.proxy import Proxy
from tests.manifests import reseller

SETTINGS = {
    "TENANT_RESELLER_PREREQUISITE_RETRY_BASE": "1",
    "TENANT_RESELLER_PREREQUISITE_RETRY_MAX": "2",
    "TENANT_RESELLER_RETRY_BASE": "0.2",
    "TENANT_RESELLER_RETRY_MAX": "2",
    "TENANT_RESELLER_POLL_INTERVAL": "0.2",
    # So that a test can tell the call of a drift check from a call that should not be.
    "TENANT_RESELLER_DRIFT_INTERVAL": "86400",
    "TENANT_RESELLER_LOG_LEVEL": "DEBUG",
}
"""Waiting times that a test can afford; the drift check is out of the way. All else is as in production."""

LANGUAGES = ("en", "de", "es", "fr")
Key = tuple[str, str]
"""Namespace and name of an object."""


class Site:
    """All parts. `proxied`: the operator reaches the API server through `proxy`, all others reach it directly.

    `declared` is what users have declared and not deleted again; `kept` the accounts of what they deleted.
    """

    def __init__(
        self,
        directory: Path,
        programs: Binaries,
        *,
        settings: Mapping[str, str] | None = None,
        proxied: bool = False,
        copy_seconds: float = 0.0,
    ) -> None:
        self.plane = ControlPlane(directory / "control-plane", programs, durable=False, audit=True)
        self.fake = WatchedFake(directory / "fake", copy_seconds=copy_seconds)
        self.operator = Operator(
            directory / "operator", self.plane, self.fake.url, self.fake.api_key, SETTINGS | dict(settings or {})
        )
        self.proxy = Proxy(self.plane) if proxied else None
        self.audit = AuditLog(self.plane.audit_log)
        self.declared: dict[Key, str] = {}
        self.kept: set[str] = set()
        self._accounts = (f"L-{number}" for number in itertools.count(1))
        self._namespaces = (f"fault-{number}" for number in itertools.count(1))

    def start(self) -> None:
        """Start everything."""
        self.plane.start()
        self.fake.start()
        self.operator.install()
        if self.proxy is not None:
            self.proxy.start()
            connection = json.loads(self.operator.kubeconfig.read_text())
            connection["clusters"][0]["cluster"]["server"] = self.proxy.url
            self.operator.kubeconfig.write_text(json.dumps(connection))
        self.operator.start()

    def stop(self) -> None:
        """Stop everything."""
        self.operator.stop()
        self.fake.stop()
        if self.proxy is not None:
            self.proxy.stop()
        self.plane.stop()

    @property
    def fault_proxy(self) -> Proxy:
        """The proxy of a site that has one."""
        assert self.proxy is not None
        return self.proxy

    @cached_property
    def api(self) -> client.CustomObjectsApi:
        """The API server, as an administrator sees it."""
        return client.CustomObjectsApi(config.new_client_from_config(str(self.plane.kubeconfig)))

    @cached_property
    def cluster_id(self) -> str:
        """What makes the keys of this cluster's organizations its own."""
        found: Any = client.CoreV1Api(self.api.api_client).read_namespace("kube-system")
        return str(found.metadata.uid)

    def namespace(self) -> Cluster:
        """A new namespace."""
        cluster = Cluster(self.plane.kubeconfig, next(self._namespaces))
        cluster.kubectl("create", "namespace", cluster.namespace)
        return cluster

    def account(self) -> str:
        """An account that no other reseller has."""
        return next(self._accounts)

    def create(self, namespace: str, name: str, /, **spec: object) -> Seen:
        """Declare a reseller for an account that no other has; members of `spec` as in `tests.manifests`."""
        account = str(spec.pop("account", None) or self.account())
        body = reseller(name, account, **spec)
        made = Seen(self.api.create_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, body))
        self.declared[namespace, name] = account
        return made

    def create_many(self, namespace: str, count: int) -> list[str]:
        """Declare so many; answers their names."""
        names = [f"many-{number:03}" for number in range(count)]
        for number, name in enumerate(names):
            self.create(namespace, name, edition="Premium" if number % 2 else "Basic", separateInvoices=number % 3 == 0)
        return names

    def change(self, namespace: str, name: str, **spec: object) -> None:
        """Change members of a spec; None takes one away."""
        self.api.patch_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, name, {"spec": spec})

    def change_something(self, namespace: str, name: str, rng: Random) -> None:
        """Change one or several members of a spec at random."""
        changes: dict[str, object] = {
            "edition": rng.choice(("Basic", "Premium")),
            "displayName": f"Changed {rng.randrange(10**6)}",
            "separateInvoices": rng.random() < 0.5,
            "locale": {"language": rng.choice(LANGUAGES)},
        }
        chosen = rng.sample(sorted(changes), rng.randint(1, len(changes)))
        self.change(namespace, name, **{field: changes[field] for field in chosen})

    def delete(self, namespace: str, name: str) -> None:
        """Delete an object; its tenant is kept by the BSS, marked as deleted."""
        self.api.delete_namespaced_custom_object(GROUP, VERSION, namespace, PLURAL, name)
        self.kept.add(self.declared.pop((namespace, name)))

    def see_all(self) -> dict[Key, Seen]:
        """All TenantResellers of the cluster."""
        found = self.api.list_cluster_custom_object(GROUP, VERSION, PLURAL)
        return {(item["metadata"]["namespace"], item["metadata"]["name"]): Seen(item) for item in found["items"]}
