# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do when a user of the tenant changes the same record in the same moment."""

from __future__ import annotations

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from trytond.backend import DatabaseOperationalError

repeated_on_conflict = retry(
    retry=retry_if_exception_type(DatabaseOperationalError),
    wait=wait_random_exponential(multiplier=0.1, max=2.0),
    stop=stop_after_attempt(6),
    reraise=True,
)
"""Run the whole function again, up to six times: Tryton's transactions see one snapshot, and PostgreSQL ends the one
that would overwrite what another has written meanwhile. Only for functions that may be repeated.
"""
