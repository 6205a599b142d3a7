"""The edge of the API: a fault of the BSS tells nothing of its insides, and a busy one says when to come back."""

from __future__ import annotations

import logging

import pytest
from trytond import backend

from bss.provisioning import facts, handlers
from bss.root import locks
from tests.bss.root.client import ApiClient


def test_a_fault_is_a_problem_without_its_cause(
    operator: ApiClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: object) -> None:
        raise ValueError("the password is 1234")

    monkeypatch.setitem(handlers.HANDLERS, "info", fail)  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR, "bss.provisioning.app"):
        response = operator.get("/")
    assert response.status_code == 500
    assert response.content_type == "application/problem+json"
    assert response.json["retryable"] is True
    assert "1234" not in response.text
    assert "1234" in caplog.text


def test_a_call_is_logged_with_the_marks_of_the_client(operator: ApiClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bss.provisioning.app"):
        operator.call("GET", "/accounts/R-1001", request="r-4711")
        operator.call("GET", "/accounts/R-1001", request="forged [admin] logged in")
    first, second = (record.getMessage() for record in caplog.records)
    assert first == "GET /provisioning/v1/accounts/R-1001 200 request=r-4711"
    assert second == "GET /provisioning/v1/accounts/R-1001 200"


@pytest.mark.parametrize(
    "error", [locks.LockTakenError("organization x", 45), backend.DatabaseOperationalError("connection lost")]
)
def test_a_busy_bss_says_when_to_come_back(
    operator: ApiClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setitem(handlers.HANDLERS, "info", fail)  # type: ignore[arg-type]
    response = operator.get("/")
    assert (response.status_code, response.json["code"]) == (503, "Unavailable")
    assert int(response.headers["Retry-After"]) > 0


def test_a_distributor_without_a_company_is_unavailable_and_says_what_to_do(
    operator: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "company_id", lambda pool: None)
    response = operator.get("/")
    assert response.status_code == 503
    assert "set it up" in response.json["detail"]


def test_a_call_that_finds_the_organization_locked_waits_its_turn(
    operator: ApiClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bss.provisioning import tenant_record

    monkeypatch.setattr(tenant_record, "_LOCK_SECONDS", 0.2)
    with locks.held(f"organization {key}", wait=1):
        assert operator.create(key, "R-1005").status_code == 503
    assert operator.create(key, "R-1005").status_code == 201
