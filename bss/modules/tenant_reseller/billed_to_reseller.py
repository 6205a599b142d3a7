# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.i18n import gettext
from trytond.pool import Pool
from trytond.transaction import Transaction

from .exceptions import BillToError


class BilledToResellerMixin:
    """Of sales and subscriptions:
    what a reseller's customer orders is invoiced to the reseller"""
    __slots__ = ()

    @property
    def billed_to_reseller(self):
        return bool(self.party and self.party.bill_to)

    @property
    def separate_customer(self):
        "The customer that gets an invoice of its own, by its present flag"
        if self.billed_to_reseller and self.party.separate_invoices:
            return self.party

    def invoice_to_reseller(self, invoice):
        "Complete a new invoice, or return the one that it is to be part of"
        pool = Pool()
        Invoice = pool.get('account.invoice')
        bill_to = self.party.bill_to
        customer = self.separate_customer
        run = Transaction().context.get('billing_run')
        invoices = Invoice.search([
                ('billing_run', '=', run),
                ('company', '=', self.company.id),
                ('type', '=', 'out'),
                ('state', '=', 'draft'),
                ('party', '=', bill_to.id),
                ('end_customer', '=', customer.id if customer else None),
                ('currency', '=', self.currency.id),
                ], limit=1) if run else []
        if invoices:
            invoice, = invoices
        else:
            invoice.billing_run = run
            invoice.end_customer = customer
            invoice.payment_term = bill_to.customer_payment_term
        return invoice

    @classmethod
    def check_bill_to(cls, records, field_names=None):
        if field_names and not (
                field_names & {'party', 'invoice_party', 'currency'}):
            return
        for record in records:
            if not record.billed_to_reseller:
                continue
            bill_to = record.party.bill_to
            names = {
                'record': record.rec_name,
                'account': record.party.rec_name,
                'bill_to': bill_to.rec_name,
                }
            if record.invoice_party != bill_to:
                raise BillToError(gettext(
                        'tenant_reseller.msg_bill_to_party', **names))
            with Transaction().set_context(company=record.company.id):
                currency = bill_to.account_currency_used
            if record.currency != currency:
                raise BillToError(gettext(
                        'tenant_reseller.msg_bill_to_currency',
                        currency=currency.rec_name, **names))
