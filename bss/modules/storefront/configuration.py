# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.pyson import Bool, Eval

LOGO_TYPES = [
    (None, ""),
    ('image/svg+xml', "SVG"),
    ('image/png', "PNG"),
    ('image/jpeg', "JPEG"),
    ('image/webp', "WebP"),
    ]


class Configuration(ModelSingleton, ModelSQL, ModelView):
    "The tenant's Storefront"
    __name__ = 'storefront.configuration'

    url = fields.Char("Address", readonly=True)
    hostname = fields.Char(
        "Hostname", readonly=True,
        help="Only with the Premium edition.")
    primary_color = fields.Char(
        "Primary Color", readonly=True,
        help="In effect with the Premium edition.")
    logo = fields.Binary(
        "Logo", readonly=True,
        help="In effect with the Premium edition.")
    logo_type = fields.Selection(
        LOGO_TYPES, "Logo Type", readonly=True, sort=False,
        states={
            'invisible': ~Bool(Eval('logo_type')),
            })
    logo_digest = fields.Char("Logo Digest", readonly=True)

    def get_rec_name(self, name):
        return self.url or str(self.id)
