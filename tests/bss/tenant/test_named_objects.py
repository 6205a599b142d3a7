"""Names in remote calls: what does not exist is refused, and leaves nothing in the classes that tenants share."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from trytond.pool import Pool
from trytond.transaction import Transaction
from werkzeug.exceptions import Forbidden

from bss.tenants.pools import held, tenant
from bss.web.named_objects import get_object_method


def _classes(client_id: str) -> dict[str, set[str]]:
    return {kind: set(classes) for kind, classes in Pool._pools[client_id].items()}


def _ask(client_id: str, method: str) -> object:
    """As Tryton's dispatcher does: outside of a transaction."""
    return get_object_method(SimpleNamespace(rpc_method=method), Pool(client_id))


@pytest.mark.parametrize(
    "method",
    [
        "report.made.up.execute",
        "report.nul\0.execute",
        f"report.{'x' * 100_000}.execute",
        "report..execute",
        "model.no.such.read",
        "wizard.no.such.create",
        "nonsense.party.party.read",
        "*.made.up.read",
        "model",
        "",
    ],
)
def test_what_does_not_exist_is_refused_and_not_kept(client_id: str, method: str) -> None:
    with held(client_id):
        before = _classes(client_id)
        with pytest.raises(Forbidden):
            _ask(client_id, method)
        assert _classes(client_id) == before


def test_what_exists_is_found(client_id: str) -> None:
    with held(client_id):
        for method in (
            "model.party.party.read",
            "wizard.ir.module.activate_upgrade.create",
            "report.account.invoice.execute",
        ):
            found, name = _ask(client_id, method)
            assert f".{found.__name__}.{name}" in method


def test_a_report_that_only_the_database_describes_is_found(client_id: str) -> None:
    with tenant(client_id) as pool:
        pool.get("ir.action.report").create([{"name": "Own", "report_name": "own.letter", "model": "party.party"}])
    with held(client_id):
        found, _ = _ask(client_id, "report.own.letter.execute")
        assert found.__name__ == "own.letter"
        del Pool._pools[client_id]["report"]["own.letter"]


def test_the_pool_itself_makes_no_report_of_a_name_from_elsewhere(client_id: str) -> None:
    with tenant(client_id) as pool:
        # As Tryton's REST does, with a name from the address.
        with pytest.raises(KeyError):
            pool.get("made.up", type="report")
        with pytest.raises(KeyError):
            pool.get("party.party", type="nonsense")
        assert "made.up" not in _classes(client_id)["report"]
        assert Transaction().user == 0
