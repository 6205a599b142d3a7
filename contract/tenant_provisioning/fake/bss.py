"""The fake BSS's state and rules, without any I/O: one method for each route, named after it."""

from __future__ import annotations

import secrets
import string
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import available_timezones

from tenant_provisioning.models import (
    Account,
    AdministratorRequest,
    Answer,
    ApiInfo,
    BackOrderingRequest,
    Edition,
    EditionRequest,
    InvoicingRequest,
    Locale,
    LocaleRequest,
    Logo,
    Organization,
    OrganizationList,
    OrganizationRequest,
    OrganizationState,
    PriceList,
    ProblemCode,
    ProcessList,
    ProcessRequest,
    ProductRangeRequest,
    SessionRequest,
    StateRequest,
    StorefrontRequest,
    WorkState,
)
from tenant_provisioning.problems import refusal

from .passwords import check_password
from .processes import Processes
from .tenant import FirstAdministrator, RangeRun, Tenant
from .world import (
    CURRENCY,
    DATE_FORMATS,
    DISTRIBUTOR,
    LANGUAGES,
    TENANT_ACCOUNT,
    TENANT_CLIENT_ID,
    FakeAccount,
    FakePriceList,
    demo_accounts,
    demo_price_lists,
    load_account,
)

MAX_LOGO_BYTES = 256 * 1024
TIME_ZONES = tuple(sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a route answers."""

    status: int
    answer: Answer | None = None


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_client_id() -> str:
    letters = string.ascii_lowercase
    return secrets.choice(letters) + "".join(secrets.choice(letters + string.digits) for _ in range(7))


class FakeBss:
    """A distributor's BSS in memory.

    `copy_seconds` is how long a run of copying products takes; 0 makes it instant. `load_accounts` makes every account
    `L-<number>` exist. Methods named after routes take the name of the calling API client first; they raise `Refusal`.
    """

    def __init__(
        self,
        *,
        url: str = "http://127.0.0.1",
        copy_seconds: float = 0.0,
        load_accounts: bool = False,
        accounts: Iterable[FakeAccount] | None = None,
        price_lists: Iterable[FakePriceList] | None = None,
        now: Callable[[], datetime] = _utc_now,
        new_client_id: Callable[[], str] = _new_client_id,
    ) -> None:
        self.url = url
        self.copy_seconds = copy_seconds
        self.load_accounts = load_accounts
        self.now = now
        self.processes_kept = Processes()
        self.accounts: dict[str, FakeAccount] = {
            account.code: account for account in (demo_accounts() if accounts is None else accounts)
        }
        lists = demo_price_lists(now().date()) if price_lists is None else price_lists
        self.price_lists: dict[str, FakePriceList] = {price_list.code: price_list for price_list in lists}
        self._new_client_id = new_client_id
        self._by_client_id: dict[str, Tenant] = {}
        self._by_key: dict[str, Tenant] = {}
        self._by_account: dict[str, Tenant] = {}
        if TENANT_ACCOUNT in self.accounts:
            self._add(Tenant(TENANT_CLIENT_ID, TENANT_ACCOUNT, self.accounts[TENANT_ACCOUNT].name, now()))

    # What tests and the control endpoint look at and change behind the API's back.

    @property
    def tenants(self) -> list[Tenant]:
        """All tenants, oldest first."""
        return list(self._by_client_id.values())

    def tenant(self, key: str) -> Tenant | None:
        """The tenant under a key, whoever owns it."""
        return self._by_key.get(key)

    def remove(self, tenant: Tenant) -> None:
        """Forget a tenant with everything in it."""
        del self._by_client_id[tenant.client_id]
        self._by_key.pop(tenant.key, None)
        del self._by_account[tenant.account]

    def find_account(self, code: str) -> FakeAccount | None:
        """The account of a code, including those that a load test makes up."""
        account = self.accounts.get(code)
        return load_account(code) if account is None and self.load_accounts else account

    # Routes.

    def info(self, client: str) -> Outcome:
        """What this BSS is."""
        return Outcome(
            200,
            ApiInfo(
                version="1.0",
                name=DISTRIBUTOR,
                currency=CURRENCY,
                login_url=f"{self.url}/",
                languages=list(LANGUAGES),
                time_zones=list(TIME_ZONES),
                date_formats=list(DATE_FORMATS),
                capabilities=["adoption", "processes"],
            ),
        )

    def account(self, client: str, code: str) -> Outcome:
        """Facts about an account."""
        account = self._account(code)
        tenant = self._by_account.get(code)
        return Outcome(
            200,
            Account(
                code=account.code,
                name=account.name,
                currency=account.currency,
                ordering_enabled=account.ordering_enabled,
                organization_key=None if tenant is None else tenant.key,
            ),
        )

    def price_list(self, client: str, code: str) -> Outcome:
        """Facts about a price list."""
        price_list = self._price_list(code)
        return Outcome(
            200,
            PriceList(
                code=price_list.code,
                name=price_list.name,
                currency=price_list.currency,
                active=price_list.active,
                valid_from=price_list.valid_from,
                valid_to=price_list.valid_to,
                valid_today=price_list.valid_on(self.now().date()),
                products=price_list.products,
            ),
        )

    def find_organizations(self, client: str, client_id: str) -> Outcome:
        """The organization with a Client ID, unless it is another API client's."""
        tenant = self._by_client_id.get(client_id)
        visible = tenant is not None and tenant.owner in ("", client)
        return Outcome(200, OrganizationList(items=[self._view(tenant)] if tenant and visible else []))

    def put_organization(self, client: str, key: str, request: OrganizationRequest) -> Outcome:
        """Create, adopt, or rename."""
        tenant = self._by_key.get(key)
        if tenant is not None:
            if tenant.owner != client or tenant.account != request.account:
                raise refusal(ProblemCode.OWNED_BY_ANOTHER, "This key belongs to another organization.", field="key")
            if request.adopt is not None and request.adopt != tenant.client_id:
                raise refusal(
                    ProblemCode.OWNED_BY_ANOTHER, "This key has an organization with another Client ID.", field="adopt"
                )
            tenant.name = request.name
            return self._organization(tenant)
        account = self._account(request.account)
        if request.adopt is not None:
            return self._adopt(client, key, request, request.adopt)
        if account.code in self._by_account:
            raise refusal(
                ProblemCode.ACCOUNT_IS_TENANT,
                f"Account {account.code} is a tenant reseller already; adopt it or choose another account.",
                field="account",
            )
        if not account.ordering_enabled:
            raise refusal(
                ProblemCode.ORDERING_DISABLED,
                f"Enable account {account.code} for ordering in the distributor's BSS.",
                field="account",
            )
        client_id = self._new_client_id()
        while client_id in self._by_client_id:
            client_id = self._new_client_id()
        tenant = Tenant(client_id, account.code, request.name, self.now(), key=key, owner=client)
        self._add(tenant)
        return Outcome(201, self._view(tenant))

    def organization(self, client: str, key: str) -> Outcome:
        """Everything about an organization."""
        tenant = self._by_key.get(key)
        if tenant is None or tenant.owner != client:
            raise _no_organization()
        return Outcome(200, self._view(tenant))

    def delete_organization(self, client: str, key: str) -> Outcome:
        """Purge."""
        self.remove(self._owned(client, key))
        return Outcome(204)

    def put_edition(self, client: str, key: str, request: EditionRequest) -> Outcome:
        """Put an edition in force."""
        tenant = self._active(client, key)
        tenant.edition = request.edition
        return self._organization(tenant)

    def put_locale(self, client: str, key: str, request: LocaleRequest) -> Outcome:
        """Put regional preferences in force."""
        tenant = self._active(client, key)
        if request.language not in LANGUAGES:
            raise refusal(ProblemCode.LANGUAGE_NOT_SUPPORTED, f"Supported: {', '.join(LANGUAGES)}.", field="language")
        if request.time_zone not in TIME_ZONES:
            raise refusal(ProblemCode.TIME_ZONE_NOT_SUPPORTED, "Use a name of the IANA database.", field="timeZone")
        if request.date_format not in DATE_FORMATS:
            raise refusal(
                ProblemCode.DATE_FORMAT_NOT_SUPPORTED, f"Supported: {', '.join(DATE_FORMATS)}.", field="dateFormat"
            )
        tenant.locale = Locale(language=request.language, time_zone=request.time_zone, date_format=request.date_format)
        return self._organization(tenant)

    def put_product_range(self, client: str, key: str, request: ProductRangeRequest) -> Outcome:
        """Copy the products of a list when it is another one, or when a new trigger asks for it."""
        tenant = self._active(client, key)
        last = tenant.range_run
        same_list = last is not None and last.price_list == request.price_list
        asked = request.trigger is not None and (last is None or request.trigger != last.trigger)
        if same_list and not asked:
            return self._organization(tenant)
        price_list = self._usable_price_list(request.price_list, self._account(tenant.account))
        now = self.now()
        tenant.range_run = RangeRun(
            price_list=price_list.code,
            trigger=request.trigger if request.trigger is not None or last is None else last.trigger,
            products=price_list.products,
            inherited_before=last.view(now).inherited if same_list and last is not None else 0,
            started_at=now,
            seconds=self.copy_seconds,
        )
        return self._organization(tenant)

    def put_invoicing(self, client: str, key: str, request: InvoicingRequest) -> Outcome:
        """Record Separate Invoices."""
        tenant = self._active(client, key)
        tenant.separate_invoices = request.separate_invoices
        return self._organization(tenant)

    def put_administrator(self, client: str, key: str, request: AdministratorRequest) -> Outcome:
        """Create the administrator, or set the password when its fingerprint is a new one."""
        tenant = self._active(client, key)
        administrator = tenant.administrator
        present_name = None if administrator is None else administrator.user_name
        if request.user_name in tenant.passwords and request.user_name != present_name:
            raise refusal(ProblemCode.USER_NAME_TAKEN, f"{request.user_name} is a user already.", field="userName")
        password = None if request.password is None else request.password.get_secret_value()
        known = None if administrator is None else administrator.password_fingerprint
        if password is not None and known is not None and known == request.password_fingerprint:
            password = None
        if password is not None:
            check_password(password, request.user_name)
        if administrator is None:
            administrator = tenant.administrator = FirstAdministrator(request.user_name, request.email)
        tenant.passwords[request.user_name] = tenant.passwords.pop(administrator.user_name, None)
        administrator.user_name = request.user_name
        administrator.email = administrator.email if request.email is None else request.email
        if password is not None:
            tenant.passwords[request.user_name] = password
            administrator.password_fingerprint = request.password_fingerprint
            administrator.login_verified = False
        return self._organization(tenant)

    def put_storefront(self, client: str, key: str, request: StorefrontRequest) -> Outcome:
        """Publish the Storefront; an own hostname and own branding need Premium."""
        tenant = self._active(client, key)
        if tenant.edition is not Edition.PREMIUM:
            for member, value in (
                ("hostname", request.hostname),
                ("primaryColor", request.primary_color),
                ("logo", request.logo),
            ):
                if value is not None:
                    raise refusal(ProblemCode.PREMIUM_REQUIRED, f"{member} needs the Premium edition.", field=member)
        if request.logo is not None:
            _check_logo(request.logo)
        if request.hostname is not None:
            for other in self._by_client_id.values():
                if other is not tenant and other.storefront and other.storefront.hostname == request.hostname:
                    raise refusal(
                        ProblemCode.HOSTNAME_TAKEN, f"{request.hostname} is another Storefront's.", field="hostname"
                    )
        tenant.storefront = request
        return self._organization(tenant)

    def put_back_ordering(self, client: str, key: str, request: BackOrderingRequest) -> Outcome:
        """Activate back ordering, once and for all."""
        tenant = self._active(client, key)
        if tenant.back_ordering and not request.active:
            raise refusal(ProblemCode.BACK_ORDERING_IRREVERSIBLE, "It is active.", field="active")
        waiting = self._account(tenant.account).subscriptions_not_copied
        if request.active and not tenant.back_ordering and waiting:
            raise refusal(
                ProblemCode.SUBSCRIPTIONS_NOT_COPIED, f"Copy {waiting} subscriptions down first.", field="active"
            )
        tenant.back_ordering = request.active
        return self._organization(tenant)

    def put_state(self, client: str, key: str, request: StateRequest) -> Outcome:
        """Suspend, resume, mark as deleted."""
        tenant = self._owned(client, key)
        if tenant.state is OrganizationState.DELETED and request.state is not OrganizationState.DELETED:
            raise refusal(ProblemCode.ORGANIZATION_NOT_ACTIVE, "It is marked as deleted for good.", field="state")
        tenant.state = request.state
        return self._organization(tenant)

    def log_in(self, client: str, request: SessionRequest) -> Outcome:
        """Try a login; every failure looks the same."""
        tenant = self._by_client_id.get(request.client_id)
        password = request.password.get_secret_value()
        if (
            tenant is None
            or tenant.state is not OrganizationState.ACTIVE
            or tenant.passwords.get(request.user_name) != password
        ):
            raise refusal(ProblemCode.LOGIN_REFUSED)
        if tenant.administrator is not None and tenant.administrator.user_name == request.user_name:
            tenant.administrator.login_verified = True
        return Outcome(204)

    def put_process(self, client: str, process_id: str, request: ProcessRequest) -> Outcome:
        """Record a run of the client's."""
        process, new = self.processes_kept.put(client, process_id, request, self.now())
        return Outcome(201 if new else 200, process)

    def process(self, client: str, process_id: str) -> Outcome:
        """A run with its tasks and log."""
        return Outcome(200, self.processes_kept.get(client, process_id))

    def processes(self, client: str, key: str) -> Outcome:
        """Runs of an organization; they outlive it, so that its deletion can be read."""
        found = self.processes_kept.of_organization(client, key)
        if found is None:
            self._owned_or_missing(client, key)
        return Outcome(200, ProcessList(items=found or []))

    # Rules that routes share.

    def _add(self, tenant: Tenant) -> None:
        self._by_client_id[tenant.client_id] = tenant
        self._by_account[tenant.account] = tenant
        if tenant.key:
            self._by_key[tenant.key] = tenant

    def _adopt(self, client: str, key: str, request: OrganizationRequest, client_id: str) -> Outcome:
        tenant = self._by_client_id.get(client_id)
        if tenant is None:
            raise refusal(ProblemCode.ORGANIZATION_NOT_FOUND, f"No organization {client_id}.", field="adopt")
        if tenant.key or tenant.account != request.account:
            raise refusal(
                ProblemCode.OWNED_BY_ANOTHER,
                "Only an organization of this account that no API client has can be adopted.",
                field="adopt",
            )
        tenant.key, tenant.owner, tenant.name = key, client, request.name
        self._by_key[key] = tenant
        return self._organization(tenant)

    def _view(self, tenant: Tenant) -> Organization:
        return tenant.view(self.now(), self.url)

    def _organization(self, tenant: Tenant) -> Outcome:
        organization = self._view(tenant)
        running = organization.product_range is not None and organization.product_range.state is WorkState.RUNNING
        return Outcome(202 if running else 200, organization)

    def _account(self, code: str) -> FakeAccount:
        account = self.find_account(code)
        if account is None:
            raise refusal(ProblemCode.ACCOUNT_NOT_FOUND, f"No account {code}.", field="account")
        return account

    def _price_list(self, code: str) -> FakePriceList:
        price_list = self.price_lists.get(code)
        if price_list is None:
            raise refusal(ProblemCode.PRICE_LIST_NOT_FOUND, f"No price list {code}.", field="priceList")
        return price_list

    def _usable_price_list(self, code: str, account: FakeAccount) -> FakePriceList:
        price_list = self._price_list(code)
        if not price_list.active:
            raise refusal(ProblemCode.PRICE_LIST_INACTIVE, f"Activate price list {code}.", field="priceList")
        if not price_list.valid_on(self.now().date()):
            raise refusal(
                ProblemCode.PRICE_LIST_NOT_VALID_TODAY, f"Check the dates of price list {code}.", field="priceList"
            )
        if price_list.currency != account.currency:
            raise refusal(
                ProblemCode.CURRENCY_MISMATCH,
                f"Price list {code} is in {price_list.currency}, account {account.code} in {account.currency}.",
                field="priceList",
            )
        return price_list

    def _owned(self, client: str, key: str) -> Tenant:
        tenant = self._by_key.get(key)
        if tenant is None:
            raise _no_organization()
        if tenant.owner != client:
            raise refusal(ProblemCode.OWNED_BY_ANOTHER, "This key belongs to another organization.", field="key")
        return tenant

    def _owned_or_missing(self, client: str, key: str) -> None:
        tenant = self._by_key.get(key)
        if tenant is None or tenant.owner != client:
            raise _no_organization()

    def _active(self, client: str, key: str) -> Tenant:
        tenant = self._owned(client, key)
        if tenant.state is not OrganizationState.ACTIVE:
            raise refusal(ProblemCode.ORGANIZATION_NOT_ACTIVE, f"The organization is {tenant.state}.")
        return tenant


def _no_organization() -> Exception:
    return refusal(ProblemCode.ORGANIZATION_NOT_FOUND, "No organization under this key.", field="key")


def _check_logo(logo: Logo) -> None:
    try:
        content = b64decode(logo.data, validate=True)
    except (Base64Error, ValueError):
        raise refusal(ProblemCode.INVALID_REQUEST, "logo.data is not base64.", field="logo.data") from None
    if len(content) > MAX_LOGO_BYTES:
        raise refusal(ProblemCode.INVALID_REQUEST, "The logo has more than 256 KiB.", field="logo.data")
