"""Ports: the wanted one, else the next free one, and the same one again next time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import ports
from local.errors import LocalError

START = 21470


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    port = ports.choose({"listener": START})["listener"]
    with socket.create_server(("127.0.0.1", port)):
        yield port


def test_the_wanted_port_is_taken_when_it_is_free(taken: int) -> None:
    free = ports.choose({"a": taken + 1}, owner="me")["a"]
    assert ports.choose({"a": free}, owner="me") == {"a": free}


def test_a_taken_port_is_passed_over(taken: int) -> None:
    assert ports.choose({"a": taken})["a"] > taken


def test_two_names_never_get_the_same_port() -> None:
    chosen = ports.choose({"a": START, "b": START, "c": START})
    assert len(set(chosen.values())) == 3


def test_a_port_that_was_chosen_is_kept_for_its_owner_until_the_server_has_started() -> None:
    mine = ports.choose({"a": START + 200}, owner="one stack")
    assert ports.choose({"a": START + 200}, owner="another stack") != mine
    assert ports.choose({"a": START + 200}) != mine
    assert ports.choose({"a": START + 200}, owner="one stack") == mine


def test_ports_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = ports.remembered(file, {"a": START + 100}, in_use=False)
    assert ports.remembered(file, {"a": 1}, in_use=False) == first


def test_a_remembered_port_that_somebody_else_took_is_replaced(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(f'{{"a": {taken}}}')
    assert ports.remembered(file, {"a": START}, in_use=False)["a"] > taken


def test_a_remembered_port_that_is_our_own_is_kept(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "ports.json"
    file.write_text(f'{{"a": {taken}}}')
    assert ports.remembered(file, {"a": START}, in_use=True) == {"a": taken}


def test_no_port_is_left_where_outgoing_connections_could_take_it() -> None:
    with pytest.raises(LocalError, match="No free port for a"):
        ports.choose({"a": ports.HIGHEST + 1})
