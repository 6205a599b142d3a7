# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import Pool, PoolMeta
from trytond.transaction import Transaction


class Party(metaclass=PoolMeta):
    __name__ = 'party.party'

    ordering_enabled = fields.Boolean(
        "Ordering Enabled",
        help="Allow the account to order.")
    account_currency = fields.Many2One(
        'currency.currency', "Account Currency", ondelete='RESTRICT',
        help="The currency in which the account is billed.\n"
        "Leave empty to use the currency of the company.")
    tenant_resellers = fields.One2Many(
        'tenant.reseller', 'account', "Tenant Reseller", readonly=True,
        size=1)

    @classmethod
    def default_ordering_enabled(cls):
        return True

    @property
    def account_currency_used(self):
        "The currency in which the account is billed"
        if self.account_currency:
            return self.account_currency
        Company = Pool().get('company.company')
        company = Transaction().context.get('company')
        return Company(company).currency if company is not None else None

    @classmethod
    def copy(cls, parties, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('tenant_resellers')
        return super().copy(parties, default=default)


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            ('tenant.reseller', 'account'),
            ('tenant.reseller.process', 'account'),
            ]
