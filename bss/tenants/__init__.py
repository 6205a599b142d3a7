# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done inside a tenant's database, and the making of databases from the template.

The provisioning service calls in here, one function a phase, each with its own transaction and safe to repeat. Nothing
here knows the root database.
"""
