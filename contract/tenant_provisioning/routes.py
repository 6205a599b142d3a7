"""The one table of routes of the Tenant Provisioning API.

The OpenAPI document, the client, the fake's dispatch and a real BSS's dispatch are all made from it, so that they
cannot disagree. It knows no web framework: a server asks `dispatch.find(method, path)` which route is meant, and
`dispatch.read_request(route, ...)` for the checked body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Never, TypeVar

from .models import (
    CLIENT_ID_PATTERN,
    CODE_PATTERN,
    ORGANIZATION_KEY_PATTERN,
    PROCESS_ID_PATTERN,
    Account,
    AdministratorRequest,
    Answer,
    ApiInfo,
    BackOrderingRequest,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    Organization,
    OrganizationList,
    OrganizationRequest,
    PriceList,
    ProblemCode,
    Process,
    ProcessList,
    ProcessRequest,
    ProductRangeRequest,
    Request,
    SessionRequest,
    StateRequest,
    StorefrontRequest,
)

RequestT = TypeVar("RequestT", bound=Request, covariant=True)
AnswerT = TypeVar("AnswerT", bound=Answer, covariant=True)


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or a header."""

    name: str
    pattern: str | None
    """None: any text."""
    description: str
    required: bool = True

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """The pattern, compiled; use `fullmatch`."""
        return re.compile(self.pattern or ".*", re.DOTALL)


KEY = Parameter("key", ORGANIZATION_KEY_PATTERN, "External key of the organization, chosen by the client.")
CODE = Parameter("code", CODE_PATTERN, "Code of the account or price list.")
PROCESS_ID = Parameter("id", PROCESS_ID_PATTERN, "Id of the process, chosen by the client.")
CLIENT_ID = Parameter("clientId", CLIENT_ID_PATTERN, "Client ID of the organization that is looked for.")
PROCESS_ID_HEADER = Parameter(
    "Process-Id",
    None,
    "Process that this call belongs to; the BSS records the call as its task. One that it does not know is ignored.",
    required=False,
)
REQUEST_ID_HEADER = Parameter(
    "Request-Id",
    None,
    "Mark of this call, for finding it again in both sides' logs.",
    required=False,
)


@dataclass(frozen=True, eq=False)
class Route(Generic[RequestT, AnswerT]):
    """One operation of the API."""

    name: str
    """Name of the operation, and of the method that serves or calls it."""
    method: str
    path: str
    """Path below the prefix, with parameters in braces."""
    summary: str
    request: type[RequestT] | None
    """Model of the body; None: no body."""
    answer: type[AnswerT] | None
    """Model of the answer; None: no body."""
    statuses: tuple[int, ...]
    """Statuses of success."""
    problems: tuple[ProblemCode, ...] = ()
    """Codes of refusal that are particular to this operation; those in `COMMON_PROBLEMS` belong to every one."""
    parameters: tuple[Parameter, ...] = ()
    """Parameters of the path, in order."""
    query: tuple[Parameter, ...] = ()


_ORGANIZATION_PROBLEMS = (
    ProblemCode.ORGANIZATION_NOT_FOUND,
    ProblemCode.OWNED_BY_ANOTHER,
    ProblemCode.ORGANIZATION_NOT_ACTIVE,
)

COMMON_PROBLEMS = (
    ProblemCode.UNAUTHORIZED,
    ProblemCode.FORBIDDEN,
    ProblemCode.NOT_FOUND,
    ProblemCode.INVALID_REQUEST,
    ProblemCode.TOO_MANY_REQUESTS,
    ProblemCode.UNAVAILABLE,
    ProblemCode.INTERNAL,
)
"""Codes that every operation may answer with."""

INFO: Route[Never, ApiInfo] = Route(
    name="info",
    method="GET",
    path="/",
    summary="What this BSS is and can do",
    request=None,
    answer=ApiInfo,
    statuses=(200,),
)
ACCOUNT: Route[Never, Account] = Route(
    name="account",
    method="GET",
    path="/accounts/{code}",
    summary="Facts about a reseller's account",
    request=None,
    answer=Account,
    statuses=(200,),
    problems=(ProblemCode.ACCOUNT_NOT_FOUND,),
    parameters=(CODE,),
)
PRICE_LIST: Route[Never, PriceList] = Route(
    name="price_list",
    method="GET",
    path="/price-lists/{code}",
    summary="Facts about a price list",
    request=None,
    answer=PriceList,
    statuses=(200,),
    problems=(ProblemCode.PRICE_LIST_NOT_FOUND,),
    parameters=(CODE,),
)
FIND_ORGANIZATIONS: Route[Never, OrganizationList] = Route(
    name="find_organizations",
    method="GET",
    path="/organizations",
    summary="Look an organization up by its Client ID: the caller's own, or one that no API client made",
    request=None,
    answer=OrganizationList,
    statuses=(200,),
    query=(CLIENT_ID,),
)
PUT_ORGANIZATION: Route[OrganizationRequest, Organization] = Route(
    name="put_organization",
    method="PUT",
    path="/organizations/{key}",
    summary="Create an organization, or adopt one",
    request=OrganizationRequest,
    answer=Organization,
    statuses=(200, 201, 202),
    problems=(
        ProblemCode.ACCOUNT_NOT_FOUND,
        ProblemCode.ORDERING_DISABLED,
        ProblemCode.ACCOUNT_IS_TENANT,
        ProblemCode.OWNED_BY_ANOTHER,
        ProblemCode.ORGANIZATION_NOT_FOUND,
        ProblemCode.ORGANIZATION_NOT_ACTIVE,
    ),
    parameters=(KEY,),
)
ORGANIZATION: Route[Never, Organization] = Route(
    name="organization",
    method="GET",
    path="/organizations/{key}",
    summary="Everything about an organization",
    request=None,
    answer=Organization,
    statuses=(200,),
    problems=(ProblemCode.ORGANIZATION_NOT_FOUND,),
    parameters=(KEY,),
)
DELETE_ORGANIZATION: Route[Never, Never] = Route(
    name="delete_organization",
    method="DELETE",
    path="/organizations/{key}",
    summary="Purge an organization with all its data",
    request=None,
    answer=None,
    statuses=(204,),
    problems=(ProblemCode.ORGANIZATION_NOT_FOUND, ProblemCode.OWNED_BY_ANOTHER),
    parameters=(KEY,),
)
PUT_EDITION: Route[EditionRequest, Organization] = Route(
    name="put_edition",
    method="PUT",
    path="/organizations/{key}/edition",
    summary="Put an edition in force",
    request=EditionRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=_ORGANIZATION_PROBLEMS,
    parameters=(KEY,),
)
PUT_LOCALE: Route[LocaleRequest, Organization] = Route(
    name="put_locale",
    method="PUT",
    path="/organizations/{key}/locale",
    summary="Put regional preferences in force",
    request=LocaleRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=(
        *_ORGANIZATION_PROBLEMS,
        ProblemCode.LANGUAGE_NOT_SUPPORTED,
        ProblemCode.TIME_ZONE_NOT_SUPPORTED,
        ProblemCode.DATE_FORMAT_NOT_SUPPORTED,
    ),
    parameters=(KEY,),
)
PUT_PRODUCT_RANGE: Route[ProductRangeRequest, Organization] = Route(
    name="put_product_range",
    method="PUT",
    path="/organizations/{key}/product-range",
    summary="Inherit the range of a price list, or update it",
    request=ProductRangeRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=(
        *_ORGANIZATION_PROBLEMS,
        ProblemCode.PRICE_LIST_NOT_FOUND,
        ProblemCode.PRICE_LIST_INACTIVE,
        ProblemCode.PRICE_LIST_NOT_VALID_TODAY,
        ProblemCode.CURRENCY_MISMATCH,
    ),
    parameters=(KEY,),
)
PUT_INVOICING: Route[InvoicingRequest, Organization] = Route(
    name="put_invoicing",
    method="PUT",
    path="/organizations/{key}/invoicing",
    summary="Record how customers that are copied up from now on are invoiced",
    request=InvoicingRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=_ORGANIZATION_PROBLEMS,
    parameters=(KEY,),
)
PUT_ADMINISTRATOR: Route[AdministratorRequest, Organization] = Route(
    name="put_administrator",
    method="PUT",
    path="/organizations/{key}/administrator",
    summary="Create the administrator, or set the password",
    request=AdministratorRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=(*_ORGANIZATION_PROBLEMS, ProblemCode.PASSWORD_TOO_WEAK, ProblemCode.USER_NAME_TAKEN),
    parameters=(KEY,),
)
PUT_STOREFRONT: Route[StorefrontRequest, Organization] = Route(
    name="put_storefront",
    method="PUT",
    path="/organizations/{key}/storefront",
    summary="Publish the Storefront",
    request=StorefrontRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=(*_ORGANIZATION_PROBLEMS, ProblemCode.HOSTNAME_TAKEN, ProblemCode.PREMIUM_REQUIRED),
    parameters=(KEY,),
)
PUT_BACK_ORDERING: Route[BackOrderingRequest, Organization] = Route(
    name="put_back_ordering",
    method="PUT",
    path="/organizations/{key}/back-ordering",
    summary="Activate back ordering, which cannot be undone",
    request=BackOrderingRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=(
        *_ORGANIZATION_PROBLEMS,
        ProblemCode.BACK_ORDERING_IRREVERSIBLE,
        ProblemCode.SUBSCRIPTIONS_NOT_COPIED,
    ),
    parameters=(KEY,),
)
PUT_STATE: Route[StateRequest, Organization] = Route(
    name="put_state",
    method="PUT",
    path="/organizations/{key}/state",
    summary="Suspend or resume the tenant, or mark it as deleted",
    request=StateRequest,
    answer=Organization,
    statuses=(200, 202),
    problems=_ORGANIZATION_PROBLEMS,
    parameters=(KEY,),
)
LOG_IN: Route[SessionRequest, Never] = Route(
    name="log_in",
    method="POST",
    path="/sessions",
    summary="Try a login; nothing of the session is kept",
    request=SessionRequest,
    answer=None,
    statuses=(204,),
    problems=(ProblemCode.LOGIN_REFUSED,),
)
PUT_PROCESS: Route[ProcessRequest, Process] = Route(
    name="put_process",
    method="PUT",
    path="/processes/{id}",
    summary="Show a run of the client's in the Processes tab",
    request=ProcessRequest,
    answer=Process,
    statuses=(200, 201),
    problems=(ProblemCode.OWNED_BY_ANOTHER, ProblemCode.ACCOUNT_NOT_FOUND),
    parameters=(PROCESS_ID,),
)
PROCESS: Route[Never, Process] = Route(
    name="process",
    method="GET",
    path="/processes/{id}",
    summary="A process with its tasks and log",
    request=None,
    answer=Process,
    statuses=(200,),
    parameters=(PROCESS_ID,),
)
PROCESSES: Route[Never, ProcessList] = Route(
    name="processes",
    method="GET",
    path="/organizations/{key}/processes",
    summary="Processes of an organization, newest first",
    request=None,
    answer=ProcessList,
    statuses=(200,),
    problems=(ProblemCode.ORGANIZATION_NOT_FOUND,),
    parameters=(KEY,),
)

AnyRoute = Route[Request, Answer]

ROUTES: tuple[AnyRoute, ...] = (
    INFO,
    ACCOUNT,
    PRICE_LIST,
    FIND_ORGANIZATIONS,
    PUT_ORGANIZATION,
    ORGANIZATION,
    DELETE_ORGANIZATION,
    PUT_EDITION,
    PUT_LOCALE,
    PUT_PRODUCT_RANGE,
    PUT_INVOICING,
    PUT_ADMINISTRATOR,
    PUT_STOREFRONT,
    PUT_BACK_ORDERING,
    PUT_STATE,
    LOG_IN,
    PUT_PROCESS,
    PROCESS,
    PROCESSES,
)
