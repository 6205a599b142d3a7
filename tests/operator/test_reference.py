"""The reference pages say what the code says."""

from __future__ import annotations

import pytest
from tenant_reseller import reference


@pytest.mark.parametrize("page", reference.PAGES)
def test_the_page_is_current(page: str) -> None:
    assert (reference.FOLDER / page).read_text() == reference.PAGES[page]()
