# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import Pool, PoolMeta

BILLING_CYCLES = [
    (None, ""),
    ('monthly', "Monthly"),
    ('yearly', "Yearly"),
    ('one_time', "One Time"),
    ]


class Template(metaclass=PoolMeta):
    __name__ = 'product.template'

    billing_cycle = fields.Selection(
        BILLING_CYCLES, "Billing Cycle",
        help="How often a subscription of the product is billed.")

    @fields.depends('account_category')
    def get_account(self, name, **pattern):
        pool = Pool()
        Configuration = pool.get('account.configuration')
        account = super().get_account(name, **pattern)
        if not account and not self.account_category:
            # Else what has no accounting category could not be invoiced
            account = Configuration(1).get_multivalue(
                'default_category_{}'.format(name.removesuffix('_used')), **pattern)
        return account
