"""Whom the BSS takes a person for who comes through proxies: as many are believed as it was told of, no more."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bss.root.transaction import reading
from local import ports
from tests.bss.root.programs import bss_program
from tests.eventually import eventually

PERSON, FORGED = "203.0.113.9", "198.51.100.7"


def refused_login(url: str, user: str) -> int | None:
    """Status of a login with a wrong password, whose proxy names the person behind an address that they made up."""
    body = json.dumps({"id": 1, "method": "common.db.login", "params": [user, {"password": "wrong"}, "en"]}).encode()
    headers = {"Content-Type": "application/json", "X-Forwarded-For": f"{FORGED}, {PERSON}"}
    try:
        urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None  # it is still starting
    raise AssertionError("let in")


@pytest.mark.parametrize(("proxies", "noted"), [(0, "127.0.0.1"), (1, PERSON), (2, FORGED)])
def test_attempts_are_counted_for_the_person(root: str, tmp_path: Path, proxies: int, noted: str) -> None:
    user = f"behind-{proxies}"
    address = f"127.0.0.1:{ports.choose({'web': 8000})['web']}"
    web = bss_program(
        tmp_path,
        "web",
        TENANT_BSS_BIND=address,
        TENANT_BSS_PUBLIC_URL=f"http://{address}",
        TENANT_BSS_WEB_WORKERS="1",
        TRYTOND_WEB__NUM_PROXIES=str(proxies),
    )
    web.start()
    try:
        eventually(
            lambda: refused_login(f"http://{address}/{root}/rpc/", user),
            lambda status: status == 401,
            seconds=120,
            every=0.5,
        )
    finally:
        web.kill()

    with reading() as pool:
        attempts = pool.get("res.user.login.attempt").search([("login", "=", user)])
        assert {attempt.ip_address for attempt in attempts} == {noted}
