"""One HTTP exchange with a BSS that may be slow, broken or hostile: bounded in time and size, judged before use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from pydantic import ValidationError
from yarl import URL

from .errors import AnswerError, ProvisioningError, TransportError, problem_error
from .models import Problem, ProblemCode
from .problems import PROBLEM_MEDIA_TYPE

MAX_RETRY_AFTER = 3600.0
"""Longest wait, in seconds, that a server may ask for: a mistaken header must not stop a client for days."""

_MAX_ERROR_TEXT = 300


@dataclass(frozen=True, slots=True)
class Answered:
    """A complete answer with a status of success."""

    status: int
    media_type: str
    body: bytes


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - handed to aiohttp, which also covers the reading of the body
    max_answer_bytes: int,
) -> Answered:
    """Send a request and read the whole answer.

    Redirects are never followed: the API key would travel along. Raises `TransportError` when no complete answer came,
    `ProblemError` for a problem, `AnswerError` for anything else that is not a success.
    """
    failure: ProvisioningError
    try:
        async with session.request(
            method,
            url,
            data=body,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            # Compressed answers are refused below instead of inflated: a few bytes could become gigabytes.
            auto_decompress=False,
        ) as response:
            content = await _read(response, max_answer_bytes)
            return _judge(response, content)
    except ProvisioningError:
        raise
    except TimeoutError:
        failure = TransportError(f"{method} {url.path}: no complete answer within {timeout.total:g} s")
    except aiohttp.ClientResponseError as error:
        # A malformed status line or header. Its text may repeat what the server sent.
        failure = AnswerError(f"{method} {url.path}: not an HTTP answer ({type(error).__name__})", status=error.status)
    except (aiohttp.ClientError, OSError) as error:
        failure = TransportError(f"{method} {url.path}: {_one_line(str(error)) or type(error).__name__}")
    # Raised outside of the handler: aiohttp's exceptions hold the request's headers, and a chained one would carry the
    # API key into every log that prints causes.
    raise failure


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    announced = response.content_length
    if announced is not None and announced > limit:
        response.close()
        raise AnswerError(f"The answer has {announced} bytes, more than {limit}.", status=response.status)
    chunks = bytearray()
    async for chunk in response.content.iter_any():
        chunks += chunk
        if len(chunks) > limit:
            response.close()
            raise AnswerError(f"The answer is longer than {limit} bytes.", status=response.status)
    return bytes(chunks)


def _judge(response: aiohttp.ClientResponse, body: bytes) -> Answered:
    status = response.status
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    readable = encoding == "identity"
    if 200 <= status < 300:
        if not readable:
            raise AnswerError(f"The answer is encoded as {_one_line(encoding)}, which nobody asked for.", status=status)
        return Answered(status, response.content_type if "Content-Type" in response.headers else "", body)
    problem = _problem(status, body) if readable and response.content_type == PROBLEM_MEDIA_TYPE else None
    retry_after = parse_retry_after(response.headers.get("Retry-After"))
    if problem is not None:
        raise problem_error(problem, retry_after=retry_after)
    if status >= 500 or status == 429:
        # A proxy or a dying BSS: not our problem document, yet the meaning of the status is plain.
        raise problem_error(_plain_problem(status, response.reason), retry_after=retry_after)
    if 300 <= status < 400:
        raise AnswerError(f"Unexpected redirect, status {status}; redirects are not followed.", status=status)
    raise AnswerError(f"Status {status} without a problem document of this API.", status=status)


def _problem(status: int, body: bytes) -> Problem | None:
    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        return None
    # The status line decides: a document that claims another status is not ours.
    return problem if problem.status == status else None


def _plain_problem(status: int, reason: str | None) -> Problem:
    code = {429: ProblemCode.TOO_MANY_REQUESTS, 503: ProblemCode.UNAVAILABLE}.get(status, ProblemCode.INTERNAL)
    return Problem(
        title=f"HTTP {status} {_one_line(reason or '')}".rstrip(), status=min(status, 599), code=code, retryable=True
    )


def parse_retry_after(value: str | None, *, now: datetime | None = None) -> float | None:
    """Seconds to wait, from delta-seconds or an HTTP date (RFC 9110, 10.2.3), within 0 and `MAX_RETRY_AFTER`.

    None when the header is missing or says nothing.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        # Digits without end would be a number too large to convert cheaply.
        seconds = float(value) if len(value) < 10 else MAX_RETRY_AFTER
    else:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_MAX_ERROR_TEXT]
