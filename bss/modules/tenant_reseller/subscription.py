# SPDX-License-Identifier: GPL-3.0-or-later
import datetime
from collections import defaultdict

from trytond.i18n import gettext
from trytond.model import Unique, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .billed_to_reseller import BilledToResellerMixin
from .exceptions import ManagedAccountError

# The distributor may edit how a reseller's subscription is billed,
# but not what the reseller has ordered
_OPEN = {'payment_term', 'invoice_address', 'contact', 'reference'}


class Subscription(BilledToResellerMixin, metaclass=PoolMeta):
    __name__ = 'sale.subscription'

    tenant_reseller = fields.Many2One(
        'tenant.reseller', "Managed By", readonly=True, ondelete='SET NULL',
        states={
            'invisible': ~Bool(Eval('tenant_reseller')),
            },
        help="The reseller that manages the subscription in its own BSS.")
    tenant_subscription = fields.Integer(
        "Number in the Tenant", readonly=True)
    tenant_entry = fields.Integer(
        "Last Back Order", readonly=True,
        help="The entry in the tenant's outbox that was applied last.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('tenant_subscription_unique',
                Unique(t, t.tenant_reseller, t.tenant_subscription),
                'tenant_reseller.msg_subscription_tenant_unique'),
            ]

    @fields.depends('party', 'invoice_party', 'lines', 'currency')
    def on_change_party(self):
        if self.party and self.party.bill_to:
            self.invoice_party = self.party.bill_to
            self.invoice_address = self.invoice_party.address_get(
                type='invoice')
        super().on_change_party()
        if self.party and self.party.bill_to and not self.lines:
            self.currency = self.party.bill_to.account_currency_used

    @classmethod
    def validate_fields(cls, subscriptions, field_names):
        super().validate_fields(subscriptions, field_names)
        cls.check_bill_to(subscriptions, field_names)

    @classmethod
    def check_modification(
            cls, mode, subscriptions, values=None, external=False):
        super().check_modification(
            mode, subscriptions, values=values, external=external)
        if external and (
                mode == 'delete'
                or (mode == 'write' and values.keys() - _OPEN)):
            cls.refuse_managed(subscriptions)

    @classmethod
    def refuse_managed(cls, subscriptions):
        for subscription in subscriptions:
            if subscription.tenant_reseller:
                raise ManagedAccountError(gettext(
                        'tenant_reseller.msg_subscription_managed',
                        subscription=subscription.rec_name,
                        reseller=subscription.tenant_reseller.rec_name))

    @classmethod
    def _refuse_users(cls, subscriptions):
        transaction = Transaction()
        if transaction.user and transaction.check_access:
            cls.refuse_managed(subscriptions)

    @classmethod
    def draft(cls, subscriptions):
        cls._refuse_users(subscriptions)
        super().draft(subscriptions)

    @classmethod
    def cancel(cls, subscriptions):
        cls._refuse_users(subscriptions)
        super().cancel(subscriptions)

    @classmethod
    def copy(cls, subscriptions, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('tenant_reseller')
        default.setdefault('tenant_subscription')
        default.setdefault('tenant_entry')
        return super().copy(subscriptions, default=default)

    @classmethod
    def generate_invoice(cls, date=None):
        pool = Pool()
        BillingRun = pool.get('tenant.reseller.billing_run')
        Date = pool.get('ir.date')
        if not Transaction().context.get('billing_run'):
            # Also the stock schedule and wizard: else they would invoice
            # each subscription of the resellers alone
            BillingRun.run(date)
            return
        if date is None:
            date = Date.today()
        # First, so that the stock way finds nothing of the resellers
        cls.generate_reseller_invoice(date)
        with Transaction().set_context(consumed_until=date):
            super().generate_invoice(date)
        cls._invoice_ahead_later(date)

    @classmethod
    def _invoice_ahead_later(cls, date):
        """Keep closed subscriptions due whose consumption is of after the
        date: the stock way takes them for invoiced to the end"""
        pool = Pool()
        Consumption = pool.get('sale.subscription.line.consumption')
        ahead = Consumption.search([
                ('invoice_line', '=', None),
                ('date', '>', date),
                ('line.subscription.next_invoice_date', '=', None),
                ('line.subscription.state', '=', 'closed'),
                ('line.subscription.company', '=',
                    Transaction().context.get('company', -1)),
                ],
            order=[('date', 'DESC')])
        # The earliest one of each comes last, and counts
        due = {c.line.subscription: c.date for c in ahead}
        for subscription, next_date in due.items():
            subscription.next_invoice_date = next_date
        cls.save(list(due))

    @classmethod
    def generate_reseller_invoice(cls, date=None):
        """Invoice to the resellers what their customers have consumed:
        for each reseller one invoice, and one for each separate customer"""
        pool = Pool()
        Consumption = pool.get('sale.subscription.line.consumption')
        Date = pool.get('ir.date')
        Invoice = pool.get('account.invoice')
        InvoiceLine = pool.get('account.invoice.line')
        transaction = Transaction()

        if date is None:
            date = Date.today()
        consumptions = Consumption.search([
                ('invoice_line', '=', None),
                ('date', '<=', date),
                ('line.subscription.next_invoice_date', '<=', date),
                ('line.subscription.state', 'in', ['running', 'closed']),
                ('line.subscription.company', '=',
                    transaction.context.get('company', -1)),
                ('line.subscription.party.bill_to', '!=', None),
                ],
            order=[
                ('line.subscription.id', 'ASC'),
                ('date', 'ASC'),
                ])
        groups = defaultdict(list)
        for consumption in consumptions:
            subscription = consumption.line.subscription
            groups[(
                    subscription.party.bill_to,
                    subscription.separate_customer,
                    subscription.currency)].append(consumption)
        for consumptions in groups.values():
            subscription = consumptions[0].line.subscription
            invoice = subscription.invoice_to_reseller(
                subscription._get_invoice())
            invoice.invoice_date = date
            invoice.save()
            lines, grouped = Consumption.get_invoice_lines(
                consumptions, invoice)
            for line in lines:
                if not invoice.end_customer:
                    # Which of the customers it is for
                    line.note = line.origin.subscription.party.rec_name
            InvoiceLine.save(lines)
            for line, sources in zip(lines, grouped, strict=False):
                Consumption.write(sources, {'invoice_line': line.id})
            Invoice.update_taxes([invoice])


class Line(metaclass=PoolMeta):
    __name__ = 'sale.subscription.line'

    tenant_line = fields.Integer("Number in the Tenant", readonly=True)

    @classmethod
    def check_modification(cls, mode, lines, values=None, external=False):
        pool = Pool()
        Subscription = pool.get('sale.subscription')
        super().check_modification(
            mode, lines, values=values, external=external)
        if external:
            Subscription.refuse_managed({line.subscription for line in lines})

    @classmethod
    def copy(cls, lines, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('tenant_line')
        return super().copy(lines, default=default)

    def consume_until(self, date):
        """Record what is consumed up to a date,
        so that a change from then on does not change what was before"""
        pool = Pool()
        Consumption = pool.get('sale.subscription.line.consumption')
        consumptions = []
        while self.next_consumption_date and self.next_consumption_date < date:
            consumption = self.get_consumption(self.next_consumption_date)
            if consumption:
                consumptions.append(consumption)
            self.next_consumption_date = self.compute_next_consumption_date()
            if self.next_consumption_date:
                self.consumed_until = (
                    self.next_consumption_date - datetime.timedelta(1))
            else:
                self.consumed_until = self.end_date
        Consumption.save(consumptions)


class LineConsumption(metaclass=PoolMeta):
    __name__ = 'sale.subscription.line.consumption'

    @classmethod
    def search(
            cls, domain, offset=0, limit=None, order=None, count=False,
            query=False):
        # The stock way to invoice looks at the date of the subscription only,
        # and consumption is often recorded ahead: by an earlier run, or for a
        # change of what was ordered
        until = Transaction().context.get('consumed_until')
        if until:
            domain = [domain, ('date', '<=', until)]
        return super().search(
            domain, offset=offset, limit=limit, order=order, count=count,
            query=query)


class RecurrenceRule(metaclass=PoolMeta):
    __name__ = 'sale.subscription.recurrence.rule'

    def _rrule(self, dtstart):
        rule = super()._rrule(dtstart)
        if (dtstart.day > 28
                and self.freq in {'monthly', 'yearly'}
                and not any(rule[name] for name in [
                        'byweekday', 'bymonthday', 'byyearday', 'byweekno',
                        'bymonth', 'bysetpos'])):
            # Else shorter months are left out, and nobody is billed for them
            rule['bymonthday'] = list(range(28, dtstart.day + 1))
            rule['bysetpos'] = -1
            if self.freq == 'yearly':
                rule['bymonth'] = dtstart.month
        return rule
