# SPDX-License-Identifier: GPL-3.0-or-later
"""The Tenant Provisioning API over the root database and the tenants: `app.app` is the WSGI application.

One module a subject; `handlers` says which function serves which route of the contract. Tenants' databases are only
touched through bss.tenants.
"""
