"""Tryton's own checks of the tenants' modules: views, access, depends, menus, selections."""

from __future__ import annotations

import unittest

import pytest
from trytond import backend
from trytond.pool import Pool
from trytond.tests import test_tryton

from bss.tenants import databases, server


class _OnTemplate(unittest.TestCase):
    """The checks run on a clone of the template: the modules are installed there exactly as tenants have them."""

    @classmethod
    def setUpClass(cls) -> None:
        with server.maintenance() as connection:
            server.create(connection, test_tryton.DB_NAME, databases.template_name())
        Pool(test_tryton.DB_NAME).init()

    @classmethod
    def tearDownClass(cls) -> None:
        # Tryton keeps the list of databases for five minutes, and would not find the one to drop.
        backend.Database.clear_cache()
        test_tryton.drop_db()


@pytest.mark.usefixtures("template")
class TenantOrganizationTestCase(_OnTemplate, test_tryton.ModuleTestCase):
    module = "tenant_organization"


@pytest.mark.usefixtures("template")
class StorefrontTestCase(_OnTemplate, test_tryton.ModuleTestCase):
    module = "storefront"


del _OnTemplate
