"""One set of model classes serves all tenants: it is the same as one that is built afresh, also after much work."""

from __future__ import annotations

import types
from collections.abc import Iterator
from functools import cached_property

import pytest
from tenant_provisioning.models import Edition
from trytond.pool import Pool

from bss.tenants import pools
from bss.tenants.administrator import set_administrator
from bss.tenants.edition import apply_edition
from bss.tenants.pools import tenant
from tests.bss.tenant.conftest import MakeTenant
from tests.bss.tenant.person import PASSWORD, Person, Refused
from tests.bss.tenant.test_products import BACKUP, MAIL, copy

_OF_A_CLASS = {"__weakref__", "__dict__", "__doc__", "_abc_impl", "__slotnames__"}
"""Python's own; the last one is the names in `__slots__`, kept by a class when one of its instances is first copied."""
_OF_THE_PROCESS = {"_View__module_index"}
"""Kept by a class when it is first used, and made from the installed packages alone: the order of all modules."""


def test_tenants_share_their_classes_and_nothing_else(make_tenant: MakeTenant) -> None:
    one, two = make_tenant(), make_tenant()
    with tenant(one) as pool:
        shared = pool.get("party.party")
        shared.create([{"name": "of the first only"}])
    with tenant(two) as other:
        assert other.get("party.party") is shared
        assert shared.search([("name", "=", "of the first only")], count=True) == 0


def test_work_for_several_tenants_leaves_nothing_in_the_classes(make_tenant: MakeTenant) -> None:
    one, two, fresh = make_tenant(), make_tenant(), make_tenant()
    for client_id, edition in ((one, Edition.PREMIUM), (two, Edition.BASIC)):
        _work(client_id, edition)
    pools.forget(fresh)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pools.shared_models, "_sets", {})
        with pools.held(fresh):
            pass
    with tenant(one) as used, tenant(fresh) as built:
        assert used.get("party.party") is not built.get("party.party")
    differences = list(_Comparison().of(Pool._pools[one], Pool._pools[fresh], "pool"))
    pools.forget(fresh)
    assert differences == []


def test_the_comparison_notices_what_a_class_keeps_about_a_database(client_id: str) -> None:
    with tenant(client_id) as pool:
        party = pool.get("party.party")
    twin = type("party.party", party.__bases__, {k: v for k, v in vars(party).items() if k not in _OF_A_CLASS})
    assert list(_Comparison().of(party, twin, "party")) == []
    twin._order = [*party._order, ("kept", client_id)]
    assert list(_Comparison().of(party, twin, "party")) == ["party<party.party>._order: 3 and 4 elements"]


def test_a_database_that_may_not_be_served_is_refused_every_time(
    make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_tenant(), make_tenant()
    with tenant(one) as pool:
        configuration = pool.get("ir.configuration")
    pools.forget(two)
    monkeypatch.setattr(configuration, "check", _of_another_series)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="another series"), pools.held(two):
            pass
        assert not pools.is_loaded(two)


def _of_another_series(configuration: object) -> None:
    raise RuntimeError("a database of another series")


def _work(client_id: str, edition: Edition) -> None:
    """What uses most of the server: views, searches, access rules, reports of fields, products, offers."""
    apply_edition(client_id, edition)
    set_administrator(client_id, "maria", "maria@northwind.example", PASSWORD)
    copy(client_id, [MAIL, BACKUP], overwrite_sell_prices=True, overwrite_names=True)
    maria = Person.log_in(client_id, "maria")
    for model in ("party.party", "product.template", "sale.sale", "sale.subscription", "account.invoice", "res.user"):
        maria.call(f"model.{model}.fields_view_get", None, "form")
        maria.call(f"model.{model}.fields_get", None)
        ids = maria.call(f"model.{model}.search", [], 0, 10, None)
        maria.call(f"model.{model}.read", ids, ["rec_name", "create_date"])
    (party,) = maria.call("model.party.party.create", [{"name": "Customer"}])
    maria.call("model.party.party.write", [party], {"name": "Customer of many names"})
    maria.call("model.party.party.delete", [party])
    for unknown in ("report.made.up.execute", "model.made.up.read", "nonsense.made.up.read"):
        with pytest.raises(Refused):
            maria.call(unknown)


class _Comparison:
    """Walks two sets of classes side by side, and tells where they differ in anything but their identity."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], tuple[object, object]] = {}

    def of(self, one: object, other: object, path: str) -> Iterator[str]:
        if one is other or (id(one), id(other)) in self._seen:
            return
        # Kept, else another object may get the same id.
        self._seen[id(one), id(other)] = (one, other)
        if type(one) is not type(other) and not (isinstance(one, type) and isinstance(other, type)):
            yield f"{path}: {one!r} and {other!r}"
        elif isinstance(one, type):
            yield from self._classes(one, other, path)
        elif isinstance(one, dict):
            yield from self._dicts(one, other, path)
        elif isinstance(one, list | tuple):
            yield from self._sequences(one, other, path)
        elif isinstance(one, set | frozenset):
            yield from self._sequences(sorted(one, key=_sorted_by), sorted(other, key=_sorted_by), path)
        elif isinstance(one, str | bytes | int | float | None):
            if one != other:
                yield f"{path}: {one!r} and {other!r}"
        else:
            yield from self._objects(one, other, path)

    def _classes(self, one: type, other: type, path: str) -> Iterator[str]:
        if [base.__qualname__ for base in one.__mro__] != [base.__qualname__ for base in other.__mro__]:
            yield f"{path}: other base classes"
            return
        for base, peer in zip(one.__mro__, other.__mro__, strict=True):
            if base is not peer:
                kept = (
                    {k: v for k, v in vars(cls).items() if k not in _OF_A_CLASS | _OF_THE_PROCESS}
                    for cls in (base, peer)
                )
                yield from self._dicts(*kept, f"{path}<{base.__name__}>")

    def _dicts(self, one: dict, other: dict, path: str) -> Iterator[str]:
        if {str(key) for key in one} != {str(key) for key in other}:
            yield f"{path}: keys {sorted({str(k) for k in one} ^ {str(k) for k in other})}"
            return
        peers = {str(key): value for key, value in other.items()}
        for key, value in one.items():
            yield from self.of(value, peers[str(key)], f"{path}.{key}")

    def _sequences(self, one: list | tuple, other: list | tuple, path: str) -> Iterator[str]:
        if len(one) != len(other):
            yield f"{path}: {len(one)} and {len(other)} elements"
            return
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from self.of(left, right, f"{path}[{number}]")

    def _objects(self, one: object, other: object, path: str) -> Iterator[str]:
        match one:
            case types.FunctionType():
                yield from self.of(one.__code__.co_code, other.__code__.co_code, path)
                yield from self._sequences(*map(_closure, (one, other)), f"{path}()")
            case types.MethodType():
                yield from self.of(one.__func__, other.__func__, path)
                yield from self.of(one.__self__, other.__self__, path)
            case classmethod() | staticmethod():
                yield from self.of(one.__func__, other.__func__, path)
            case property():
                yield from self.of(one.fget, other.fget, path)
            case _:
                yield from self._dicts(_state(one), _state(other), f"{path}:{type(one).__name__}")


def _closure(function: types.FunctionType) -> list[object]:
    return [cell.cell_contents for cell in function.__closure__ or ()]


def _state(instance: object) -> dict[str, object]:
    """What an object keeps, without what it has merely computed from that."""
    kept = dict(getattr(instance, "__dict__", {}))
    for cls in type(instance).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in slots if isinstance(slots, list | tuple) else (slots,):
            if not name.startswith("__") and hasattr(instance, name):
                kept[name] = getattr(instance, name)
        for name, value in vars(cls).items():
            if isinstance(value, cached_property):
                kept.pop(name, None)
    return kept


def _sorted_by(element: object) -> str:
    """An order of sets that does not depend on where their elements lie in memory."""
    if isinstance(element, str | int | float | bytes | tuple):
        return repr(element)
    state = _state(element)
    return repr(sorted((key, _described(value)) for key, value in state.items()))


def _described(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return f"[{', '.join(_described(element) for element in value)}]"
    if isinstance(value, dict):
        return repr(sorted((str(key), _described(element)) for key, element in value.items()))
    if isinstance(value, str | int | float | bytes | None):
        return repr(value)
    return f"{type(value).__name__}{sorted((key, _described(one)) for key, one in _state(value).items())}"
