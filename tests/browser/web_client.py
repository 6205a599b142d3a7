"""The web client as a person handles it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.eventually import eventually

REFUSED = "Login refused. Check Client ID, user name and password."
_PATIENCE = 60_000  # milliseconds; the first use of a database takes a second on an idle machine


class WebClient:
    """One browser tab with the web client."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page = page
        self._url = url
        self._pictures = pictures
        page.set_default_timeout(_PATIENCE)

    def open(self, client_id: str = "") -> None:
        """Go to the BSS's address, with a Client ID as a link may hold it."""
        self.page.goto(f"{self._url}/#{client_id}")
        expect(self.client_id).to_be_visible(timeout=_PATIENCE)

    @property
    def client_id(self) -> Locator:
        """The field for the Client ID."""
        return self.page.get_by_label("Client ID")

    @property
    def refusal(self) -> Locator:
        """What the dialog says after a refused login."""
        return self.page.get_by_role("alert")

    def try_to_log_in(self, client_id: str, user_name: str, password: str) -> None:
        """Fill in all three parts and press the button."""
        self.client_id.fill(client_id)
        self.page.get_by_label("User name").fill(user_name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Login").click()

    def log_in(self, client_id: str, user_name: str, password: str) -> None:
        """Log in, and see the menu."""
        self.try_to_log_in(client_id, user_name, password)
        expect(self.menu("Parties")).to_be_visible(timeout=_PATIENCE)

    def menu(self, name: str, position: int = 0) -> Locator:
        """An entry of the menu; `position` counts those of the same name from the top."""
        return self.page.locator("#menu").get_by_text(name, exact=True).nth(position)

    def open_list(self, group: str, name: str) -> None:
        """Open the list `name` in the group of the menu."""
        self.menu(group).dblclick()
        self.menu(name, 1 if name == group else 0).dblclick()
        expect(self.page.get_by_role("tab", name=name)).to_be_visible(timeout=_PATIENCE)

    def rows(self) -> Locator:
        """The rows of the list on show."""
        return self.page.locator("#tabcontent .tab-pane.active table.tree > tbody > tr:visible")

    def all_cells(self, header: str, count: int) -> list[str]:
        """The values of one column of a list with that many rows; a long list shows more of them when asked."""
        more = self.page.get_by_role("button", name="More", exact=True)

        def shown() -> list[str]:
            # At once or not at all: the button goes away while the rows come.
            more.evaluate_all("buttons => buttons.forEach(button => button.click())")
            return self.rows().locator(f"td[data-title^='{header}']").all_inner_texts()

        return [text.strip() for text in eventually(shown, lambda texts: len(texts) >= count)]

    def values(self) -> list[str]:
        """What the fields of the form on show hold."""
        inputs = self.page.locator("#tabcontent input:visible")
        return [str(value) for value in inputs.evaluate_all("inputs => inputs.map(input => input.value)")]

    def open_record(self, text: str) -> None:
        """Open the row that shows this text as a form."""
        self.page.locator("#tabcontent").get_by_text(text, exact=True).first.click()
        self.page.get_by_role("button", name="Switch").first.click()

    def picture(self, name: str) -> None:
        """Keep a picture of what the person sees."""
        self.page.wait_for_load_state("networkidle")
        self.page.screenshot(path=self._pictures / f"{name}.png")
