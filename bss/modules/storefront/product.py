# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import PoolMeta
from trytond.pyson import Eval


class Template(metaclass=PoolMeta):
    __name__ = 'product.template'

    storefront_visible = fields.Boolean(
        "Visible in the Storefront",
        states={
            'invisible': ~Eval('salable', False),
            },
        help="Customers see the product and its sell price.")

    @classmethod
    def default_storefront_visible(cls):
        return True


class Product(metaclass=PoolMeta):
    __name__ = 'product.product'
