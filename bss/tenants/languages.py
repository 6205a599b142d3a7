# SPDX-License-Identifier: GPL-3.0-or-later
"""Languages that a tenant may choose: those whose translations the template has."""

from __future__ import annotations

LANGUAGES = ("en", "de", "es", "fr")
"""Codes, the same in BCP 47 and in Tryton."""
