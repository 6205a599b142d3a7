# SPDX-License-Identifier: GPL-3.0-or-later
"""A brand's colours as a style sheet: the page itself carries no styles, so that its policy can forbid them."""

from __future__ import annotations

import re

from bss.storefront.shop import Brand

STANDARD_COLOR = "#1d4e89"
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


def style_sheet(brand: Brand) -> str:
    """The variables that the standard style sheet builds on."""
    color = brand.primary_color or STANDARD_COLOR
    if not _COLOR.fullmatch(color):
        # Written into the database by some other way than the API, which lets colours in only.
        color = STANDARD_COLOR
    return f":root {{ --brand: {color}; --on-brand: {_readable_on(color)}; }}\n"


def _readable_on(color: str) -> str:
    """Black or white, whichever has more contrast (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
