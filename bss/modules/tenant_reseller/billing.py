# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import ModelSQL, ModelView, fields
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval
from trytond.transaction import Transaction, without_check_access
from trytond.wizard import Button, StateAction, StateView, Wizard


class Invoice(metaclass=PoolMeta):
    __name__ = 'account.invoice'

    end_customer = fields.Many2One(
        'party.party', "Customer", readonly=True, ondelete='RESTRICT',
        states={
            'invisible': ~Bool(Eval('end_customer')),
            },
        context={
            'company': Eval('company', -1),
            },
        depends={'company'},
        help="The customer of the reseller "
        "that the invoice is for, and for no other.")
    billing_run = fields.Many2One(
        'tenant.reseller.billing_run', "Billing Run", readonly=True,
        ondelete='RESTRICT',
        states={
            'invisible': ~Bool(Eval('billing_run')),
            })

    @classmethod
    def copy(cls, invoices, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('billing_run')
        return super().copy(invoices, default=default)


class BillingRun(ModelSQL, ModelView):
    "The invoices to the resellers that were made in one go"
    __name__ = 'tenant.reseller.billing_run'

    company = fields.Many2One(
        'company.company', "Company", required=True, readonly=True,
        ondelete='RESTRICT')
    date = fields.Date("Date", required=True, readonly=True)
    invoices = fields.One2Many(
        'account.invoice', 'billing_run', "Invoices", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._order = [('date', 'DESC'), ('id', 'DESC')]

    def get_rec_name(self, name):
        return str(self.date)

    @classmethod
    def run(cls, date=None):
        """Invoice everything that is due at the date, and return the run:
        nothing if no reseller had to be invoiced.
        What was invoiced before is not invoiced again"""
        pool = Pool()
        Date = pool.get('ir.date')
        Invoice = pool.get('account.invoice')
        Line = pool.get('sale.subscription.line')
        Sale = pool.get('sale.sale')
        Subscription = pool.get('sale.subscription')
        transaction = Transaction()
        if date is None:
            date = Date.today()
        with without_check_access():
            run = cls(company=transaction.context['company'], date=date)
            run.save()
            with transaction.set_context(billing_run=run.id):
                Line.generate_consumption(date)
                Subscription.generate_invoice(date)
                Sale.invoice_to_resellers(date)
            invoices = Invoice.search([('billing_run', '=', run.id)])
            if not invoices:
                cls.delete([run])
                return None
            Invoice.write(
                [i for i in invoices if not i.invoice_date],
                {'invoice_date': date})
            Invoice.update_taxes(invoices)
        return run


class Bill(Wizard):
    "Invoice to the resellers what is due"
    __name__ = 'tenant.reseller.bill'

    start = StateView(
        'tenant.reseller.bill.start',
        'tenant_reseller.bill_start_view_form', [
            Button("Cancel", 'end', 'tryton-cancel'),
            Button("Create Invoices", 'bill', 'tryton-ok', default=True),
            ])
    bill = StateAction('tenant_reseller.act_billing_run_form')

    def do_bill(self, action):
        pool = Pool()
        BillingRun = pool.get('tenant.reseller.billing_run')
        run = BillingRun.run(self.start.date)
        return action, {'res_id': [run.id] if run else []}


class BillStart(ModelView):
    "Until when the resellers are invoiced"
    __name__ = 'tenant.reseller.bill.start'

    date = fields.Date("Date", required=True)

    @classmethod
    def default_date(cls):
        pool = Pool()
        Date = pool.get('ir.date')
        return Date.today()
