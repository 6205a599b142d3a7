"""What the distributor's people see of their tenant resellers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.web_client import WebClient
from tests.running_bss import RunningBss, Tenant


def _open_tenant_resellers(web_client: WebClient, bss_server: RunningBss) -> None:
    web_client.log_in(bss_server.root, *bss_server.administrator)
    web_client.open_list("Tenant Resellers", "Tenant Resellers")


def test_the_list_of_tenant_resellers(web_client: WebClient, bss_server: RunningBss, tenant: Tenant) -> None:
    _open_tenant_resellers(web_client, bss_server)
    row = web_client.rows().filter(has_text=tenant.client_id)
    expect(row).to_contain_text(tenant.name)
    expect(row).to_contain_text("Basic")
    expect(row).to_contain_text("Active")
    web_client.picture("distributor-tenant-resellers")


def test_basic_information_has_the_client_id(web_client: WebClient, bss_server: RunningBss, tenant: Tenant) -> None:
    _open_tenant_resellers(web_client, bss_server)
    web_client.open_record(tenant.client_id)
    page = web_client.page
    expect(page.get_by_role("tab", name="Basic Information")).to_be_visible()
    expect(page.get_by_label("Client ID", exact=False)).to_have_value(tenant.client_id)
    assert {tenant.name, tenant.storefront_url, "Europe/Athens", tenant.user_name} <= set(web_client.values())
    expect(page.get_by_label("Separate Invoices")).to_be_checked()
    web_client.picture("distributor-basic-information")


def test_processes_have_a_progress_bar(web_client: WebClient, bss_server: RunningBss, tenant: Tenant) -> None:
    _open_tenant_resellers(web_client, bss_server)
    web_client.open_record(tenant.client_id)
    page = web_client.page
    page.get_by_role("tab", name="Processes").click()
    process = page.get_by_role("tabpanel").locator("tbody > tr:visible").filter(has_text="Creation")
    expect(process).to_have_count(1)
    expect(process).to_contain_text("Completed")
    expect(process.locator(".progress-bar")).to_have_text("100%")
    web_client.picture("distributor-processes")
    # A process opens its tasks and its log.
    process.click()
    page.get_by_role("button", name="Open", exact=True).click()
    task = page.get_by_role("row").filter(has_text="Create the organization")
    expect(task).to_contain_text("Completed")
    web_client.picture("distributor-process")
