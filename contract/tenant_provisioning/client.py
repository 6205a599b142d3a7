"""Async client of the Tenant Provisioning API.

```python
async with TenantProvisioningClient("https://bss.example", api_key) as bss:
    organization = await bss.put_edition(key, EditionRequest(edition=Edition.PREMIUM))
```
"""

from __future__ import annotations

import asyncio
import secrets
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import SecretStr, ValidationError
from yarl import URL

from . import routes
from .errors import AnswerError, NotFound, ProblemError
from .exchange import Answered, exchange
from .models import (
    PREFIX,
    Account,
    AdministratorRequest,
    Answer,
    ApiInfo,
    BackOrderingRequest,
    EditionRequest,
    InvoicingRequest,
    LocaleRequest,
    Organization,
    OrganizationRequest,
    PriceList,
    ProblemCode,
    Process,
    ProcessRequest,
    ProductRangeRequest,
    Request,
    SessionRequest,
    StateRequest,
    StorefrontRequest,
)
from .routes import PROCESS_ID_HEADER, REQUEST_ID_HEADER, Route
from .watching import Call, CallWatcher, unwatched

AnswerT = TypeVar("AnswerT", bound=Answer)
RequestT = TypeVar("RequestT", bound=Request)


class TenantProvisioningClient:
    """Calls a BSS; one instance serves any number of tasks of one event loop.

    `base_url` is the BSS's address without the API's prefix. `timeout` and `connect_timeout` are seconds: of a whole
    call with its answer, and of the making of a connection. A longer answer than `max_answer_bytes` is an error. No
    more than `max_calls` are under way at once; a call that waits for its turn is not yet timed. A
    `session` that is handed in stays the caller's to close; else one is made when the client is entered. `watch` is
    told of every call.

    Every method raises `ProvisioningError` (see `errors`), and takes `process_id`, the run that the call belongs to,
    and `request_id`, a mark for both sides' logs; a random one is made for a call that is given none. Every call may be
    repeated; aiohttp itself repeats GET, PUT, DELETE once, at once, when the connection breaks before an answer, since
    a kept-alive one may have been closed meanwhile.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | SecretStr,
        *,
        timeout: float = 10.0,
        connect_timeout: float = 5.0,
        max_answer_bytes: int = 2 * 1024 * 1024,
        max_calls: int = 100,
        session: aiohttp.ClientSession | None = None,
        watch: CallWatcher = unwatched,
    ) -> None:
        address = URL(base_url)
        if address.scheme not in ("http", "https") or not address.host or address.query_string or address.fragment:
            raise ValueError("The base URL must be http(s)://host[:port][/path] without query or fragment.")
        if address.user or address.password:
            raise ValueError("The base URL must not hold credentials: they would be shown in messages and logs.")
        key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("The API key must be printable ASCII without spaces.")
        self._address = str(address).rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "identity",
            "User-Agent": "tenant-provisioning-client",
        }
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=connect_timeout)
        self._max_answer_bytes = max_answer_bytes
        # Calls wait here for their turn, where no time-out runs yet.
        self._turns = asyncio.Semaphore(max_calls)
        self._watch = watch
        self._session = session
        self._owns_session = session is None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._address!r})"

    async def __aenter__(self) -> Self:
        if self._session is None:
            # No cookies: an answer must not be able to influence later calls.
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._owns_session and self._session is not None:
            await self._session.close()
            self._session = None

    async def info(self, *, process_id: str | None = None, request_id: str | None = None) -> ApiInfo:
        """What this BSS is and can do."""
        return await self._get(routes.INFO, "", process_id, request_id)

    async def account(self, code: str, *, process_id: str | None = None, request_id: str | None = None) -> Account:
        """Facts about a reseller's account; `NotFound` when there is none."""
        return await self._get(routes.ACCOUNT, code, process_id, request_id)

    async def price_list(self, code: str, *, process_id: str | None = None, request_id: str | None = None) -> PriceList:
        """Facts about a price list; `NotFound` when there is none."""
        return await self._get(routes.PRICE_LIST, code, process_id, request_id)

    async def organization(
        self, key: str, *, process_id: str | None = None, request_id: str | None = None
    ) -> Organization | None:
        """Everything about an organization; None when this API client has none under the key.

        Only the BSS's own word counts: a 404 of a proxy or of a wrong path is an error, else a misrouted call would
        look like a deleted tenant.
        """
        try:
            return await self._get(routes.ORGANIZATION, key, process_id, request_id)
        except NotFound as error:
            if error.code is ProblemCode.ORGANIZATION_NOT_FOUND:
                return None
            raise

    async def find_organizations(
        self, client_id: str, *, process_id: str | None = None, request_id: str | None = None
    ) -> list[Organization]:
        """Organizations with this Client ID: this API client's own, or one that no client made (its key is empty)."""
        query = f"?clientId={quote(client_id, safe='')}"
        answered = await self._exchange(routes.FIND_ORGANIZATIONS, "", None, process_id, request_id, query=query)
        return _parse(routes.FIND_ORGANIZATIONS, answered).items

    async def put_organization(
        self, key: str, request: OrganizationRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Create an organization under the key, or adopt one."""
        return await self._put(routes.PUT_ORGANIZATION, key, request, process_id, request_id)

    async def put_edition(
        self, key: str, request: EditionRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Put an edition in force."""
        return await self._put(routes.PUT_EDITION, key, request, process_id, request_id)

    async def put_locale(
        self, key: str, request: LocaleRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Put regional preferences in force."""
        return await self._put(routes.PUT_LOCALE, key, request, process_id, request_id)

    async def put_product_range(
        self, key: str, request: ProductRangeRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Inherit the range of a price list, or update it.

        While `product_range.state` is Running in the answer, the copying goes on: poll `organization`.
        """
        return await self._put(routes.PUT_PRODUCT_RANGE, key, request, process_id, request_id)

    async def put_invoicing(
        self, key: str, request: InvoicingRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Record how customers that are copied up from now on are invoiced."""
        return await self._put(routes.PUT_INVOICING, key, request, process_id, request_id)

    async def put_administrator(
        self, key: str, request: AdministratorRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Create the administrator, or set the password."""
        return await self._put(routes.PUT_ADMINISTRATOR, key, request, process_id, request_id)

    async def put_storefront(
        self, key: str, request: StorefrontRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Publish the Storefront."""
        return await self._put(routes.PUT_STOREFRONT, key, request, process_id, request_id)

    async def put_back_ordering(
        self, key: str, request: BackOrderingRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Activate back ordering."""
        return await self._put(routes.PUT_BACK_ORDERING, key, request, process_id, request_id)

    async def put_state(
        self, key: str, request: StateRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> Organization:
        """Suspend or resume the tenant, or mark it as deleted."""
        return await self._put(routes.PUT_STATE, key, request, process_id, request_id)

    async def delete_organization(
        self, key: str, process_id: str | None = None, *, request_id: str | None = None
    ) -> bool:
        """Purge an organization; False when there was none, by the BSS's own word (see `organization`)."""
        try:
            await self._exchange(routes.DELETE_ORGANIZATION, key, None, process_id, request_id)
        except NotFound as error:
            if error.code is ProblemCode.ORGANIZATION_NOT_FOUND:
                return False
            raise
        return True

    async def log_in(
        self, request: SessionRequest, process_id: str | None = None, *, request_id: str | None = None
    ) -> None:
        """Try a login. Returning means that it succeeded; `LoginRefused` that it did not."""
        await self._exchange(routes.LOG_IN, "", request, process_id, request_id)

    async def put_process(self, process_id: str, request: ProcessRequest, *, request_id: str | None = None) -> Process:
        """Show a run in the Processes tab, or its progress."""
        return await self._put(routes.PUT_PROCESS, process_id, request, None, request_id)

    async def process(self, process_id: str, *, request_id: str | None = None) -> Process:
        """A process with its tasks and log; `NotFound` when this API client has none under the id."""
        return await self._get(routes.PROCESS, process_id, None, request_id)

    async def processes(self, key: str, *, request_id: str | None = None) -> list[Process]:
        """Processes of an organization, newest first."""
        return (await self._get(routes.PROCESSES, key, None, request_id)).items

    async def _get(
        self, route: Route[Request, AnswerT], parameter: str, process_id: str | None, request_id: str | None
    ) -> AnswerT:
        return _parse(route, await self._exchange(route, parameter, None, process_id, request_id))

    async def _put(
        self,
        route: Route[RequestT, AnswerT],
        parameter: str,
        request: RequestT,
        process_id: str | None,
        request_id: str | None,
    ) -> AnswerT:
        return _parse(route, await self._exchange(route, parameter, request, process_id, request_id))

    async def _exchange(
        self,
        route: Route[Request, Answer],
        parameter: str,
        request: Request | None,
        process_id: str | None,
        request_id: str | None,
        *,
        query: str = "",
    ) -> Answered:
        if self._session is None:
            raise RuntimeError("Enter the client first: async with TenantProvisioningClient(...) as bss.")
        path = route.path
        for declared in route.parameters:
            path = path.replace(f"{{{declared.name}}}", quote(parameter, safe=""))
        headers = self._headers.copy()
        body = None
        if request is not None:
            body = request.wire()
            headers["Content-Type"] = "application/json"
        call = Call(route.method, route.path, request_id or secrets.token_hex(8), process_id)
        headers[REQUEST_ID_HEADER.name] = call.request_id
        if process_id is not None:
            headers[PROCESS_ID_HEADER.name] = process_id
        url = URL(f"{self._address}{PREFIX}{path}{query}", encoded=True)
        session = self._session
        async with self._turns:
            with self._watch(call):
                return await self._send(session, route, call, url, headers, body)

    async def _send(
        self,
        session: aiohttp.ClientSession,
        route: Route[Request, Answer],
        call: Call,
        url: URL,
        headers: dict[str, str],
        body: bytes | None,
    ) -> Answered:
        try:
            answered = await exchange(
                session,
                route.method,
                url,
                headers={**call.headers, **headers},
                body=body,
                timeout=self._timeout,
                max_answer_bytes=self._max_answer_bytes,
            )
        except ProblemError as error:
            call.status = error.problem.status
            raise
        except AnswerError as error:
            call.status = error.status
            raise
        call.status = answered.status
        if answered.status not in route.statuses:
            raise AnswerError(f"{route.method} {url.path}: unexpected status {answered.status}", status=answered.status)
        return answered


def _parse(route: Route[Request, AnswerT], answered: Answered) -> AnswerT:
    if route.answer is None:
        raise TypeError(f"{route.name} has no answer to parse")
    if answered.media_type != "application/json":
        raise AnswerError(f"{route.name}: the answer is not application/json", status=answered.status)
    failure: AnswerError
    try:
        return route.answer.model_validate_json(answered.body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:100]
        failure = AnswerError(
            f"{route.name}: the answer is no {route.answer.__name__}: {place or 'document'}: {first['msg'][:200]}",
            status=answered.status,
        )
    # Outside of the handler: a validation error repeats its input, which is as large and hostile as the sender likes.
    raise failure
