# SPDX-License-Identifier: GPL-3.0-or-later
"""The module tenant_reseller by Tryton's own checks: views, access, depends, menus, selections."""

from trytond.modules.company.tests import CompanyTestMixin
from trytond.modules.party.tests import PartyCheckReplaceMixin
from trytond.tests.test_tryton import ModuleTestCase


class TenantResellerTestCase(PartyCheckReplaceMixin, CompanyTestMixin, ModuleTestCase):
    module = "tenant_reseller"


del ModuleTestCase
