"""A stage for one TenantReseller: the contract's fake BSS in memory, Secrets in memory, a clock that the test moves.

A test applies a manifest, visits, and looks at the status, as a user does with kubectl.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import yaml
from pydantic import SecretStr
from tenant_provisioning.errors import TransportError, problem_error
from tenant_provisioning.fake.bss import FakeBss
from tenant_provisioning.models import Organization, Request
from tenant_provisioning.problems import Refusal
from tenant_reseller.deadline import Deadline
from tenant_reseller.deletion import Deletion
from tenant_reseller.kube.parsing import Sighting
from tenant_reseller.observe import Observer
from tenant_reseller.ports import Bss, StoredFiles
from tenant_reseller.reconcile import Next, Reconciler, Visit
from tenant_reseller.resource import Status
from tenant_reseller.subject import Subject
from tenant_reseller.summary import is_ready

CLIENT = "operator"
UID = "0b1e6a52-6a1e-4b0e-9c1b-2f9f0c5f7d11"
KEY = f"cluster.{UID}"
DEADLINE_SECONDS = 1800
STRONG = "Windward-Harbour-48"

NORTHWIND = """
apiVersion: tenantreseller.io/v1alpha1
kind: TenantReseller
metadata: {name: northwind, namespace: resellers}
spec:
  account: R-1001
  priceList: reseller-eur
  edition: Premium
  locale: {language: en, timeZone: Europe/Athens, dateFormat: dd/MM/yyyy}
  administrator: {userName: maria, email: maria@northwind.example}
"""


class InProcessBss:
    """The port `Bss` on a fake's state. `before_call` and `after_call` may raise, to strike at any point."""

    def __init__(self, state: FakeBss) -> None:
        self.state = state
        self.calls: Counter[str] = Counter()
        self.requests: list[Request] = []
        """What was sent with the calls that change an organization, in order."""
        self.before_call: Callable[[str], None] = lambda name: None
        self.after_call: Callable[[str], None] = lambda name: None

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: object) -> Any:
            self.calls[name] += 1
            self.before_call(name)
            answer = self._answer(name, *arguments)
            self.after_call(name)
            return answer

        return call

    def _answer(self, name: str, *arguments: object) -> object:
        wanted = arguments
        if name.startswith("put_") and name != "put_process":
            wanted = arguments[:2]  # without the id of the process, which HTTP carries in a header
            self.requests.append(cast(Request, arguments[1]))
        elif name in ("delete_organization", "log_in"):
            wanted = arguments[:1]
        try:
            return getattr(self.state, name)(CLIENT, *wanted).answer
        except Refusal as refusal:
            if name == "organization" and refusal.problem.status == 404:
                return None
            raise problem_error(refusal.problem, retry_after=refusal.retry_after) from None

    @property
    def changes(self) -> int:
        """How many calls may have changed something."""
        return sum(count for name, count in self.calls.items() if name.startswith(("put_", "delete_", "log_in")))


class MemoryCluster:
    """The port `Cluster` in memory."""

    def __init__(self) -> None:
        self.secrets: dict[str, StoredFiles] = {}
        self.config_maps: dict[str, StoredFiles] = {}

    async def secret(self, namespace: str, name: str, /) -> StoredFiles | None:
        return self.secrets.get(name)

    async def config_map(self, namespace: str, name: str, /) -> StoredFiles | None:
        return self.config_maps.get(name)

    async def create_admin_secret(self, subject: Subject, password: SecretStr, /) -> bool:
        name = subject.generated_secret
        if name in self.secrets:
            return False
        data = {"username": b"", "password": password.get_secret_value().encode()}
        self.secrets[name] = StoredFiles(data, frozenset({subject.uid}))
        return True


class Stage:
    """One TenantReseller and its world."""

    def __init__(self, manifest: str = NORTHWIND, *, copy_seconds: float = 0.0) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        self._client_ids: Iterator[str] = (f"tenant{number:02d}" for number in range(1, 99))
        self.fake = FakeBss(
            copy_seconds=copy_seconds, now=lambda: self.now, new_client_id=lambda: next(self._client_ids)
        )
        self.bss = InProcessBss(self.fake)
        self.cluster = MemoryCluster()
        self.body: dict[str, Any] = {}
        self.restart()
        self.apply(manifest)

    def restart(self) -> None:
        """A new operator: whatever the old one kept in memory is gone."""
        bss = cast(Bss, self.bss)
        observer = Observer(bss, self.cluster, cluster_id="cluster", fingerprint_key=b"k" * 32, clock=self._seconds)
        deadline = Deadline(timedelta(seconds=DEADLINE_SECONDS))
        self.reconciler = Reconciler(bss, self.cluster, observer, deadline=deadline, now=lambda: self.now)
        self.deletion = Deletion(bss, observer, deadline=deadline, now=lambda: self.now)

    def apply(self, manifest: str) -> None:
        """Make the object or replace its spec and annotations, as the API server does."""
        wanted = yaml.safe_load(manifest)
        old = self.body
        generation = old["metadata"]["generation"] + (wanted["spec"] != old["spec"]) if old else 1
        metadata = {**wanted["metadata"], "uid": UID, "generation": generation, "resourceVersion": "1"}
        metadata["creationTimestamp"] = "2026-11-23T08:59:00Z"
        self.body = {**wanted, "metadata": metadata, "status": old.get("status", {}) if old else {}}

    def edit(self, **spec: Any) -> None:
        """Change fields of the spec, given by their names in a manifest; None removes."""
        changed = copy.deepcopy(self.body)
        changed["spec"].update(spec)
        changed["spec"] = {name: value for name, value in changed["spec"].items() if value is not None}
        self.apply(yaml.safe_dump({**changed, "metadata": _given(changed["metadata"])}))

    def annotate(self, name: str, value: str) -> None:
        """Set an annotation."""
        self.body["metadata"].setdefault("annotations", {})[f"tenantreseller.io/{name}"] = value

    def set_password(self, secret: str, password: str, key: str = "password") -> None:
        """Put a password into a Secret."""
        self.cluster.secrets[secret] = StoredFiles({key: password.encode()})

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @property
    def subject(self) -> Subject:
        """The object as the operator reads it."""
        return Sighting.read(self.body).subject()

    @property
    def organization(self) -> Organization:
        """The organization as the BSS has it."""
        tenant = self.fake.tenant(KEY)
        assert tenant is not None, "the BSS has no organization under the key"
        return tenant.view(self.now, self.fake.url)

    async def visit(self, *, slot: bool = True, superseded: Callable[[], bool] = lambda: False) -> Visit:
        """One visit; the status is written as the API server keeps it."""
        visit = await self.reconciler.visit(self.subject, slot=slot, superseded=superseded, report=lambda make: None)
        if visit.next is not Next.SUPERSEDED:
            self.body["status"] = visit.status.wire()
        return visit

    async def settle(self, *, visits: int = 20) -> Status:
        """Visit until nothing is left to do; time passes while the BSS is at work."""
        for _ in range(visits):
            visit = await self.visit()
            if visit.next is Next.SETTLED:
                return visit.status
            self.pass_time(1)
        raise AssertionError(f"not settled after {visits} visits: {visit.failure}")

    @property
    def ready(self) -> bool:
        """Whether the stored status says Ready for this generation."""
        return is_ready(self.subject.status, self.subject.generation)

    def word(self, kind: str) -> tuple[str, str]:
        """Status and reason of a condition; ('', '') when it is absent."""
        for condition in self.subject.status.conditions:
            if condition.type == kind:
                return str(condition.status), condition.reason
        return "", ""

    def message(self, kind: str) -> str:
        """Message of a condition."""
        return next(condition.message for condition in self.subject.status.conditions if condition.type == kind)

    def _seconds(self) -> float:
        return self.now.timestamp()


def lost_connection(name: str) -> None:
    """Strike: the answer never arrives."""
    raise TransportError(f"{name}: connection reset")


def _given(metadata: dict[str, Any]) -> dict[str, Any]:
    return {name: metadata[name] for name in ("name", "namespace", "annotations") if name in metadata}
