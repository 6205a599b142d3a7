"""A real Chromium in front of a real BSS.

Pictures that the tests take stay in `.local/artifacts/browser`; `TENANT_RESELLER_PICTURES` names another folder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from local import prerequisites
from local.sources import REPOSITORY
from tests.browser.web_client import WebClient
from tests.running_bss import RunningBss, Tenant

_OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"),
)
_EXPECTED = ("401", "locale/en_GB.json")
"""What the console shows of refused logins, and of a language without a file of its own."""


# Not longer than these tests: while Playwright runs, no asynchronous test can run in this process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium of the machine; none is downloaded."""
    program = prerequisites.browser()
    assert program is not None, "no Chromium: `make test` says what to do"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A person's browser without memory of earlier tests; a fault or a breach of the content policy fails the test."""
    person = browser.new_context(viewport={"width": 1440, "height": 810}, locale="en-GB")
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        text = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not any(expected in text for expected in _EXPECTED):
            faults.append(text)

    person.on("console", note)
    person.on("weberror", lambda error: faults.append(str(error.error)))
    yield person
    person.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


@pytest.fixture
def web_client(page: Page, bss_server: RunningBss) -> WebClient:
    """The BSS's web client, opened at the address that all tenants and the distributor share."""
    client = WebClient(page, bss_server.url, pictures())
    client.open()
    return client


def pictures() -> Path:
    """Where pictures go."""
    folder = Path(os.environ.get("TENANT_RESELLER_PICTURES") or REPOSITORY / ".local" / "artifacts" / "browser")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def tenant(bss_server: RunningBss) -> Tenant:
    """A tenant with the products of a price list."""
    return bss_server.make_tenant()
