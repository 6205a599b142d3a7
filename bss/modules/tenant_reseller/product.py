# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import fields
from trytond.pool import PoolMeta

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
