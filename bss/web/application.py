# SPDX-License-Identifier: GPL-3.0-or-later
"""The BSS as one WSGI application.

```
proxies -> strict headers -> size limits -> entrances -+-> /healthz
                                                       +-> /provisioning/v1    Tenant Provisioning API
                                                       +-> /s/, foreign hosts  Storefronts
                                                       +-> /                   web client, else the tenant gate
web client -> quiet faults -> tenant gate -> Tryton
```
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import trytond.config

from bss.settings import configure

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def _prepare() -> None:
    """Tryton reads these once, when its application is imported."""
    from bss.web.limits import ANYBODY, SIGNED_IN

    current = configure()
    # Loaded before gunicorn forks, and its connections closed again.
    os.environ["TRYTOND_DATABASE_NAMES"] = current.root_database
    # Tryton would serve a folder `www` of the user's home; the web client is served by us.
    trytond.config.set("web", "root", "")
    trytond.config.set("request", "max_size", str(ANYBODY))
    trytond.config.set("request", "max_size_authenticated", str(SIGNED_IN))


def build() -> WSGIApplication:
    """Put the layers together. To be called once in a process, before any thread runs."""
    _prepare()
    from trytond.application import app as tryton
    from trytond.wsgi import NumProxyFix

    from bss.provisioning.app import app as provisioning
    from bss.storefront.app import application as storefronts
    from bss.web import login, named_objects
    from bss.web.entrances import Entrances
    from bss.web.gate import TenantGate
    from bss.web.headers import QuietFaults, StrictHeaders
    from bss.web.limits import LimitedRequests
    from bss.web.web_client import WebClient

    # Tryton has just set logging to errors only; ours says what an operator of the server should know.
    logging.getLogger("bss").setLevel(logging.INFO)
    login.install()
    named_objects.install()
    bss = WebClient(QuietFaults(TenantGate(tryton)))
    entrances = Entrances(bss=bss, provisioning=provisioning, storefronts=storefronts)
    layered = StrictHeaders(LimitedRequests(entrances))
    proxies = trytond.config.getint("web", "num_proxies")
    # Here too, and not only inside Tryton: which entrance is taken depends on the host that the person typed.
    return NumProxyFix(layered, proxies) if proxies else layered


application = build()
