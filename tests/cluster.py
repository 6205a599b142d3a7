"""A cluster as tests use it: declare resellers as a user does, and look at what the operator tells."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kubernetes import client, config

from local.kubectl import Kubectl
from tests.eventually import eventually

GROUP, VERSION, PLURAL = "tenantreseller.io", "v1alpha1", "tenantresellers"

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """A TenantReseller as it stood at one moment."""

    item: Json

    @property
    def spec(self) -> Json:
        """What was declared."""
        return dict(self.item["spec"])

    @property
    def status(self) -> Json:
        """What the operator tells."""
        return dict(self.item.get("status", {}))

    @property
    def uid(self) -> str:
        """Uid of the object."""
        return str(self.item["metadata"]["uid"])

    @property
    def version(self) -> str:
        """Changes with every write."""
        return str(self.item["metadata"]["resourceVersion"])

    @property
    def client_id(self) -> str | None:
        """The Client ID, once known."""
        return self.status.get("clientID")

    @property
    def process(self) -> Json:
        """The current process, or the last one."""
        return dict(self.status.get("process") or {})

    @property
    def observed(self) -> bool:
        """Whether the status is about the spec as it is now."""
        return bool(self.status.get("observedGeneration") == self.item["metadata"]["generation"])

    def condition(self, name: str) -> Json:
        """A condition; empty when absent."""
        return next((dict(item) for item in self.status.get("conditions", []) if item["type"] == name), {})

    def is_true(self, name: str) -> bool:
        """Whether a condition is True for the spec as it is now."""
        condition = self.condition(name)
        current = condition.get("observedGeneration") == self.item["metadata"]["generation"]
        return current and condition.get("status") == "True"

    @property
    def ready(self) -> bool:
        """Whether the tenant is as declared now."""
        return self.observed and self.is_true("Ready")

    def __repr__(self) -> str:
        told = {c["type"]: f"{c['status']}/{c['reason']}: {c['message']}" for c in self.status.get("conditions", [])}
        return f"{self.item['metadata']['name']} {json.dumps({**self.status, 'conditions': told}, indent=1)}"


class Cluster:
    """One namespace of a cluster."""

    def __init__(self, kubeconfig: Path, namespace: str) -> None:
        self.namespace = namespace
        self.kubeconfig = kubeconfig
        self._kubectl = Kubectl(kubeconfig)

    @cached_property
    def _client(self) -> client.ApiClient:
        return config.new_client_from_config(str(self.kubeconfig))

    def kubectl(self, *arguments: str, document: str = "") -> str:
        """Run kubectl in the namespace; fails when it does."""
        return self._kubectl("--namespace", self.namespace, *arguments, document=document)

    def attempt(self, *arguments: str, document: str = "") -> tuple[int, str]:
        """Run kubectl in the namespace; answers its exit code and all of its output."""
        result = self._kubectl.run("--namespace", self.namespace, *arguments, document=document)
        return result.returncode, result.stdout + result.stderr

    def apply(self, *manifests: Json) -> None:
        """Declare objects, as `kubectl apply` does."""
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        self.kubectl("apply", "-f", "-", document=document)

    def refusal(self, manifest: Json) -> str:
        """What kubectl says when the API server refuses a manifest; fails when it does not refuse."""
        code, output = self.attempt("apply", "--dry-run=server", "-f", "-", document=json.dumps(manifest))
        assert code != 0, f"not refused: {output}"
        return output

    def change(self, name: str, spec: Mapping[str, object]) -> None:
        """Change members of the spec; None takes one away."""
        self.kubectl("patch", "tenantreseller", name, "--type=merge", f"--patch={json.dumps({'spec': spec})}")

    def annotate(self, name: str, **annotations: str) -> None:
        """Set annotations of the group tenantreseller.io."""
        pairs = [f"{GROUP}/{key.replace('_', '-')}={value}" for key, value in annotations.items()]
        self.kubectl("annotate", "--overwrite", "tenantreseller", name, *pairs)

    def pod(self, name: str) -> Json:
        """A pod as it is now."""
        return dict(self._kubectl.get("--namespace", self.namespace, "pod", name))

    def secret(self, name: str, **data: str) -> None:
        """Declare a Secret."""
        self.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data})

    def read_secret(self, name: str) -> dict[str, str]:
        """Content of a Secret."""
        found = client.CoreV1Api(self._client).read_namespaced_secret(name, self.namespace)
        raw: Json = self._client.sanitize_for_serialization(found)
        return {key: _decode(value) for key, value in raw["data"].items()}

    def see(self, name: str) -> Seen:
        """A TenantReseller as it is now."""
        api = client.CustomObjectsApi(self._client)
        return Seen(api.get_namespaced_custom_object(GROUP, VERSION, self.namespace, PLURAL, name))

    def see_all(self) -> list[Seen]:
        """All of the namespace."""
        api = client.CustomObjectsApi(self._client)
        found = api.list_namespaced_custom_object(GROUP, VERSION, self.namespace, PLURAL)
        return [Seen(item) for item in found["items"]]

    def exists(self, name: str) -> bool:
        """Whether there is such a TenantReseller."""
        return any(seen.item["metadata"]["name"] == name for seen in self.see_all())

    def until(self, name: str, holds: Callable[[Seen], object], *, seconds: float = 90.0) -> Seen:
        """The TenantReseller as soon as it `holds`; fails with its whole status when it does not."""
        return eventually(lambda: self.see(name), holds, seconds=seconds)

    def until_ready(self, name: str, *, seconds: float = 90.0) -> Seen:
        """The TenantReseller as soon as it is Ready for its present spec."""
        return self.until(name, lambda seen: seen.ready, seconds=seconds)

    def until_told(self, name: str, condition: str, reason: str, *, seconds: float = 90.0) -> str:
        """The message of a condition as soon as it is False with this reason for the present spec."""

        def holds(seen: Seen) -> bool:
            told = seen.condition(condition)
            return seen.observed and told.get("status") == "False" and told.get("reason") == reason

        return str(self.until(name, holds, seconds=seconds).condition(condition)["message"])

    def until_all_ready(self, count: int, *, seconds: float) -> list[Seen]:
        """All of the namespace as soon as so many are there and all are Ready."""
        return eventually(
            self.see_all,
            lambda all_seen: len(all_seen) == count and all(seen.ready for seen in all_seen),
            seconds=seconds,
            every=0.5,
        )


def _decode(value: str) -> str:
    return base64.b64decode(value).decode()
