"""The resource TenantReseller: what a user declares (spec) and what the operator tells (status).

The CRD (`crd.py`) and the reference page (`reference.py`) are made from these models, so a field is described once.
Rules that a schema cannot say are CEL rules beside the field or model they guard; each message names the field and the
remedy. No field has a schema default: a default would appear in the stored object and in every `kubectl diff`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, PlainSerializer
from pydantic.alias_generators import to_camel
from tenant_provisioning.models import (
    CODE_PATTERN,
    ClientID,
    Color,
    DateFormat,
    Edition,
    EmailAddress,
    Hostname,
    LanguageTag,
    ProcessState,
    ProcessType,
    ProductScope,
    TimeZone,
    UserName,
)

from .conditions import Condition

GROUP = "tenantreseller.io"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
KIND = "TenantReseller"
PLURAL = "tenantresellers"

FINALIZER = f"{GROUP}/finalizer"
RECONCILE_AT = f"{GROUP}/reconcile-at"
"""Annotation: any new text reconciles now."""
RECREATE = f"{GROUP}/recreate"
"""Annotation: the Client ID of an organization that vanished from the BSS, to have it made anew."""
ABANDON = f"{GROUP}/abandon"
"""Annotation: `"true"` lets a deleted resource go without asking the BSS."""

CEL = "x-kubernetes-validations"

# The length is said beside the pattern: the API server estimates the cost of CEL rules from it.
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=CODE_PATTERN)]
Timestamp = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
ObjectName = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
ObjectKey = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[-._a-zA-Z0-9]+$")]


def _rule(rule: str, message: str, field: str | None = None) -> dict[str, JsonValue]:
    """A CEL rule; `field` is the path below the model that the refusal is told for."""
    return {"rule": rule, "message": message, **({} if field is None else {"fieldPath": field})}


def _immutable(field: str, remedy: str) -> dict[str, JsonValue]:
    return {CEL: [_rule("self == oldSelf", f"{field} cannot be changed: {remedy}")]}


class DeletionPolicy(StrEnum):
    """What becomes of the tenant when its resource is deleted."""

    RETAIN = "Retain"
    """Marked as deleted in the BSS: nobody logs in, the data is kept."""
    DELETE = "Delete"
    """Purged from the BSS, with its data."""


class TenantState(StrEnum):
    """State of the tenant's business that a user may ask for."""

    ACTIVE = "Active"
    SUSPENDED = "Suspended"


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class Locale(_Model):
    """Regional preferences of the tenant: of its users, reports and Storefront."""

    language: LanguageTag
    time_zone: TimeZone
    date_format: DateFormat


class SecretKey(_Model):
    """A key of a Secret in the namespace of the TenantReseller."""

    name: ObjectName = Field(description="Name of the Secret.")
    key: ObjectKey | None = Field(None, description="Key in the Secret; password when absent.")


class FileKey(_Model):
    """A key of a ConfigMap or Secret in the namespace of the TenantReseller, holding a file."""

    name: ObjectName = Field(description="Name of the object.")
    key: ObjectKey = Field(description="Key in the object, such as logo.svg.")


class Administrator(_Model):
    """The first user of the tenant's BSS."""

    user_name: UserName = Field(
        description="User name of the administrator. Immutable.",
        json_schema_extra=_immutable(
            "spec.administrator.userName", "restore the old name; add further users in the tenant's BSS"
        ),
    )
    email: EmailAddress | None = Field(None, description="E-mail address of the administrator.")
    password_secret_ref: SecretKey | None = Field(
        None,
        description="Secret with the password. Absent: the operator generates a strong one into the Secret "
        "<name>-admin (keys username and password), which goes with this object. A password is set again only when "
        "the Secret's content changes; an administrator's own change is never undone.",
    )


class Logo(_Model):
    """Where the logo comes from: exactly one source."""

    model_config = ConfigDict(
        json_schema_extra={
            CEL: [
                _rule(
                    "has(self.configMapKeyRef) != has(self.secretKeyRef)",
                    "spec.storefront.logo needs exactly one of configMapKeyRef and secretKeyRef: set one and remove "
                    "the other",
                )
            ]
        }
    )

    config_map_key_ref: FileKey | None = Field(
        None, description="Key of a ConfigMap with an SVG, PNG, JPEG or WebP picture of at most 256 KiB."
    )
    secret_key_ref: FileKey | None = Field(
        None, description="Key of a Secret with an SVG, PNG, JPEG or WebP picture of at most 256 KiB."
    )


class Storefront(_Model):
    """Own address and brand of the tenant's Storefront.

    All of it needs the Premium edition; Basic has the standard look.
    """

    hostname: Hostname | None = Field(
        None, description="Own hostname of the Storefront. Absent: an address below the BSS's own."
    )
    primary_color: Color | None = None
    logo: Logo | None = Field(None, description="Logo of the Storefront. Absent: the tenant's name.")


class ProductUpdate(_Model):
    """Changes of the price list's content reach the tenant only on request."""

    trigger: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        None, description="Any new text, such as a date, asks for one update of the products."
    )
    scope: ProductScope | None = Field(
        None,
        description="Full (when absent): the whole range. Partial: only what changes the purchase prices.",
    )
    overwrite_sell_prices: bool | None = Field(
        None, description="Also overwrite the tenant's own sell prices; false when absent."
    )
    overwrite_names: bool | None = Field(
        None, description="Also overwrite the tenant's own product names; false when absent."
    )


class Adoption(_Model):
    """An existing organization to take over instead of creating one."""

    client_id: ClientID = Field(
        alias="clientID", description="Client ID of an organization of this account that no API client has made."
    )


class Spec(_Model):
    """What the user declares."""

    model_config = ConfigDict(
        json_schema_extra={
            CEL: [
                _rule(
                    "!(has(oldSelf.backOrdering) && oldSelf.backOrdering) || (has(self.backOrdering) && "
                    "self.backOrdering)",
                    "spec.backOrdering cannot be switched off once it is on: set it to true again",
                    ".backOrdering",
                ),
                _rule(
                    "self.edition == 'Premium' || !has(self.storefront) || !has(self.storefront.hostname)",
                    "spec.storefront.hostname needs the Premium edition: set spec.edition to Premium or remove the "
                    "hostname",
                    ".storefront.hostname",
                ),
                _rule(
                    "self.edition == 'Premium' || !has(self.storefront) || !has(self.storefront.primaryColor)",
                    "spec.storefront.primaryColor needs the Premium edition: set spec.edition to Premium or remove "
                    "the colour",
                    ".storefront.primaryColor",
                ),
                _rule(
                    "self.edition == 'Premium' || !has(self.storefront) || !has(self.storefront.logo)",
                    "spec.storefront.logo needs the Premium edition: set spec.edition to Premium or remove the logo",
                    ".storefront.logo",
                ),
            ]
        }
    )

    account: Code = Field(
        description="Code of the reseller's account in the distributor's BSS. Immutable.",
        json_schema_extra=_immutable(
            "spec.account", "restore the old code, or make another TenantReseller for the other account"
        ),
    )
    display_name: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="Name of the tenant. Absent: the account's name at the time of creation."
    )
    price_list: Code = Field(
        description="Code of the price list: the range of products that is inherited, and the reseller's purchase "
        "prices."
    )
    edition: Edition
    locale: Locale
    separate_invoices: bool | None = Field(
        None,
        description="Invoice each customer of the reseller separately. Counts only for customers that back ordering "
        "copies up afterwards; false when absent.",
    )
    administrator: Administrator
    storefront: Storefront | None = None
    product_update: ProductUpdate | None = None
    back_ordering: bool | None = Field(
        None, description="Activate back ordering, which cannot be undone; false when absent."
    )
    state: TenantState | None = Field(None, description="State of the tenant's business; Active when absent.")
    paused: bool | None = Field(
        None,
        description="The operator leaves the tenant and this object alone; deletion still works. False when absent.",
    )
    deletion_policy: DeletionPolicy | None = Field(
        None,
        description="What becomes of the tenant when this object is deleted. Retain (when absent): marked as deleted "
        "in the BSS, data kept. Delete: purged.",
    )
    adopt: Adoption | None = Field(
        None,
        description="Take over an existing organization instead of creating one. Fixed as soon as status.clientID is "
        "known.",
    )


class Products(_Model):
    """Products that the tenant has inherited."""

    inherited: int = Field(description="Active products that come from the price list.")
    updated_at: Timestamp | None = Field(None, description="When they were last updated.")


class Run(_Model):
    """A process that has ended."""

    id: str
    type: ProcessType
    state: ProcessState
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    progress: str = ""
    message: str = ""


class Process(_Model):
    """The current process, or the last one. The BSS shows the same in its Processes tab, with tasks and log."""

    id: str = Field(description="Id of the process in the BSS.")
    type: ProcessType
    state: ProcessState
    generation: int | None = Field(None, description="Generation of the spec that it works for.")
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    task: str = Field("", description="What is being done, or what failed.")
    completed: int = Field(description="Tasks done.")
    total: int = Field(description="Tasks in all.")
    progress: str = Field(description="completed/total, for people.")
    message: str = ""


class Status(_Model):
    """What the operator tells."""

    model_config = ConfigDict(json_schema_extra={"default": {"observedGeneration": -1}})

    observed_generation: int = Field(
        -1, description="Generation of the spec that this status is about; -1 before the first visit."
    )
    client_id: str | None = Field(
        None,
        alias="clientID",
        description="Client ID, made by the BSS: with user name and password it is the login.",
    )
    login_url: str | None = Field(None, alias="loginURL", description="Address of the BSS, the same for all tenants.")
    storefront_url: str | None = Field(None, alias="storefrontURL", description="Address of the tenant's Storefront.")
    admin_secret: str | None = Field(
        None, description="Name of the Secret with the administrator's user name and first password."
    )
    products: Products | None = None
    process: Process | None = None
    history: tuple[Run, ...] = Field((), description="The last five processes before this one, newest first.")
    last_handled_reconcile_at: str | None = Field(
        None, description="Value of the annotation tenantreseller.io/reconcile-at that was last acted on."
    )
    conditions: tuple[Condition, ...] = Field(
        (),
        json_schema_extra={"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"]},
        description="The nine phases in order, then the summaries.",
    )

    def wire(self) -> dict[str, object]:
        """The JSON form, without members that say nothing."""
        return {
            name: value
            for name, value in self.model_dump(by_alias=True, exclude_none=True, mode="json").items()
            if value not in ([], {})
        }


class TenantReseller(_Model):
    """A reseller with a dedicated organization in the distributor's BSS."""

    model_config = ConfigDict(
        json_schema_extra={
            CEL: [
                _rule(
                    "!has(oldSelf.status) || !has(oldSelf.status.clientID) || (has(self.spec.adopt) == "
                    "has(oldSelf.spec.adopt) && "
                    "(!has(self.spec.adopt) || self.spec.adopt.clientID == oldSelf.spec.adopt.clientID))",
                    "spec.adopt cannot be changed once status.clientID is known: restore its old value",
                    ".spec.adopt",
                ),
                _rule(
                    "size(self.metadata.name) <= 247",
                    "metadata.name is too long: at most 247 characters, as the Secret <name>-admin is named after it",
                ),
            ]
        }
    )

    spec: Spec
    status: Status | None = None
