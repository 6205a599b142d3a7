"""Conditions of a TenantReseller and the one table of their reasons.

Reasons are API: users write alerts on them. Each has a meaning and a remedy here, and says who can cure it; messages,
retry times, `Stalled` and the reference page all come from this table, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

__all__ = [
    "CONDITIONS",
    "PHASE_CONDITIONS",
    "REASONS",
    "Condition",
    "ConditionStatus",
    "ConditionType",
    "Cure",
    "Reason",
]


class ConditionType(StrEnum):
    """Types of conditions: the nine phases in order, then the summaries."""

    PREREQUISITES_MET = "PrerequisitesMet"
    ORGANIZATION_CREATED = "OrganizationCreated"
    EDITION_APPLIED = "EditionApplied"
    LOCALE_APPLIED = "LocaleApplied"
    PRODUCTS_INHERITED = "ProductsInherited"
    INVOICING_CONFIGURED = "InvoicingConfigured"
    ADMINISTRATOR_CREATED = "AdministratorCreated"
    STOREFRONT_CREATED = "StorefrontCreated"
    LOGIN_VERIFIED = "LoginVerified"
    READY = "Ready"
    BACK_ORDERING_ACTIVE = "BackOrderingActive"
    OPERATIONAL = "Operational"
    RECONCILING = "Reconciling"
    STALLED = "Stalled"


PHASE_CONDITIONS: tuple[ConditionType, ...] = tuple(ConditionType)[:9]
"""Conditions of the nine phases, in order."""

CONDITIONS: Mapping[ConditionType, str] = MappingProxyType(
    {
        ConditionType.PREREQUISITES_MET: "The account exists, may order and is no other tenant; the price list exists, "
        "is active, valid today and in the account's currency; language, time zone and date format are supported; the "
        "Secret is readable.",
        ConditionType.ORGANIZATION_CREATED: "The organization exists below the distributor's; its Client ID is known.",
        ConditionType.EDITION_APPLIED: "The features of the edition are on, all others off.",
        ConditionType.LOCALE_APPLIED: "Language, time zone and date format are in force.",
        ConditionType.PRODUCTS_INHERITED: "The range of the price list is in the tenant, with its purchase prices.",
        ConditionType.INVOICING_CONFIGURED: "Separate Invoices is recorded for customers copied from now on.",
        ConditionType.ADMINISTRATOR_CREATED: "The administrator exists and was given the password of the Secret.",
        ConditionType.STOREFRONT_CREATED: "The Storefront answers under its address with its brand.",
        ConditionType.LOGIN_VERIFIED: "A login with Client ID, user name and password worked after the "
        "password was last set.",
        ConditionType.READY: "All nine phases are done for this generation: the tenant is provisioned as declared.",
        ConditionType.BACK_ORDERING_ACTIVE: "Customers and subscriptions of the tenant are propagated to the "
        "distributor.",
        ConditionType.OPERATIONAL: "Ready, back ordering active and not suspended: the tenant can do business.",
        ConditionType.RECONCILING: "Present only while the operator is at work, waits in the queue or will try again.",
        ConditionType.STALLED: "Present only while a person has to change something before work can go on.",
    }
)
"""What it means that a condition is True."""


class ConditionStatus(StrEnum):
    """Status of a condition."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


class Cure(StrEnum):
    """Who makes a cause go away, and so when to look again."""

    NONE = "none"
    """It is not a trouble."""
    TIME = "time"
    """It passes by itself: again after 1 s, doubling to 5 min, with full jitter, or when the BSS says."""
    ELSEWHERE = "elsewhere"
    """A person, in the BSS or in the cluster but not in this object: again after 30 s, doubling to 10 min."""
    CHANGE = "change"
    """A change of this object or its Secret: nothing is tried before that, except at the next drift check."""


class Reason(StrEnum):
    """Reasons of conditions. Those of refusals by the BSS are its problem codes."""

    # Not a trouble.
    PENDING = "Pending"
    SUCCEEDED = "Succeeded"
    PROVISIONED = "Provisioned"
    OPERATIONAL = "Operational"
    NOT_READY = "NotReady"
    SUSPENDED = "Suspended"
    BACK_ORDERING_INACTIVE = "BackOrderingInactive"
    PROGRESSING = "Progressing"
    QUEUED = "Queued"
    COPYING = "Copying"
    DELETING = "Deleting"
    PROGRESSING_WITH_RETRY = "ProgressingWithRetry"
    # Prerequisites.
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
    SECRET_NOT_FOUND = "SecretNotFound"  # noqa: S105 - the name of a reason
    SECRET_KEY_MISSING = "SecretKeyMissing"  # noqa: S105 - the name of a reason
    SECRET_NOT_OURS = "SecretNotOurs"  # noqa: S105 - the name of a reason
    LOGO_NOT_FOUND = "LogoNotFound"
    LOGO_INVALID = "LogoInvalid"
    # Work.
    OWNED_BY_ANOTHER = "OwnedByAnother"
    ORGANIZATION_MISSING = "OrganizationMissing"
    ORGANIZATION_DELETED = "OrganizationDeleted"
    ORGANIZATION_NOT_FOUND = "OrganizationNotFound"
    ORGANIZATION_NOT_ACTIVE = "OrganizationNotActive"
    PRODUCT_COPY_FAILED = "ProductCopyFailed"
    PASSWORD_TOO_WEAK = "PasswordTooWeak"  # noqa: S105 - the name of a reason
    USER_NAME_TAKEN = "UserNameTaken"
    HOSTNAME_TAKEN = "HostnameTaken"
    PREMIUM_REQUIRED = "PremiumRequired"
    LOGIN_REFUSED = "LoginRefused"
    BACK_ORDERING_IRREVERSIBLE = "BackOrderingIrreversible"
    SUBSCRIPTIONS_NOT_COPIED = "SubscriptionsNotCopied"
    # The connection to the BSS.
    UNAUTHORIZED = "Unauthorized"
    FORBIDDEN = "Forbidden"
    INVALID_REQUEST = "InvalidRequest"
    NOT_FOUND = "NotFound"
    TOO_MANY_REQUESTS = "TooManyRequests"
    UNAVAILABLE = "Unavailable"
    INTERNAL = "Internal"
    BSS_UNREACHABLE = "BssUnreachable"
    INVALID_ANSWER = "InvalidAnswer"
    NOT_APPLIED = "NotApplied"
    DEADLINE_EXCEEDED = "DeadlineExceeded"
    # This side.
    CLUSTER_FORBIDDEN = "ClusterForbidden"
    INVALID_SPEC = "InvalidSpec"
    OPERATOR_ERROR = "OperatorError"


class Explanation(NamedTuple):
    """What a reason means, what a person can do, who cures it, and whether the object is Stalled by it."""

    meaning: str
    remedy: str = ""
    cure: Cure = Cure.NONE
    stalled: bool = False


def _wait(meaning: str) -> Explanation:
    return Explanation(meaning)


def _passes(meaning: str, remedy: str) -> Explanation:
    return Explanation(meaning, remedy, Cure.TIME)


def _heals(meaning: str, remedy: str, *, stalled: bool = False) -> Explanation:
    return Explanation(meaning, remedy, Cure.ELSEWHERE, stalled)


def _change(meaning: str, remedy: str) -> Explanation:
    return Explanation(meaning, remedy, Cure.CHANGE, stalled=True)


REASONS: Mapping[Reason, Explanation] = MappingProxyType(
    {
        Reason.PENDING: _wait("Not yet done, or not yet known."),
        Reason.SUCCEEDED: _wait("Done for this generation."),
        Reason.PROVISIONED: _wait("All nine phases are done for this generation."),
        Reason.OPERATIONAL: _wait("The tenant can do business."),
        Reason.NOT_READY: _wait("The tenant is not provisioned yet; see Ready."),
        Reason.SUSPENDED: _wait("The tenant's business is suspended, as declared in spec.state."),
        Reason.BACK_ORDERING_INACTIVE: _wait(
            "Back ordering is off; a new tenant starts so. Set spec.backOrdering to true."
        ),
        Reason.PROGRESSING: _wait("The operator is at work."),
        Reason.QUEUED: _wait(
            "The process waits for a slot; the message says behind how many others. Namespaces take turns, and older "
            "objects go first within one."
        ),
        Reason.COPYING: _wait("The BSS copies products."),
        Reason.DELETING: _wait("The object is being deleted."),
        Reason.PROGRESSING_WITH_RETRY: _wait("There is trouble, and the operator will try again by itself."),
        Reason.ACCOUNT_NOT_FOUND: _heals(
            "The distributor's BSS has no account with this code.",
            "Create the account in the BSS, or make a TenantReseller with the right spec.account.",
        ),
        Reason.ORDERING_DISABLED: _heals(
            "The account is not enabled for ordering.", "Enable ordering on the account in the BSS."
        ),
        Reason.ACCOUNT_IS_TENANT: _heals(
            "The account is a tenant reseller already, and not through this object.",
            "Set spec.adopt.clientID to take over one made by hand; one that a deleted TenantReseller left behind "
            "(deletionPolicy Retain) must be purged in the BSS first (python -m bss purge ORGANIZATION); otherwise use "
            "another account.",
            stalled=True,
        ),
        Reason.PRICE_LIST_NOT_FOUND: _heals(
            "The distributor's BSS has no price list with this code.",
            "Create the price list, or correct spec.priceList.",
        ),
        Reason.PRICE_LIST_INACTIVE: _heals(
            "The price list is not active.", "Activate the price list in the BSS, or name another in spec.priceList."
        ),
        Reason.PRICE_LIST_NOT_VALID_TODAY: _heals(
            "Today is outside of the price list's validity dates.",
            "Change the dates in the BSS, or name another in spec.priceList.",
        ),
        Reason.CURRENCY_MISMATCH: _heals(
            "Price list and account have different currencies.",
            "Name a price list in the account's currency in spec.priceList.",
        ),
        Reason.LANGUAGE_NOT_SUPPORTED: _heals(
            "The BSS does not have this language.", "Use a language that the BSS lists, in spec.locale.language."
        ),
        Reason.TIME_ZONE_NOT_SUPPORTED: _heals(
            "The BSS does not know this time zone.", "Use an IANA name such as Europe/Athens in spec.locale.timeZone."
        ),
        Reason.DATE_FORMAT_NOT_SUPPORTED: _heals(
            "The BSS does not have this date format.", "Use a pattern that the BSS lists, in spec.locale.dateFormat."
        ),
        Reason.SECRET_NOT_FOUND: _heals(
            "The Secret with the administrator's password does not exist.",
            "Create the Secret, or correct spec.administrator.passwordSecretRef.",
        ),
        Reason.SECRET_KEY_MISSING: _heals(
            "The Secret has no such key, or it is empty or no text.",
            "Put the password under the key, or correct spec.administrator.passwordSecretRef.key.",
        ),
        Reason.SECRET_NOT_OURS: _heals(
            "The Secret that would hold the generated password exists and belongs to something else.",
            "Name it in spec.administrator.passwordSecretRef if it holds the password; otherwise remove it.",
        ),
        Reason.LOGO_NOT_FOUND: _heals(
            "The ConfigMap or Secret with the logo, or its key, does not exist.",
            "Create it, or correct spec.storefront.logo.",
        ),
        Reason.LOGO_INVALID: _heals(
            "The logo is no SVG, PNG, JPEG or WebP picture of at most 256 KiB.",
            "Replace the file that spec.storefront.logo names.",
        ),
        Reason.OWNED_BY_ANOTHER: _heals(
            "The organization belongs to another API client or account, and was left untouched.",
            "Check which system manages it; this object cannot.",
            stalled=True,
        ),
        Reason.ORGANIZATION_MISSING: _heals(
            "The organization that this object had made is gone from the BSS. It is not made anew silently.",
            "Restore it in the BSS, or set the annotation tenantreseller.io/recreate to the lost Client ID.",
            stalled=True,
        ),
        Reason.ORGANIZATION_DELETED: _heals(
            "The organization was marked as deleted in the BSS, not through this object.",
            "That is final: delete this object. To begin anew, purge the organization in the BSS first.",
            stalled=True,
        ),
        Reason.ORGANIZATION_NOT_FOUND: _heals(
            "There is no organization with the Client ID to adopt.",
            "Correct spec.adopt.clientID, or remove spec.adopt.",
            stalled=True,
        ),
        Reason.ORGANIZATION_NOT_ACTIVE: _heals(
            "The tenant is suspended; changes wait until it is active again.", "Set spec.state to Active."
        ),
        Reason.PRODUCT_COPY_FAILED: _passes(
            "The BSS could not copy the products.", "See the log of the process in the BSS."
        ),
        Reason.PASSWORD_TOO_WEAK: _change(
            "The BSS refuses the password.", "Put a stronger password into the Secret; it is applied at once."
        ),
        Reason.USER_NAME_TAKEN: _heals(
            "Another user of the tenant has the administrator's name.",
            "Rename or remove that user in the tenant's BSS, or make the TenantReseller again with another name.",
            stalled=True,
        ),
        Reason.HOSTNAME_TAKEN: _heals(
            "Another Storefront has this hostname.", "Free it there, or change spec.storefront.hostname.", stalled=True
        ),
        Reason.PREMIUM_REQUIRED: _change(
            "This needs the Premium edition.", "Set spec.edition to Premium, or remove the field."
        ),
        Reason.LOGIN_REFUSED: _passes(
            "The BSS refuses the login with Client ID, user name and the Secret's password.",
            "If the administrator has changed the password meanwhile, put the new one into the Secret.",
        ),
        Reason.BACK_ORDERING_IRREVERSIBLE: _change(
            "Back ordering cannot be switched off.", "Set spec.backOrdering to true."
        ),
        Reason.SUBSCRIPTIONS_NOT_COPIED: _heals(
            "Subscriptions of the reseller's customers in the distributor's BSS are not copied down yet.",
            "Copy them in the BSS; back ordering is activated afterwards.",
        ),
        Reason.UNAUTHORIZED: _heals(
            "The BSS does not know the operator's API key.", "Give the operator a valid API key."
        ),
        Reason.FORBIDDEN: _heals(
            "The operator's API key may not do this.", "Give the API client the right in the BSS."
        ),
        Reason.INVALID_REQUEST: _change("The BSS refuses a value.", "Correct the field that the message names."),
        Reason.NOT_FOUND: _heals(
            "The BSS does not have what the operator asked for.", "Check the address and version of the BSS."
        ),
        Reason.TOO_MANY_REQUESTS: _passes(
            "The BSS asks for fewer requests.", "Nothing; the operator waits as long as the BSS says."
        ),
        Reason.UNAVAILABLE: _passes("The BSS is not available now.", "If it lasts, look at the BSS."),
        Reason.INTERNAL: _passes("The BSS failed.", "If it lasts, look at the log of the BSS."),
        Reason.BSS_UNREACHABLE: _passes("No answer came from the BSS.", "If it lasts, check the BSS and the network."),
        Reason.INVALID_ANSWER: _passes(
            "The BSS gave an answer that does not follow the Tenant Provisioning API.",
            "If it lasts, check the address of the BSS, proxies in front of it, and its version.",
        ),
        Reason.NOT_APPLIED: _passes(
            "The BSS accepted the change, but its answer does not show it.",
            "If it lasts, report it to the maker of the BSS.",
        ),
        Reason.DEADLINE_EXCEEDED: _passes(
            "The process takes longer than the setting TENANT_RESELLER_PROCESS_DEADLINE allows. It is shown as Failed "
            "with its task; the operator goes on trying.",
            "See the conditions, and the log of the process in the BSS, for what holds the task up.",
        ),
        Reason.CLUSTER_FORBIDDEN: _heals(
            "The operator lacks a right in the cluster.",
            "Give the operator's ServiceAccount the right that the message names; see manifests/operator.",
        ),
        Reason.INVALID_SPEC: _change(
            "The stored object does not follow the schema.",
            "Correct the field that the message names; check that the CRD is current.",
        ),
        Reason.OPERATOR_ERROR: _passes(
            "The operator failed unexpectedly.", "If it lasts, report it with the operator's log."
        ),
    }
)
"""Meaning, remedy and cure of each reason."""


class Condition(BaseModel):
    """One observation, as Kubernetes writes it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")

    type: str = Field(max_length=316)
    status: ConditionStatus
    reason: str = Field(max_length=1024, description="Machine-readable cause, a word in CamelCase.")
    message: str = Field(max_length=32768, description="For people: what happened, and what can be done.")
    observed_generation: int = Field(description="Generation of the spec that this is about.")
    last_transition_time: Annotated[
        datetime,
        PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str),
        Field(json_schema_extra={"format": "date-time"}),
    ] = Field(description="When status last changed.")

    @property
    def true(self) -> bool:
        """Whether the status is True."""
        return self.status is ConditionStatus.TRUE
