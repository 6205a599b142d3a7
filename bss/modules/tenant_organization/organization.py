# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import ModelSingleton, ModelSQL, ModelView, fields
from trytond.pyson import Eval
from trytond.transaction import Transaction

EDITIONS = [
    (None, ""),
    ('basic', "Basic"),
    ('premium', "Premium"),
    ]
STATES = [
    ('active', "Active"),
    ('suspended', "Suspended"),
    ('deleted', "Marked as Deleted"),
    ]


class Organization(ModelSingleton, ModelSQL, ModelView):
    "What the distributor has set for this tenant"
    __name__ = 'tenant.organization'

    client_id = fields.Function(
        fields.Char(
            "Client ID",
            help="With user name and password it is the login."),
        'get_client_id')
    company = fields.Many2One(
        'company.company', "Company", readonly=True, ondelete='RESTRICT')
    account_code = fields.Char(
        "Account", readonly=True,
        help="Code of the reseller's account in the distributor's BSS.")
    edition = fields.Selection(
        EDITIONS, "Edition", readonly=True, sort=False)
    state = fields.Selection(
        STATES, "State", readonly=True, required=True, sort=False)
    administrator = fields.Many2One(
        'res.user', "Administrator", readonly=True, ondelete='RESTRICT',
        help="The user whose password the distributor can set.")
    language = fields.Many2One(
        'ir.lang', "Language", readonly=True, ondelete='RESTRICT')
    time_zone = fields.Function(
        fields.Char(
            "Time Zone",
            states={
                'invisible': ~Eval('time_zone'),
                }),
        'get_time_zone')
    date_format = fields.Char(
        "Date Format", readonly=True, help="As CLDR date pattern.")

    @classmethod
    def default_state(cls):
        return 'active'

    def get_client_id(self, name):
        return Transaction().database.name

    def get_time_zone(self, name):
        return self.company.timezone if self.company else None

    def get_rec_name(self, name):
        return self.company.rec_name if self.company else self.client_id

    @classmethod
    def is_open(cls):
        "Whether users may log in; read from the database, never from a cache"
        table = cls.__table__()
        cursor = Transaction().connection.cursor()
        cursor.execute(*table.select(table.state, limit=1))
        row = cursor.fetchone()
        return row is not None and row[0] == 'active'
