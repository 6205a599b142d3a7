"""A real BSS of the tests' own, and tenants made in it the way an API client makes them."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from tenant_provisioning.client import TenantProvisioningClient
from tenant_provisioning.models import (
    AdministratorRequest,
    Edition,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    Organization,
    OrganizationRequest,
    OrganizationState,
    ProcessRequest,
    ProcessState,
    ProcessType,
    ProductRangeRequest,
    StateRequest,
    StorefrontRequest,
    WorkState,
)

from local.bss import Bss
from local.database import Database, database
from tests.eventually import eventually

ResultT = TypeVar("ResultT")

_STEPS = ("edition", "locale", "product range", "invoicing", "administrator", "storefront")


@dataclass(frozen=True)
class Tenant:
    """A tenant reseller, and what its administrator types."""

    key: str
    account: str
    name: str
    client_id: str
    user_name: str
    password: str
    price_list: str
    storefront_url: str


class RunningBss:
    """PostgreSQL, gunicorn and the queue's worker, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._database: Database = database(folder / "postgresql", durable=False)
        self._folder = folder / "bss"
        self._bss = Bss(self._folder, self._database)
        self._accounts = (f"R-{number}" for number in itertools.count(1001))

    def start(self) -> None:
        """Prepare the distributor with its demonstration data, and start everything."""
        self._database.start()
        self._bss.prepare(print)
        # Preparing may have taken minutes: a free port is looked for again.
        self._bss = Bss(self._folder, self._database)
        self._bss.start()

    def stop(self) -> None:
        """Stop everything."""
        self._bss.stop()
        self._database.stop()

    @property
    def url(self) -> str:
        """Address that people type."""
        return self._bss.url

    @property
    def root(self) -> str:
        """Client ID of the distributor."""
        return self._bss.root

    @property
    def administrator(self) -> tuple[str, str]:
        """User name and password of the distributor's administrator."""
        return self._bss.administrator

    @property
    def api_key(self) -> str:
        """Key of the API client that makes the tenants here."""
        return self._bss.api_key.read_text().strip()

    @property
    def workers(self) -> set[int]:
        """Process ids of gunicorn's workers."""
        parent = self._bss.web.process
        assert parent is not None, "the web server does not run"
        return {child.pid for child in parent.children()}

    @property
    def log(self) -> str:
        """What the web server has written so far."""
        return self._bss.web.log.read_text()

    def call(self, work: Callable[[TenantProvisioningClient], Coroutine[None, None, ResultT]]) -> ResultT:
        """Use the Tenant Provisioning API."""

        async def run() -> ResultT:
            async with TenantProvisioningClient(self.url, self.api_key, timeout=120) as client:
                return await work(client)

        # On another thread: Playwright occupies this one with an event loop of its own.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(asyncio.run, run()).result()

    def set_state(self, tenant: Tenant, state: OrganizationState) -> None:
        """Suspend or resume a tenant."""
        self.call(lambda client: client.put_state(tenant.key, StateRequest(state=state)))

    def make_tenant(self, *, price_list: str = "reseller-eur", edition: Edition = Edition.BASIC) -> Tenant:
        """Make a tenant of the next free account, with all phases in one process."""
        key, process = f"tests.{uuid.uuid4()}", str(uuid.uuid4())
        account = next(self._accounts)
        password = f"Kv7-{uuid.uuid4().hex}"
        name = self.call(lambda client: client.account(account)).name
        made = self.call(lambda client: _provision(client, process, key, account, name, price_list, edition, password))
        eventually(lambda: self._product_range(key), lambda state: state is WorkState.COMPLETED, seconds=120)
        self.call(lambda client: _note(client, process, key, account, len(_STEPS)))
        assert made.storefront is not None
        return Tenant(key, account, name, made.client_id, "maria", password, price_list, made.storefront.url)

    def _product_range(self, key: str) -> WorkState:
        organization = self.call(lambda client: client.organization(key))
        assert organization is not None
        assert organization.product_range is not None
        return organization.product_range.state


async def _provision(
    client: TenantProvisioningClient,
    process: str,
    key: str,
    account: str,
    name: str,
    price_list: str,
    edition: Edition,
    password: str,
) -> Organization:
    await _note(client, process, key, account, 0)
    await client.put_organization(key, OrganizationRequest(account=account, name=name, edition=edition), process)
    await client.put_edition(key, EditionRequest(edition=edition), process)
    locale = LocaleRequest(language="en", time_zone="Europe/Athens", date_format="dd/MM/yyyy")
    await client.put_locale(key, locale, process)
    await client.put_product_range(key, ProductRangeRequest(price_list=price_list), process)
    await client.put_invoicing(key, InvoicingRequest(separate_invoices=True), process)
    await _note(client, process, key, account, 4)
    administrator = AdministratorRequest(
        user_name="maria", email="maria@northwind.example", password=password, password_fingerprint="one"
    )
    await client.put_administrator(key, administrator, process)
    return await client.put_storefront(key, StorefrontRequest(), process)


async def _note(client: TenantProvisioningClient, process: str, key: str, account: str, completed: int) -> None:
    done = completed == len(_STEPS)
    now = datetime.now(UTC)
    await client.put_process(
        process,
        ProcessRequest(
            organization_key=key,
            account=account,
            type=ProcessType.CREATION,
            state=ProcessState.COMPLETED if done else ProcessState.RUNNING,
            task="" if done else _STEPS[completed],
            completed=completed,
            total=len(_STEPS),
            started_at=now,
            finished_at=now if done else None,
        ),
    )
