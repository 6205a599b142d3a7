"""What the reconciliation needs from outside, as protocols: the BSS, and objects of the cluster beside the resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import SecretStr
from tenant_provisioning.models import (
    Account,
    AdministratorRequest,
    ApiInfo,
    BackOrderingRequest,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    Organization,
    OrganizationRequest,
    PriceList,
    Process,
    ProcessRequest,
    ProductRangeRequest,
    SessionRequest,
    StateRequest,
    StorefrontRequest,
)

from .subject import Subject


class Bss(Protocol):
    """The Tenant Provisioning API. Each method raises `ProvisioningError`; all PUTs are idempotent."""

    async def info(self) -> ApiInfo: ...  # noqa: D102
    async def account(self, code: str, /) -> Account: ...  # noqa: D102
    async def price_list(self, code: str, /) -> PriceList: ...  # noqa: D102
    async def organization(self, key: str, /) -> Organization | None: ...  # noqa: D102
    async def put_organization(  # noqa: D102
        self, key: str, request: OrganizationRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_edition(  # noqa: D102
        self, key: str, request: EditionRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_locale(  # noqa: D102
        self, key: str, request: LocaleRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_product_range(  # noqa: D102
        self, key: str, request: ProductRangeRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_invoicing(  # noqa: D102
        self, key: str, request: InvoicingRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_administrator(  # noqa: D102
        self, key: str, request: AdministratorRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_storefront(  # noqa: D102
        self, key: str, request: StorefrontRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_back_ordering(  # noqa: D102
        self, key: str, request: BackOrderingRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def put_state(  # noqa: D102
        self, key: str, request: StateRequest, process_id: str | None = None, /
    ) -> Organization: ...
    async def delete_organization(self, key: str, process_id: str | None = None, /) -> bool: ...  # noqa: D102
    async def log_in(self, request: SessionRequest, process_id: str | None = None, /) -> None: ...  # noqa: D102
    async def put_process(self, process_id: str, request: ProcessRequest, /) -> Process: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """Content of a Secret or ConfigMap."""

    data: Mapping[str, bytes]
    owner_uids: frozenset[str] = frozenset()


class Cluster(Protocol):
    """Objects of the cluster beside the resource itself."""

    async def secret(self, namespace: str, name: str, /) -> StoredFiles | None:
        """Content of a Secret; None when there is none."""
        ...

    async def config_map(self, namespace: str, name: str, /) -> StoredFiles | None:
        """Content of a ConfigMap; None when there is none."""
        ...

    async def create_admin_secret(self, subject: Subject, password: SecretStr, /) -> bool:
        """Make the Secret `<name>-admin`, owned by the subject. False when one exists already: it is left as it is."""
        ...
