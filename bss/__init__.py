# SPDX-License-Identifier: GPL-3.0-or-later
"""The distributor's BSS: Tryton with our modules, the Tenant Provisioning API, Storefronts."""
