# SPDX-License-Identifier: GPL-3.0-or-later
"""The door of the BSS: one WSGI application of web client, Tryton, Tenant Provisioning API and Storefronts.

`application` is for gunicorn. Everything that decides who gets in, and what strangers learn, lives here.
"""
