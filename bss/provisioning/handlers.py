# SPDX-License-Identifier: GPL-3.0-or-later
"""Which function serves which route of the contract. A route without one fails at the start, not at its first call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tenant_provisioning.routes import ROUTES

from bss.provisioning import facts, organizations, phases, processes, product_range, sessions, view
from bss.provisioning.call import Call, Outcome

Handler = Callable[[Call, Any], Outcome]
"""Takes the model that the route declares; the dispatch has checked it."""

_FUNCTIONS: tuple[Handler, ...] = (
    facts.info,
    facts.account,
    facts.price_list,
    organizations.find_organizations,
    organizations.put_organization,
    view.organization,
    organizations.delete_organization,
    phases.put_edition,
    phases.put_locale,
    product_range.put_product_range,
    phases.put_invoicing,
    phases.put_administrator,
    phases.put_storefront,
    phases.put_back_ordering,
    phases.put_state,
    sessions.log_in,
    processes.put_process,
    processes.process,
    processes.processes,
)
_BY_NAME = {function.__name__: function for function in _FUNCTIONS}

HANDLERS: Mapping[str, Handler] = {route.name: _BY_NAME[route.name] for route in ROUTES}
"""Handler of each route, by the route's name."""
