"""Refusals as a server makes them: which status and title belong to a problem code, and whether a repetition helps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .models import Problem, ProblemCode

PROBLEM_MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[ProblemCode, int] = MappingProxyType(
    {
        ProblemCode.UNAUTHORIZED: 401,
        ProblemCode.LOGIN_REFUSED: 401,
        ProblemCode.FORBIDDEN: 403,
        ProblemCode.INVALID_REQUEST: 422,
        ProblemCode.NOT_FOUND: 404,
        ProblemCode.ACCOUNT_NOT_FOUND: 404,
        ProblemCode.ORDERING_DISABLED: 409,
        ProblemCode.ACCOUNT_IS_TENANT: 409,
        ProblemCode.PRICE_LIST_NOT_FOUND: 404,
        ProblemCode.PRICE_LIST_INACTIVE: 409,
        ProblemCode.PRICE_LIST_NOT_VALID_TODAY: 409,
        ProblemCode.CURRENCY_MISMATCH: 409,
        ProblemCode.LANGUAGE_NOT_SUPPORTED: 422,
        ProblemCode.TIME_ZONE_NOT_SUPPORTED: 422,
        ProblemCode.DATE_FORMAT_NOT_SUPPORTED: 422,
        ProblemCode.ORGANIZATION_NOT_FOUND: 404,
        ProblemCode.OWNED_BY_ANOTHER: 409,
        ProblemCode.ORGANIZATION_NOT_ACTIVE: 409,
        ProblemCode.PASSWORD_TOO_WEAK: 422,
        ProblemCode.USER_NAME_TAKEN: 409,
        ProblemCode.HOSTNAME_TAKEN: 409,
        ProblemCode.PREMIUM_REQUIRED: 422,
        ProblemCode.BACK_ORDERING_IRREVERSIBLE: 409,
        ProblemCode.SUBSCRIPTIONS_NOT_COPIED: 409,
        ProblemCode.TOO_MANY_REQUESTS: 429,
        ProblemCode.UNAVAILABLE: 503,
        ProblemCode.INTERNAL: 500,
    }
)
"""HTTP status of each problem code. Only InvalidRequest has others beside it: 400, 405, 413, 415."""

RETRYABLE = frozenset({ProblemCode.TOO_MANY_REQUESTS, ProblemCode.UNAVAILABLE, ProblemCode.INTERNAL})
"""Codes whose cause passes without anybody changing anything."""

TITLE: Mapping[ProblemCode, str] = MappingProxyType(
    {
        ProblemCode.UNAUTHORIZED: "The API key is missing or unknown",
        ProblemCode.LOGIN_REFUSED: "Client ID, user name or password is wrong",
        ProblemCode.FORBIDDEN: "The API key may not do this",
        ProblemCode.INVALID_REQUEST: "The request is not valid",
        ProblemCode.NOT_FOUND: "There is nothing here",
        ProblemCode.ACCOUNT_NOT_FOUND: "The account does not exist",
        ProblemCode.ORDERING_DISABLED: "The account is not enabled for ordering",
        ProblemCode.ACCOUNT_IS_TENANT: "The account is a tenant reseller already",
        ProblemCode.PRICE_LIST_NOT_FOUND: "The price list does not exist",
        ProblemCode.PRICE_LIST_INACTIVE: "The price list is not active",
        ProblemCode.PRICE_LIST_NOT_VALID_TODAY: "The price list is not valid today",
        ProblemCode.CURRENCY_MISMATCH: "Price list and account have different currencies",
        ProblemCode.LANGUAGE_NOT_SUPPORTED: "The language is not supported",
        ProblemCode.TIME_ZONE_NOT_SUPPORTED: "The time zone is not supported",
        ProblemCode.DATE_FORMAT_NOT_SUPPORTED: "The date format is not supported",
        ProblemCode.ORGANIZATION_NOT_FOUND: "The organization does not exist",
        ProblemCode.OWNED_BY_ANOTHER: "The organization belongs to another",
        ProblemCode.ORGANIZATION_NOT_ACTIVE: "The organization is not active",
        ProblemCode.PASSWORD_TOO_WEAK: "The password is too weak",
        ProblemCode.USER_NAME_TAKEN: "The user name is taken",
        ProblemCode.HOSTNAME_TAKEN: "The hostname is taken",
        ProblemCode.PREMIUM_REQUIRED: "This needs the Premium edition",
        ProblemCode.BACK_ORDERING_IRREVERSIBLE: "Back ordering cannot be switched off",
        ProblemCode.SUBSCRIPTIONS_NOT_COPIED: "Subscriptions of the reseller's customers are not copied down yet",
        ProblemCode.TOO_MANY_REQUESTS: "Too many requests",
        ProblemCode.UNAVAILABLE: "The BSS is not available now",
        ProblemCode.INTERNAL: "The BSS failed",
    }
)


class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the server, not a fault of it
    """Raised by a server's code to answer with a problem.

    `retry_after` is in seconds and becomes the header `Retry-After`; 429 and 503 must carry it. `allow` becomes the
    header `Allow` of a 405.
    """

    def __init__(self, problem: Problem, *, retry_after: int | None = None, allow: tuple[str, ...] = ()) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail or problem.title}")
        self.problem = problem
        self.retry_after = retry_after
        self.allow = allow

    def body(self) -> bytes:
        """The problem document; send it as `application/problem+json`."""
        return self.problem.wire()

    def headers(self) -> dict[str, str]:
        """Headers that belong to this answer, without the content type."""
        headers = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.allow:
            headers["Allow"] = ", ".join(self.allow)
        if self.problem.code is ProblemCode.UNAUTHORIZED:
            headers["WWW-Authenticate"] = 'Bearer realm="provisioning"'
        return headers


def refusal(
    code: ProblemCode,
    detail: str = "",
    *,
    field: str | None = None,
    status: int | None = None,
    retry_after: int | None = None,
    allow: tuple[str, ...] = (),
) -> Refusal:
    """A refusal with the status and title of its code; `detail` says what is wrong here and what a person can do."""
    problem = Problem(
        title=TITLE[code],
        status=STATUS[code] if status is None else status,
        detail=detail,
        code=code,
        field=field,
        retryable=code in RETRYABLE,
    )
    return Refusal(problem, retry_after=retry_after, allow=allow)
