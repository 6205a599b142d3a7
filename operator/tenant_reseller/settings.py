"""Settings of the operator, checked at the start: environment variables with the prefix TENANT_RESELLER_, and flags.

`options.py` makes the flags from the fields here; a flag wins over its variable.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, HttpUrl, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .deadline import Deadline
from .key_file import read_key
from .retry import Times

PREFIX = "TENANT_RESELLER_"
_POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_LEASE_NAME = "tenant-reseller-operator"
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

Seconds = Annotated[float, Field(gt=0, le=86400)]


def _own_namespace() -> str:
    return _POD_NAMESPACE.read_text().strip() if _POD_NAMESPACE.exists() else "tenant-reseller-system"


class Settings(BaseSettings):
    """Each field is the variable TENANT_RESELLER_<FIELD>, and the flag --<field>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    bss_url: HttpUrl = Field(description="Address of the BSS, without the API's prefix.")
    bss_api_key_file: Path = Field(description="File with the API key. It is read anew when it changes.")
    bss_timeout: Seconds = Field(30.0, description="Seconds for one call to the BSS.")
    bss_calls: int = Field(
        8, ge=1, le=1000, description="Calls to the BSS at once; the others wait. A start must not flood the BSS."
    )
    namespaces: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Namespaces to serve, separated by commas in the variable, one a flag; all when empty. With them "
        "and cluster_id, rights in these namespaces are enough.",
    )
    selector: str = Field(
        "",
        description="Label selector: only TenantResellers that match are served, others are left alone. Operators that "
        "share the work so need a lease_name each.",
    )
    operator_namespace: str = Field(
        default_factory=_own_namespace,
        description="Namespace of the operator, for its Lease and the key of fingerprints. Not given: the pod's, and "
        "tenant-reseller-system outside of a pod.",
    )
    cluster_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,80}$",
        description="Id of this cluster in the keys of organizations; absent: the uid of the namespace kube-system. "
        "It must never change.",
    )
    process_slots: int = Field(4, ge=1, le=1000, description="Processes that may run at once.")
    process_deadline: Seconds = Field(
        1800.0,
        description="Seconds that a process may take from its start; a longer one is shown as Failed with the task "
        "that it hangs at, and goes on with longer waits.",
    )
    drift_interval: Seconds = Field(600.0, description="Seconds between two checks of a tenant that is as declared.")
    prerequisite_retry_base: Seconds = Field(30.0, description="First wait for something that somebody has to mend.")
    prerequisite_retry_max: Seconds = Field(600.0, description="Longest wait for it.")
    retry_base: Seconds = Field(1.0, description="First wait after a failure that passes by itself.")
    retry_max: Seconds = Field(300.0, description="Longest wait after it.")
    poll_interval: Seconds = Field(1.0, description="Seconds between two looks at the copying of products.")
    progress_interval: Seconds = Field(
        1.0, description="Seconds that work lasts before its progress is written, and between two writes of it."
    )
    first_looks: float = Field(
        50.0,
        gt=0,
        le=10_000,
        description="Looks per second at tenants that are as declared when the operator starts, to find drift.",
    )
    queue_interval: Seconds = Field(10.0, description="Seconds between two writes of an object's place in the queue.")
    leader_election: bool = Field(
        True,
        description="Work only while holding the Lease, so that any number of replicas may run. Without it, there must "
        "never be a second operator.",
    )
    lease_name: str = Field(
        _LEASE_NAME,
        pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
        description="Name of the Lease, in the operator's namespace.",
    )
    lease_duration: Seconds = Field(
        10.0, description="Seconds without a renewal after which another replica takes the Lease."
    )
    lease_renew_deadline: Seconds = Field(
        7.0, description="Seconds without a renewal after which the leader sends nothing any more; less than that."
    )
    lease_retry_period: Seconds = Field(1.0, description="Seconds between two looks at the Lease, and two renewals.")
    health_host: str = Field("127.0.0.1", description="Address of /healthz, /readyz and /metrics.")
    health_port: int = Field(8081, ge=0, le=65535, description="Port of them; 0 switches them off.")
    events_per_second: float = Field(
        20.0,
        ge=0,
        le=1000,
        description="Kubernetes events written per second, on average; what does not fit into a queue of 1,000 is "
        "dropped. 0 writes none.",
    )
    log_format: Literal["text", "json"] = Field("text", description="text for people, json for collectors.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level that is logged.")

    @field_validator("namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("namespaces")
    @classmethod
    def _names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in names if not _NAMESPACE.fullmatch(name)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no name of a namespace; patterns are not supported")
        return tuple(dict.fromkeys(names))

    @field_validator("bss_api_key_file")
    @classmethod
    def _readable(cls, file: Path) -> Path:
        read_key(file)
        return file

    @model_validator(mode="after")
    def _lease(self) -> Self:
        if self.lease_retry_period < 1:
            raise ValueError(f"{PREFIX}LEASE_RETRY_PERIOD must be at least 1")
        if self.lease_renew_deadline <= 1.2 * self.lease_retry_period:
            raise ValueError(f"{PREFIX}LEASE_RENEW_DEADLINE must be more than 1.2 times {PREFIX}LEASE_RETRY_PERIOD")
        if self.lease_duration < self.lease_renew_deadline + 1:
            raise ValueError(f"{PREFIX}LEASE_DURATION must be at least 1 s more than {PREFIX}LEASE_RENEW_DEADLINE")
        if self.selector and self.leader_election and self.lease_name == _LEASE_NAME:
            raise ValueError(
                f"{PREFIX}LEASE_NAME: with a selector each operator needs a Lease of its own, else all but one "
                "stand by; choose a name, and put it into the Role"
            )
        return self

    def deadline(self) -> Deadline:
        """How long a process may take."""
        return Deadline(timedelta(seconds=self.process_deadline))

    def times(self) -> Times:
        """The waiting times."""
        return Times(
            retry_base=self.retry_base,
            retry_max=self.retry_max,
            prerequisite_base=self.prerequisite_retry_base,
            prerequisite_max=self.prerequisite_retry_max,
            drift_interval=self.drift_interval,
            poll_interval=self.poll_interval,
        )
