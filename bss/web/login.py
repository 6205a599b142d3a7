# SPDX-License-Identifier: GPL-3.0-or-later
"""The login: Client ID, user name and password, and one refusal whichever part is wrong.

Tryton's own login differs between an unknown database (404), an unknown user (no password is hashed) and a wrong
password, and counts attempts per database. The functions here take its place; the check of the password, the session
and the counting per user stay Tryton's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import NoReturn

from trytond import config, security
from trytond.exceptions import LoginException, RateLimitException
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.protocols import dispatcher
from trytond.protocols.wrappers import Request
from trytond.transaction import Transaction
from werkzeug.exceptions import BadRequest, Forbidden, TooManyRequests, Unauthorized

from bss import refusals
from bss.settings import settings
from bss.web.gate import REFUSED_CLIENT_ID

_AT_ONCE = threading.BoundedSemaphore(8)
"""Logins at the same time in one process. Tryton lets refused ones sleep: they must not take all threads."""


def install() -> None:
    """Take the place of Tryton's functions, which its dispatcher looks up by name at every call."""
    dispatcher.login = login
    dispatcher.reset_password = reset_password


def reset_password(request: Request, database_name: str, *parameters: object) -> NoReturn:
    """No mail leaves this BSS yet, and a request must not tell who exists: nobody gets a new password this way."""
    raise Forbidden


def login(
    request: Request, database_name: str, user: object, parameters: object, language: object = None
) -> tuple[int, str, None]:
    """Give the user's id and a new session, as Tryton's login does; the third part is the address of its message bus.

    Raises LoginException to ask for the password, Unauthorized, and TooManyRequests after too many attempts.
    """
    if not isinstance(user, str) or not isinstance(parameters, dict) or "\0" in user:
        raise BadRequest
    context = {"language": language if isinstance(language, str) else None, "_request": request.context}
    if not isinstance(parameters.get("password"), str):
        _ask_for_password(user, context)
    if not _AT_ONCE.acquire(blocking=False):
        raise TooManyRequests
    started = time.monotonic()
    try:
        session = _attempt(request.environ.get(REFUSED_CLIENT_ID), database_name, user, parameters, context)
        if session is None:
            raise Unauthorized
    except (Unauthorized, TooManyRequests):
        refusals.wait_for_the_grid(started)
        raise
    finally:
        _AT_ONCE.release()
    return (*session, None)


def _ask_for_password(user: str, context: Mapping[str, object]) -> NoReturn:
    """Ask in words of the root database: a tenant's own would differ from those for a Client ID that does not exist."""
    with Transaction().start(settings().root_database, 0, readonly=True, context=dict(context)):
        message = gettext("res.msg_user_password", login=user)
    raise LoginException("password", message, type="password")


def _attempt(
    refused: str | None, database: str, user: str, parameters: Mapping[str, object], context: Mapping[str, object]
) -> tuple[int, str] | None:
    """Check one login; a Client ID that is not served goes the same way through the root database as nobody's login."""
    mark = refusals.nobodys_name(refused or database, user)
    login_name = mark if refused else user
    if _too_many_from_this_network(context):
        raise TooManyRequests
    try:
        session: tuple[int, str] | None = security.login(
            database, login_name, dict(parameters), cache=not refused, context=dict(context)
        )
    except RateLimitException as error:
        if not refused:
            _remember_attempt(mark, context)
        raise TooManyRequests from error
    if refused:
        session = None
    if session is None:
        refusals.check_some_password(database, login_name, str(parameters["password"]))
        if not refused:
            _remember_attempt(mark, context)
    return session


def _too_many_from_this_network(context: Mapping[str, object]) -> bool:
    """Counted over all Client IDs together: per database, an attacker would see which of them share a count."""
    root = settings().root_database
    with Transaction().start(root, 0, readonly=True, context=dict(context)):
        attempts: int = Pool(root).get("res.user.login.attempt").count_ip()
    allowed: int = config.getint("session", "max_attempt_ip_network", default=300)
    return attempts > allowed


def _remember_attempt(mark: str, context: Mapping[str, object]) -> None:
    root = settings().root_database
    with Transaction().start(root, 0, context=dict(context)) as transaction:
        Pool(root).get("res.user.login.attempt").add(mark)
        transaction.commit()
