# SPDX-License-Identifier: GPL-3.0-or-later
"""Tryton's web client as npm publishes it, with our texts and brand laid over it.

Its index page loads `custom.js` and `custom.css`, which the package leaves to us; nothing of the package is changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from trytond.pool import Pool
from trytond.transaction import Transaction
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.wrappers import Request, Response

from bss.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    Writer = Callable[[bytes], object]

_OURS = Path(__file__).parent / "client"
_FOLDERS = ("dist", "images", "locale", "sounds")
"""Folders of the package that its pages use; the rest is its sources, tests and build."""
_FONTS = "node_modules/bootstrap/fonts"
"""Named by the package's style sheet only."""
_NAME_SECONDS = 30.0
"""How long the distributor's name is kept before the root database is asked again."""


class WebClientMissingError(Exception):
    """The web client is not installed, or is another package."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the web client's file {path} is missing: run `npm ci --omit=dev --legacy-peer-deps` in bss/web, "
            "or set TENANT_BSS_WEB_CLIENT to the folder of an installed tryton-sao"
        )


class WebClient:
    """Middleware that answers reads of the web client's files at `/` and passes everything else on.

    Raises WebClientMissingError when a file that the index page names does not exist.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        folder = settings().web_client or Path(__file__).parent / "node_modules" / "tryton-sao"
        index = folder / "index.html"
        if not index.is_file():
            raise WebClientMissingError(index)
        page = index.read_text(encoding="utf-8")
        self._policy = _policy(page)
        self._script = (_OURS / "custom.js").read_bytes()
        self._name = ""
        self._name_until = 0.0
        always_fresh = {
            "/index.html": index,
            "/custom.css": _OURS / "custom.css",
            "/brand.svg": _OURS / "brand.svg",
            # Browsers ask for it without being told to, also on a Storefront's page without a logo.
            "/favicon.ico": _OURS / "brand.svg",
            # The client's own words are English, so its package has no such file, yet it asks for one.
            "/locale/en.json": _OURS / "locale-en.json",
        }
        cached = {f"/{name}/": folder / name for name in _FOLDERS} | _packages(folder, page)
        # With a validator the browser asks each time and mostly gets 304; other files are fresh for an hour.
        self._files = SharedDataMiddleware(
            SharedDataMiddleware(app, {url: str(path) for url, path in cached.items()}, cache_timeout=3600),
            {url: str(path) for url, path in always_fresh.items()},
            cache_timeout=0,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with a file, or pass the request on."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._app(environ, start_response)
        match environ["PATH_INFO"]:
            case "/custom.js":
                return self._customization(environ)(environ, start_response)
            case "/" | "/index.html":
                environ["PATH_INFO"] = "/index.html"

                def start(status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /) -> Writer:
                    headers = [*headers, ("Content-Security-Policy", self._policy)]
                    return start_response(status, headers, exc_info)

                return self._files(environ, start)
        return self._files(environ, start_response)

    def _customization(self, environ: WSGIEnvironment) -> Response:
        facts = json.dumps({"name": self._distributor()})
        body = f"const BSS = {facts};\n".encode() + self._script
        response = Response(body, mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        return response.make_conditional(Request(environ))

    def _distributor(self) -> str:
        """Name of the root database's company; its Client ID while there is no company yet."""
        if time.monotonic() >= self._name_until:
            root = settings().root_database
            with Transaction().start(root, 0, readonly=True):
                companies = Pool(root).get("company.company").search([], order=[("id", "ASC")], limit=1)
                self._name = companies[0].party.name if companies else root
            self._name_until = time.monotonic() + _NAME_SECONDS
        return self._name


def _packages(folder: Path, page: str) -> dict[str, Path]:
    """The libraries that the index page names, and no other file of their packages.

    npm puts them inside the client's folder or beside it.
    """
    found = {}
    for name in [*re.findall(r'(?:src|href)="(node_modules/[^"]+)"', page), _FONTS]:
        places = [folder / name, folder.parent / name.removeprefix("node_modules/")]
        path = next((place for place in places if place.exists()), None)
        if path is None:
            raise WebClientMissingError(places[0])
        found[f"/{name}/" if path.is_dir() else f"/{name}"] = path
    return found


def _policy(page: str) -> str:
    """Content policy of the index page: our own files, and by their hashes the scripts in the page itself."""
    hashes = []
    for script in re.findall(r"<script[^>]*>((?:(?!</script>).)+)</script>", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    directives = {
        "default-src": "'none'",
        # The form of a PYSON value is read with eval; without it the client silently saves an empty value instead.
        "script-src": " ".join(["'self'", *hashes, "'unsafe-eval'"]),
        # The client and its calendar set style attributes.
        "style-src": "'self' 'unsafe-inline'",
        # Icons are coloured in the browser and shown from blobs.
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "media-src": "'self'",
        "connect-src": "'self'",
        # Documents that were just made are shown from blobs.
        "object-src": "blob:",
        "frame-src": "blob:",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())
