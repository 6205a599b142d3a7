"""What travels over the Tenant Provisioning API, as frozen models.

Both sides use these: the client checks every answer against them, the server checks every request. In JSON the names
are camelCase; unknown members of an answer are ignored, so that a newer server can talk to an older client; unknown
members of a request are refused, so that a misspelt one is not silently dropped.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, SecretStr, SerializationInfo
from pydantic.alias_generators import to_camel

API_VERSION = "v1"
PREFIX = f"/provisioning/{API_VERSION}"

# Patterns are named where a path parameter needs them too (routes.py).
ORGANIZATION_KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,126}[A-Za-z0-9]$"
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
CLIENT_ID_PATTERN = r"^[a-z][a-z0-9]{7}$"
PROCESS_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"

OrganizationKey = Annotated[
    str,
    Field(
        pattern=ORGANIZATION_KEY_PATTERN,
        description="External key of an organization, chosen by the client and never reused: for the operator the "
        "cluster's id, a dot and the uid of the resource.",
    ),
]
Code = Annotated[str, Field(pattern=CODE_PATTERN)]
ClientID = Annotated[str, Field(pattern=CLIENT_ID_PATTERN, description="Client ID: the third part of the login.")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")]
LanguageTag = Annotated[
    str, Field(min_length=2, max_length=35, description="BCP 47 language tag, such as en or pt-BR.")
]
TimeZone = Annotated[str, Field(min_length=1, max_length=64, description="IANA time zone, such as Europe/Athens.")]
DateFormat = Annotated[str, Field(min_length=1, max_length=32, description="CLDR date pattern, such as dd/MM/yyyy.")]
UserName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
EmailAddress = Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
Hostname = Annotated[
    str,
    Field(max_length=253, pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$"),
]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", description="sRGB colour, such as #0b5fff.")]
Text = Annotated[str, Field(max_length=4096)]


def _reveal(secret: SecretStr, info: SerializationInfo) -> str:
    """The value of a secret for the wire, and stars for everything else that happens to dump a model, such as a log."""
    return secret.get_secret_value() if info.context is WIRE else str(secret)


WIRE: Final = object()
"""Serialization context under which secrets are written out; only `Request.wire` uses it."""

Secret = Annotated[SecretStr, PlainSerializer(_reveal, return_type=str, when_used="json-unless-none")]


class Edition(StrEnum):
    """Licence of a tenant's BSS; it decides which features are on."""

    BASIC = "Basic"
    PREMIUM = "Premium"


class OrganizationState(StrEnum):
    """State of the tenant's business."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"
    DELETED = "Deleted"
    """Marked as deleted: nobody logs in, the data is kept, the Client ID is never given to another."""


class ProductScope(StrEnum):
    """How much of the price list an update of products transfers."""

    FULL = "Full"
    PARTIAL = "Partial"
    """Only what changes the purchase prices."""


class WorkState(StrEnum):
    """State of work that the BSS does in the background."""

    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"


class ProcessType(StrEnum):
    """What a process of a tenant reseller does."""

    CREATION = "Creation"
    UPDATE = "Update"
    PRODUCT_UPDATE = "ProductUpdate"
    BACK_ORDERING = "BackOrdering"
    SUSPENSION = "Suspension"
    DELETION = "Deletion"


class ProcessState(StrEnum):
    """State of a process."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"


class ProblemCode(StrEnum):
    """Machine-readable cause of a refusal. The operator shows it as the reason of a condition."""

    UNAUTHORIZED = "Unauthorized"
    LOGIN_REFUSED = "LoginRefused"
    FORBIDDEN = "Forbidden"
    INVALID_REQUEST = "InvalidRequest"
    NOT_FOUND = "NotFound"
    ACCOUNT_NOT_FOUND = "AccountNotFound"
    ORDERING_DISABLED = "OrderingDisabled"
    ACCOUNT_IS_TENANT = "AccountIsTenant"
    PRICE_LIST_NOT_FOUND = "PriceListNotFound"
    PRICE_LIST_INACTIVE = "PriceListInactive"
    PRICE_LIST_NOT_VALID_TODAY = "PriceListNotValidToday"
    CURRENCY_MISMATCH = "CurrencyMismatch"
    LANGUAGE_NOT_SUPPORTED = "LanguageNotSupported"
    TIME_ZONE_NOT_SUPPORTED = "TimeZoneNotSupported"
    DATE_FORMAT_NOT_SUPPORTED = "DateFormatNotSupported"
    ORGANIZATION_NOT_FOUND = "OrganizationNotFound"
    OWNED_BY_ANOTHER = "OwnedByAnother"
    ORGANIZATION_NOT_ACTIVE = "OrganizationNotActive"
    PASSWORD_TOO_WEAK = "PasswordTooWeak"  # noqa: S105 - the name of a problem, not a password
    USER_NAME_TAKEN = "UserNameTaken"
    HOSTNAME_TAKEN = "HostnameTaken"
    PREMIUM_REQUIRED = "PremiumRequired"
    BACK_ORDERING_IRREVERSIBLE = "BackOrderingIrreversible"
    SUBSCRIPTIONS_NOT_COPIED = "SubscriptionsNotCopied"
    TOO_MANY_REQUESTS = "TooManyRequests"
    UNAVAILABLE = "Unavailable"
    INTERNAL = "Internal"


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Answer(_Model):
    """What the server sends; members that this version does not know are ignored."""

    model_config = ConfigDict(extra="ignore")

    def wire(self) -> bytes:
        """The JSON that travels; absent members are left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class Request(_Model):
    """What the client sends; members that this version does not know are refused."""

    model_config = ConfigDict(extra="forbid")

    def wire(self) -> bytes:
        """The JSON that travels, with secrets written out; absent members are left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True, context=WIRE).encode()


class Problem(Answer):
    """An error, as RFC 9457 (`application/problem+json`) with three members of ours."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = ""
    code: ProblemCode
    field: str | None = Field(None, description="Member of the request that is at fault, such as password.")
    retryable: bool = Field(description="True: the same request may succeed later without anybody changing anything.")


class ApiInfo(Answer):
    """What this BSS is and can do."""

    version: str
    name: str = Field(description="The distributor's name.")
    currency: CurrencyCode
    login_url: str = Field(description="Address of the BSS, the same for every tenant.")
    languages: list[LanguageTag]
    time_zones: list[TimeZone]
    date_formats: list[DateFormat]
    capabilities: list[str] = []


class Account(Answer):
    """A reseller's account in the distributor's BSS, as far as a tenant reseller depends on it."""

    code: Code
    name: str
    currency: CurrencyCode
    ordering_enabled: bool
    organization_key: str | None = Field(
        None,
        description="Key of the organization that this account is a tenant reseller of; empty text where it is "
        "one that no API client made.",
    )


class PriceList(Answer):
    """A price list of the distributor: the range that is inherited and the reseller's purchase prices."""

    code: Code
    name: str
    currency: CurrencyCode
    active: bool
    valid_from: date | None = None
    valid_to: date | None = None
    valid_today: bool = Field(
        description="Whether today, on the distributor's calendar, lies within the validity dates."
    )
    products: int = Field(ge=0, description="How many products the list holds.")


class OrganizationRequest(Request):
    """Create an organization under the distributor's, or adopt one."""

    account: Code
    name: str = Field(min_length=1, max_length=200)
    edition: Edition
    adopt: ClientID | None = Field(
        None,
        description="Client ID of an existing organization of this account, made by no API client, to be taken over "
        "under this key.",
    )


class EditionRequest(Request):
    """Features of this edition on, all others off. Data of features that are off is kept."""

    edition: Edition


class Locale(_Model):
    """Regional preferences of a tenant."""

    language: LanguageTag
    time_zone: TimeZone
    date_format: DateFormat


class LocaleRequest(Locale, Request):
    """Put these regional preferences in force for users, reports and the Storefront."""


class ProductRangeRequest(Request):
    """Inherit the range of a price list.

    Products are copied when the price list is another than the one in force, or when `trigger` is another than the one
    last applied: changes of the price list's content are not live.
    """

    price_list: Code
    trigger: str | None = Field(None, max_length=64, description="Any new text asks for one update of the products.")
    scope: ProductScope = ProductScope.FULL
    overwrite_sell_prices: bool = False
    overwrite_names: bool = False


class ProductRange(Answer):
    """Products that a tenant has inherited, and the copying of them."""

    price_list: Code
    trigger: str | None = None
    state: WorkState
    completed: int = Field(ge=0, description="Products handled so far in this run.")
    total: int = Field(ge=0, description="Products to handle in this run.")
    inherited: int = Field(ge=0, description="Active products of the tenant that come from the price list.")
    updated_at: AwareDatetime | None = None
    message: Text = Field("", description="Cause of a failure.")


class Invoicing(_Model):
    """How the distributor invoices the reseller's customers that back ordering copies up from now on."""

    separate_invoices: bool


class InvoicingRequest(Invoicing, Request):
    """Record the choice. Customers that were copied before keep theirs."""


class AdministratorRequest(Request):
    """Create the administrator, or set the password of the existing one."""

    user_name: UserName
    email: EmailAddress | None = None
    password: Secret | None = Field(
        None, min_length=1, max_length=1024, description="Absent: the password stays as it is."
    )
    password_fingerprint: str | None = Field(
        None,
        max_length=128,
        description="Opaque mark of this password, made by the client; the server keeps it and gives it back.",
    )


class Administrator(Answer):
    """The first administrator of a tenant."""

    user_name: UserName
    email: EmailAddress | None = None
    password_fingerprint: str | None = Field(None, description="Mark of the password last set through this API.")
    login_verified: bool = Field(
        description="Whether a login succeeded after the password was last set through this API."
    )


class Logo(_Model):
    """A picture for the Storefront."""

    media_type: str = Field(pattern=r"^image/(svg\+xml|png|jpeg|webp)$")
    data: str = Field(max_length=350_000, description="Content in base64; at most 256 KiB decoded.")


class StorefrontRequest(Request):
    """The tenant's Storefront. Members that are absent fall back to the platform's standard look."""

    hostname: Hostname | None = None
    primary_color: Color | None = None
    logo: Logo | None = None


class Storefront(Answer):
    """A tenant's Storefront as it answers now."""

    url: str
    hostname: Hostname | None = None
    primary_color: Color | None = None
    logo_digest: str | None = Field(None, description="SHA-256 of the logo's decoded content, in hexadecimal.")


class BackOrderingRequest(Request):
    """Activate back ordering. It cannot be undone."""

    active: bool


class StateRequest(Request):
    """Suspend or resume the tenant, or mark it as deleted."""

    state: OrganizationState


class Organization(Answer):
    """Everything about a tenant's organization, in one answer. A part that was never configured is absent."""

    key: str
    client_id: ClientID
    account: Code
    name: str
    edition: Edition | None = Field(None, description="The edition in force; absent until it was applied completely.")
    state: OrganizationState
    login_url: str
    created_at: AwareDatetime
    locale: Locale | None = None
    product_range: ProductRange | None = None
    invoicing: Invoicing | None = None
    administrator: Administrator | None = None
    storefront: Storefront | None = None
    back_ordering: bool = False


class OrganizationList(Answer):
    """Organizations that match a look-up."""

    items: list[Organization]


class SessionRequest(Request):
    """A login: the three parts that a person types."""

    client_id: str = Field(max_length=64)
    user_name: str = Field(max_length=128)
    password: Secret = Field(max_length=1024)


class ProcessRequest(Request):
    """A run of the client's, to be shown in the Processes tab.

    Calls with its id in `Process-Id` become its tasks and log.
    """

    organization_key: OrganizationKey
    account: Code
    type: ProcessType
    state: ProcessState
    task: str = Field("", max_length=64, description="What is being done now, or what failed.")
    completed: int = Field(ge=0)
    total: int = Field(ge=0)
    message: Text = ""
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None


class Task(Answer):
    """One step of a process."""

    name: str
    state: WorkState
    started_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    message: Text = ""


class LogEntry(Answer):
    """One line of a process's log."""

    at: AwareDatetime
    text: Text


class Process(Answer):
    """A process as the Processes tab shows it."""

    id: str
    organization_key: str
    account: Code
    type: ProcessType
    state: ProcessState
    task: str = ""
    completed: int = Field(ge=0)
    total: int = Field(ge=0)
    message: Text = ""
    created_at: AwareDatetime
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    tasks: list[Task] = []
    log: list[LogEntry] = []


class ProcessList(Answer):
    """Processes of an organization, newest first."""

    items: list[Process]
