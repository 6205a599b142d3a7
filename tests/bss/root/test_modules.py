"""The module tenant_reseller by Tryton's own checks: views, access, depends, menus, selections."""

from __future__ import annotations

import pytest
from trytond import backend
from trytond.modules.company.tests import CompanyTestMixin
from trytond.modules.party.tests import PartyCheckReplaceMixin
from trytond.pool import Pool
from trytond.tests import test_tryton

from bss.settings import settings
from bss.tenants import pools, server


@pytest.mark.usefixtures("root")
class TenantResellerTestCase(PartyCheckReplaceMixin, CompanyTestMixin, test_tryton.ModuleTestCase):
    """On a copy of the root database, where the module is installed as a distributor has it."""

    module = "tenant_reseller"

    @classmethod
    def setUpClass(cls) -> None:
        # A database is only copied while nobody is connected to it.
        pools.forget(settings().root_database)
        with server.maintenance() as connection:
            server.create(connection, test_tryton.DB_NAME, settings().root_database)
        Pool(test_tryton.DB_NAME).init()

    @classmethod
    def tearDownClass(cls) -> None:
        # Tryton keeps the list of databases for five minutes, and would not find the one to drop.
        backend.Database.clear_cache()
        test_tryton.drop_db()
