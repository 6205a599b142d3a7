# SPDX-License-Identifier: GPL-3.0-or-later
"""The distributor's root database: how it is prepared, and how the rest of the BSS reads and writes it.

Nothing here knows HTTP or what is inside a tenant's database.
"""
