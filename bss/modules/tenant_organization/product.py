# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.i18n import gettext
from trytond.model import Index, fields
from trytond.modules.product import price_digits
from trytond.pool import Pool, PoolMeta
from trytond.pyson import Bool, Eval

from .exceptions import InheritedProductError

BILLING_CYCLES = [
    (None, ""),
    ('monthly', "Monthly"),
    ('yearly', "Yearly"),
    ('one_time', "One Time"),
    ]


class _Locked:
    "Keep what the distributor decides about inherited products from users"
    __slots__ = ()
    # Fields that users can not change
    _locked = frozenset()

    @classmethod
    def __setup__(cls):
        super().__setup__()
        for name in cls._locked:
            field = getattr(cls, name, None)
            if field is not None and not field.readonly:
                inherited = Bool(Eval('inherited', False))
                readonly = field.states.get('readonly')
                field.states['readonly'] = (
                    readonly | inherited if readonly else inherited)

    @classmethod
    def check_modification(cls, mode, products, values=None, external=False):
        super().check_modification(
            mode, products, values=values, external=external)
        if not external:
            return
        if mode == 'write':
            names = cls._locked & values.keys()
            if not names and 'inherited' not in values:
                return
            for product in products:
                if product.inherited or 'inherited' in values:
                    labels = [
                        cls.__names__(name)['field']
                        for name in sorted(names or {'inherited'})]
                    raise InheritedProductError(gettext(
                            'tenant_organization.msg_inherited_write',
                            product=product.rec_name,
                            fields=', '.join(f'"{label}"' for label in labels)))
        else:
            for product in products:
                if product.inherited:
                    raise InheritedProductError(gettext(
                            f'tenant_organization.msg_inherited_{mode}',
                            product=product.rec_name))


class Template(_Locked, metaclass=PoolMeta):
    __name__ = 'product.template'

    _locked = frozenset({
            'code', 'type', 'consumable', 'default_uom', 'active', 'products',
            'salable', 'billing_cycle', 'purchase_price', 'purchase_currency',
            })

    inherited = fields.Boolean(
        "Inherited", readonly=True,
        help="The product comes from the distributor's price list.")
    billing_cycle = fields.Selection(
        BILLING_CYCLES, "Billing Cycle", sort=False,
        help="How often a subscription of the product is billed.")
    purchase_price = fields.Numeric(
        "Purchase Price", digits=price_digits,
        help="What the distributor charges for the product.")
    purchase_currency = fields.Many2One(
        'currency.currency', "Purchase Currency", ondelete='RESTRICT',
        states={
            'required': Bool(Eval('purchase_price', None)),
            })

    @classmethod
    def __setup__(cls):
        super().__setup__()
        table = cls.__table__()
        cls._sql_indexes.add(
            Index(
                table, (table.code, Index.Equality()),
                where=table.inherited))

    @classmethod
    def default_inherited(cls):
        return False

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

    @classmethod
    def copy(cls, templates, default=None):
        # A copy is the tenant's own product
        default = default.copy() if default is not None else {}
        default.setdefault('inherited', False)
        default.setdefault('purchase_price', None)
        default.setdefault('purchase_currency', None)
        return super().copy(templates, default=default)


class Product(_Locked, metaclass=PoolMeta):
    __name__ = 'product.product'

    _locked = frozenset({
            'template', 'suffix_code', 'active', 'identifiers', 'code',
            })
