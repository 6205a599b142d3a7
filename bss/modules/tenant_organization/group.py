# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import PoolMeta


class Group(metaclass=PoolMeta):
    __name__ = 'res.group'

    tenant_assignable = fields.Boolean(
        "Assignable by Tenants", readonly=True,
        help="The tenant's administrators may put users into the group.")

    @classmethod
    def default_tenant_assignable(cls):
        return False
