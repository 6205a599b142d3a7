# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.i18n import gettext
from trytond.model import Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .exceptions import AccountCurrencyError, ManagedAccountError

# What the tenant decides about the accounts that it manages
_MANAGED = {
    'name', 'code', 'bill_to', 'account_currency', 'ordering_enabled'}


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
    bill_to = fields.Many2One(
        'party.party', "Bill To", ondelete='RESTRICT',
        domain=[
            ('bill_to', '=', None),
            ],
        help="The reseller that pays for what the account orders.")
    customers = fields.One2Many(
        'party.party', 'bill_to', "Customers", readonly=True,
        states={
            'invisible': ~Eval('customers', [0]),
            })
    separate_invoices = fields.Boolean(
        "Separate Invoices",
        states={
            'invisible': ~Bool(Eval('bill_to')),
            },
        help="Invoice to the reseller what this account orders "
        "apart from what its other customers order.")
    managed_by = fields.Many2One(
        'tenant.reseller', "Managed By", readonly=True, ondelete='SET NULL',
        states={
            'invisible': ~Bool(Eval('managed_by')),
            },
        help="The reseller that manages the account in its own BSS, "
        "from where it is kept up to date.")
    tenant_party = fields.Integer("Number in the Tenant", readonly=True)
    tenant_code = fields.Char(
        "Accounting Number", readonly=True,
        states={
            'invisible': ~Bool(Eval('managed_by')),
            },
        help="The code of the account in the reseller's BSS.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('tenant_party_unique', Unique(t, t.managed_by, t.tenant_party),
                'tenant_reseller.msg_party_tenant_party_unique'),
            ]
        for name in _MANAGED:
            field = getattr(cls, name)
            managed = Bool(Eval('managed_by'))
            readonly = field.states.get('readonly')
            field.states['readonly'] = (
                readonly | managed if readonly else managed)

    @classmethod
    def default_ordering_enabled(cls):
        return True

    @classmethod
    def default_separate_invoices(cls):
        return False

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
        default.setdefault('customers')
        default.setdefault('managed_by')
        default.setdefault('tenant_party')
        default.setdefault('tenant_code')
        return super().copy(parties, default=default)

    @classmethod
    def validate_fields(cls, parties, field_names):
        super().validate_fields(parties, field_names)
        cls.check_account_currency(parties, field_names)

    @classmethod
    def check_account_currency(cls, parties, field_names=None):
        "Refuse a currency in which what is to be billed can not be"
        pool = Pool()
        Subscription = pool.get('sale.subscription')
        if field_names and 'account_currency' not in field_names:
            return
        for party in parties:
            currency = party.account_currency_used
            if not currency:
                continue
            others = Subscription.search([
                    ('party.bill_to', '=', party.id),
                    ('state', 'not in', ['closed', 'cancelled']),
                    ('currency', '!=', currency.id),
                    ], limit=1)
            if others:
                subscription, = others
                raise AccountCurrencyError(gettext(
                        'tenant_reseller.msg_account_currency_billed',
                        account=party.rec_name,
                        currency=subscription.currency.rec_name,
                        subscription=subscription.rec_name))

    @classmethod
    def check_modification(cls, mode, parties, values=None, external=False):
        super().check_modification(
            mode, parties, values=values, external=external)
        if external and (
                mode == 'delete'
                or (mode == 'write' and _MANAGED & values.keys())):
            for party in parties:
                refuse_managed(party)


def refuse_managed(party):
    "Refuse a change of what the reseller decides in its own BSS"
    if party.managed_by:
        raise ManagedAccountError(gettext(
                'tenant_reseller.msg_account_managed',
                account=party.rec_name,
                reseller=party.managed_by.rec_name))


class _Managed:
    "Keep what comes from the reseller's own BSS from users"
    __slots__ = ()

    from_tenant = fields.Boolean(
        "From the Tenant", readonly=True,
        help="The reseller keeps it up to date in its own BSS.")

    @classmethod
    def default_from_tenant(cls):
        return False

    @classmethod
    def copy(cls, records, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('from_tenant', False)
        return super().copy(records, default=default)

    @classmethod
    def check_modification(cls, mode, records, values=None, external=False):
        super().check_modification(
            mode, records, values=values, external=external)
        if external and mode in {'write', 'delete'}:
            for record in records:
                if record.from_tenant:
                    refuse_managed(record.party)


class Address(_Managed, metaclass=PoolMeta):
    __name__ = 'party.address'


class ContactMechanism(_Managed, metaclass=PoolMeta):
    __name__ = 'party.contact_mechanism'


class Replace(metaclass=PoolMeta):
    __name__ = 'party.replace'

    @classmethod
    def fields_to_replace(cls):
        return super().fields_to_replace() + [
            ('tenant.reseller', 'account'),
            ('tenant.reseller.process', 'account'),
            ('account.invoice', 'end_customer'),
            ('party.party', 'bill_to'),
            ]
