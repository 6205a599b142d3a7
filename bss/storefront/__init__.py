# SPDX-License-Identifier: GPL-3.0-or-later
"""The Storefronts of all tenants as one WSGI application: `app.application`. What it shows, anybody may see."""
