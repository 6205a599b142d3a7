# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers requests for Storefronts: `/s/{clientId}/...` under any host, and `/...` under a tenant's own hostname.

Whatever is no open Storefront gets one and the same answer, so that nobody learns which tenants exist.
"""

from __future__ import annotations

import re
from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING

from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined
from trytond.config import get_hostname
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from bss.storefront import brand, directory, shop
from bss.storefront.shop import Offer, Shop
from bss.storefront.texts import Texts, texts
from bss.tenants.errors import TenantNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BY_CLIENT_ID = re.compile(r"/s/(?P<client_id>[^/]+)(?P<path>/.*)?")
_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A logo opened by itself is a document: a drawing with a script in it must not run under our name.
_LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_pages = Environment(
    loader=PackageLoader("bss.storefront"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE_SHEET = resources.files("bss.storefront").joinpath("static/storefront.css").read_bytes()


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """WSGI application of all Storefronts, for every request that is not the BSS's own.

    The headers that all answers of the BSS have in common are added around it.
    """
    try:
        response = _answer(Request(environ))
    except HTTPException as refusal:
        response = _refusal(refusal)
    return response(environ, start_response)


def _answer(request: Request) -> Response:
    if request.method not in {"GET", "HEAD"}:
        raise MethodNotAllowed(valid_methods=["GET", "HEAD"])
    found, path = _find(request)
    match path:
        case "":
            # The page's links are relative: under an own hostname they give no Client ID away.
            return redirect(f"{request.path}/", 308)
        case "/":
            response = _page(found)
        case "/storefront.css":
            response = Response(_STYLE_SHEET, mimetype="text/css")
            response.cache_control.max_age = 3600
        case "/brand.css":
            response = Response(brand.style_sheet(found.brand), mimetype="text/css")
            response.cache_control.no_cache = True
        case "/logo":
            response = _logo(found)
        case _:
            raise NotFound
    response.add_etag()
    return response.make_conditional(request)


def _find(request: Request) -> tuple[Shop, str]:
    """The shop that a request is for, and the path inside it. Raises NotFound."""
    by_path = _BY_CLIENT_ID.fullmatch(request.path)
    if by_path:
        client_id = directory.by_client_id(by_path["client_id"])
        path = by_path["path"] or ""
    else:
        client_id = directory.by_hostname(get_hostname(request.environ.get("HTTP_HOST", "")))
        path = request.path
    if client_id is None:
        raise NotFound
    try:
        found = shop.open_shop(client_id)
    except TenantNotFound as error:
        raise NotFound from error
    if found is None or not (by_path or found.own_hostname):
        raise NotFound
    return found, path


def _page(found: Shop) -> Response:
    words = texts(found.language)
    offers = [_shown(offer, found, words) for offer in shop.offers(found)]
    by_category: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for offer in offers:
        by_category[offer["category"] or words.other].append(offer)
    page = _pages.get_template("shop.html").render(
        shop=found, words=words, categories=by_category, logo=found.brand.logo
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Language"] = found.language
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    # Prices and brand are what the tenant has just set.
    response.cache_control.no_cache = True
    return response


def _shown(offer: Offer, found: Shop, words: Texts) -> dict[str, str]:
    return {
        "name": offer.name,
        "description": offer.description,
        "category": offer.category,
        "price": format_currency(offer.price, found.currency, locale=found.language),
        "cycle": words.cycles[offer.cycle] if offer.cycle else "",
    }


def _logo(found: Shop) -> Response:
    content = shop.logo(found)
    if found.brand.logo is None or content is None:
        raise NotFound
    response = Response(content, mimetype=found.brand.logo.media_type)
    response.headers["Content-Security-Policy"] = _LOGO_POLICY
    response.cache_control.max_age = 3600
    return response


def _refusal(refusal: HTTPException) -> Response:
    status = refusal.code or 500
    response = Response(_pages.get_template("closed.html").render(), status, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _PAGE_POLICY
    response.cache_control.no_store = True
    if isinstance(refusal, MethodNotAllowed):
        response.headers["Allow"] = "GET, HEAD"
    return response
