# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction

from .billed_to_reseller import BilledToResellerMixin


class Sale(BilledToResellerMixin, metaclass=PoolMeta):
    __name__ = 'sale.sale'

    tenant_reseller = fields.Many2One(
        'tenant.reseller', "Managed By", readonly=True, ondelete='SET NULL',
        states={
            'invisible': ~Bool(Eval('tenant_reseller')),
            },
        help="The reseller in whose BSS the order was made.")
    subscription = fields.Many2One(
        'sale.subscription', "Subscription", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Bool(Eval('subscription')),
            },
        help="The subscription that the order starts or changes, "
        "and that bills it.")

    @fields.depends('party', 'invoice_party', 'lines')
    def on_change_party(self):
        if self.party and self.party.bill_to:
            self.invoice_party = self.party.bill_to
            self.invoice_address = self.invoice_party.address_get(
                type='invoice')
        super().on_change_party()
        if self.party and self.party.bill_to and not self.lines:
            self.currency = self.party.bill_to.account_currency_used

    @classmethod
    def validate_fields(cls, sales, field_names):
        super().validate_fields(sales, field_names)
        cls.check_bill_to(sales, field_names)

    @property
    def invoice_grouping_method(self):
        if self.billed_to_reseller:
            # One after the other, so that each finds the invoice of the first
            return 'standard'
        return super().invoice_grouping_method

    def _get_invoice(self):
        if not self.billed_to_reseller:
            return super()._get_invoice()
        with Transaction().set_context(skip_grouping=True):
            invoice = super()._get_invoice()
        return self.invoice_to_reseller(invoice)

    def is_done(self):
        # Nothing of it is invoiced: the subscription is
        return bool(self.subscription) or super().is_done()

    @classmethod
    def invoice_to_resellers(cls, date):
        "Invoice the orders of the resellers' customers up to a date"
        sales = cls.search([
                ('company', '=', Transaction().context.get('company', -1)),
                ('state', 'in', ['processing', 'done']),
                ('invoice_method', '=', 'manual'),
                ('party.bill_to', '!=', None),
                ('subscription', '=', None),
                ('to_invoice', '=', True),
                ('sale_date', '<=', date),
                ],
            order=[('sale_date', 'ASC'), ('id', 'ASC')])
        for sale in sales:
            cls.manual_invoice([sale])

    @classmethod
    def copy(cls, sales, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('tenant_reseller')
        default.setdefault('subscription')
        return super().copy(sales, default=default)


class Line(metaclass=PoolMeta):
    __name__ = 'sale.line'

    def _get_invoice_line_quantity(self):
        if self.sale.subscription:
            return 0
        return super()._get_invoice_line_quantity()

    def get_invoice_line(self):
        lines = super().get_invoice_line()
        if (self.sale.billed_to_reseller
                and not self.sale.separate_customer):
            for line in lines:
                # Which of the customers it is for
                line.note = self.sale.party.rec_name
        return lines
