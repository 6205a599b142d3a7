# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.i18n import gettext
from trytond.model import Unique, fields
from trytond.modules.product import price_digits, round_price
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Eval
from trytond.transaction import Transaction

from .exceptions import PriceListDatesError


class PriceList(metaclass=PoolMeta):
    __name__ = 'product.price_list'

    code = fields.Char(
        "Code",
        help="The unique identifier of the price list.")
    currency = fields.Many2One(
        'currency.currency', "Currency", ondelete='RESTRICT', required=True,
        help="The currency of the fixed prices of the lines.")
    valid_from = fields.Date("Valid From")
    valid_to = fields.Date("Valid To")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('code_unique', Unique(t, t.code),
                'tenant_reseller.msg_price_list_code_unique'),
            ]

    @classmethod
    def default_currency(cls):
        Company = Pool().get('company.company')
        company = Transaction().context.get('company')
        if company is not None and company >= 0:
            return Company(company).currency.id

    @fields.depends('company', 'currency')
    def on_change_company(self):
        if self.company and not self.currency:
            self.currency = self.company.currency

    @classmethod
    def validate_fields(cls, price_lists, field_names):
        super().validate_fields(price_lists, field_names)
        cls.check_dates(price_lists, field_names)

    @classmethod
    def check_dates(cls, price_lists, field_names=None):
        if field_names and not (field_names & {'valid_from', 'valid_to'}):
            return
        for price_list in price_lists:
            if (price_list.valid_from and price_list.valid_to
                    and price_list.valid_from > price_list.valid_to):
                raise PriceListDatesError(gettext(
                        'tenant_reseller.msg_price_list_dates',
                        price_list=price_list.rec_name))

    def is_valid(self, date):
        "Whether the date lies within the validity dates"
        return (
            (self.valid_from is None or self.valid_from <= date)
            and (self.valid_to is None or date <= self.valid_to))

    @classmethod
    def copy(cls, price_lists, default=None):
        default = default.copy() if default is not None else {}
        default.setdefault('code')
        return super().copy(price_lists, default=default)


class PriceListLine(metaclass=PoolMeta):
    __name__ = 'product.price_list.line'

    fixed_price = fields.Numeric(
        "Fixed Price", digits=price_digits,
        domain=['OR',
            ('fixed_price', '>=', 0),
            ('fixed_price', '=', None),
            ],
        help="The price in the currency of the price list.\n"
        "Leave empty to use the formula.")

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.formula.states['invisible'] = Eval('fixed_price', None) != None  # noqa: E711

    def get_unit_price(self, **context):
        if self.fixed_price is not None:
            return round_price(self.fixed_price)
        return super().get_unit_price(**context)
