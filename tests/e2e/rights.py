"""Rights: what the manifests grant the operator, and what its ServiceAccount asked of the API server."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.kind.cluster import AUDIT_LOG, NODE
from local.kubectl import Kubectl

Json = dict[str, Any]

EVERYWHERE = "*"
"""Place of a right that a ClusterRoleBinding gives."""


@dataclass(frozen=True, order=True)
class Right:
    """To do one thing with one kind of object in one place."""

    group: str
    resource: str
    """With the subresource, if any: `tenantresellers/status`."""
    verb: str
    name: str = ""
    """The only object that it is about; empty: any."""
    place: str = EVERYWHERE
    """A namespace, or EVERYWHERE."""

    def covers(self, asked: Right) -> bool:
        """Whether it allows what was asked, whose place and name are those of the request."""
        return (
            (self.group, self.resource, self.verb) == (asked.group, asked.resource, asked.verb)
            and self.name in {"", asked.name}
            and self.place in {EVERYWHERE, asked.place}
        )

    def __str__(self) -> str:
        resource = f"{self.resource}.{self.group}" if self.group else self.resource
        where = "" if self.place == EVERYWHERE else f" in {self.place}"
        return f"{self.verb:7} {resource}{f' {self.name}' if self.name else ''}{where}"


def granted(kubectl: Kubectl, namespace: str, account: str) -> set[Right]:
    """All rights that bindings give to a ServiceAccount by its name."""
    return set(itertools.chain(_by_bindings(kubectl, "clusterrolebindings", namespace, account))) | set(
        _by_bindings(kubectl, "rolebindings", namespace, account)
    )


def _by_bindings(kubectl: Kubectl, kind: str, namespace: str, account: str) -> Iterator[Right]:
    for binding in kubectl.get(kind, "--all-namespaces")["items"]:
        own = {"kind": "ServiceAccount", "name": account, "namespace": namespace}
        if own not in binding.get("subjects", []):
            continue
        place = binding["metadata"].get("namespace", EVERYWHERE)
        role = binding["roleRef"]
        where = ("--namespace", place) if role["kind"] == "Role" else ()
        for rule in kubectl.get(*where, role["kind"].lower(), role["name"])["rules"]:
            names = rule.get("resourceNames", [""])
            for group, resource, verb, name in itertools.product(
                rule["apiGroups"], rule["resources"], rule["verbs"], names
            ):
                yield Right(group, resource, verb, name, place)


def requests(kubectl: Kubectl) -> list[Json]:
    """What the audit log has of the operator, one event a request."""
    text = kubectl("get", "--raw", f"/api/v1/nodes/{NODE}/proxy/logs/{AUDIT_LOG}")
    events = [json.loads(line) for line in text.splitlines()]
    # A watch is told twice, at its start and at its end.
    return list({event["auditID"]: event for event in events}.values())


def refused(events: list[Json]) -> list[str]:
    """Requests that the operator had no right to."""
    return [
        f"{event['verb']} {event['requestURI']}"
        for event in events
        if event.get("annotations", {}).get("authorization.k8s.io/decision") == "forbid"
    ]


def used(events: list[Json]) -> Counter[Right]:
    """How often each thing was asked for; questions about what the API server serves at all need no right of ours."""
    return Counter(_asked(event) for event in events if "objectRef" in event)


def _asked(event: Json) -> Right:
    about = event["objectRef"]
    resource = "/".join([about["resource"], *filter(None, [about.get("subresource")])])
    # A namespace is said to be in itself.
    place = "" if about["resource"] == "namespaces" else about.get("namespace", "")
    return Right(about.get("apiGroup", ""), resource, event["verb"], about.get("name", ""), place)
