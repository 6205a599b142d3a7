"""Settings of the operator: environment variables with the prefix TENANT_RESELLER_, checked at the start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, HttpUrl, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .deadline import Deadline
from .retry import Times

Seconds = Annotated[float, Field(gt=0, le=86400)]


class Settings(BaseSettings):
    """Each field is the variable TENANT_RESELLER_<FIELD>."""

    model_config = SettingsConfigDict(env_prefix="TENANT_RESELLER_", frozen=True)

    bss_url: HttpUrl = Field(description="Address of the BSS, without the API's prefix.")
    bss_api_key_file: Path = Field(description="File with the API key.")
    bss_timeout: Seconds = Field(30.0, description="Seconds for one call to the BSS.")
    bss_calls: int = Field(
        8, ge=1, le=1000, description="Calls to the BSS at once; the others wait. A start must not flood the BSS."
    )
    namespaces: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Namespaces to serve, separated by commas; all when empty."
    )
    operator_namespace: str = Field(
        "tenant-reseller-system", description="Namespace of the operator, where it keeps the key of fingerprints."
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
        "tenant-reseller-operator",
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
    log_format: Annotated[str, Field(pattern=r"^(text|json)$")] = Field("text", description="text or json.")
    log_level: Annotated[str, Field(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = Field(
        "INFO", description="Least level."
    )

    @field_validator("namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("bss_api_key_file")
    @classmethod
    def _readable(cls, file: Path) -> Path:
        try:
            empty = not file.read_text().strip()
        except OSError as error:
            raise ValueError(f"{file} cannot be read: {error.strerror}") from None
        if empty:
            raise ValueError(f"{file} is empty")
        return file

    @model_validator(mode="after")
    def _lease_times(self) -> Self:
        if self.lease_retry_period < 1:
            raise ValueError("lease_retry_period must be at least 1")
        if self.lease_renew_deadline <= 1.2 * self.lease_retry_period:
            raise ValueError("lease_renew_deadline must be more than 1.2 times lease_retry_period")
        if self.lease_duration < self.lease_renew_deadline + 1:
            raise ValueError("lease_duration must be at least 1 s more than lease_renew_deadline")
        return self

    def api_key(self) -> SecretStr:
        """The API key, as the file has it now."""
        return SecretStr(self.bss_api_key_file.read_text().strip())

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
