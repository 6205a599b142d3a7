# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pyson import Eval, If

EDITIONS = [
    (None, ""),
    ('basic', "Basic"),
    ('premium', "Premium"),
    ]
STATES = [
    ('in_progress', "In Progress"),
    ('active', "Active"),
    ('suspended', "Suspended"),
    ('deleted', "Marked as Deleted"),
    ]
RANGE_SCOPES = [
    (None, ""),
    ('full', "Full"),
    ('partial', "Partial"),
    ]
RANGE_STATES = [
    (None, ""),
    ('running', "Running"),
    ('completed', "Completed"),
    ('failed', "Failed"),
    ]


class Reseller(ModelSQL, ModelView):
    "A reseller with a BSS organization of its own"
    __name__ = 'tenant.reseller'

    name = fields.Char("Name", required=True, readonly=True)
    account = fields.Many2One(
        'party.party', "Account", required=True, readonly=True,
        ondelete='RESTRICT',
        help="The reseller's account in the distributor's BSS.")
    client_id = fields.Char(
        "Client ID", required=True, readonly=True,
        help="With user name and password it is the login of the tenant.")
    key = fields.Char(
        "Key", readonly=True,
        help="Identifies the organization for the API client that made it.")
    api_client = fields.Many2One(
        'tenant.reseller.api_client', "API Client", readonly=True,
        ondelete='RESTRICT')
    state = fields.Selection(STATES, "State", required=True, readonly=True)
    edition = fields.Selection(EDITIONS, "Edition", readonly=True)

    language = fields.Char(
        "Language", readonly=True, help="As BCP 47 language tag.")
    time_zone = fields.Char(
        "Time Zone", readonly=True, help="Name in the IANA database.")
    date_format = fields.Char(
        "Date Format", readonly=True, help="As CLDR date pattern.")

    price_list = fields.Many2One(
        'product.price_list', "Price List", readonly=True,
        ondelete='RESTRICT',
        help="The range that the tenant inherits "
        "and the reseller's purchase prices.")
    range_trigger = fields.Char("Product Update", readonly=True)
    range_scope = fields.Selection(
        RANGE_SCOPES, "Product Update Scope", readonly=True)
    range_overwrite_sell_prices = fields.Boolean(
        "Overwrite Sell Prices", readonly=True)
    range_overwrite_names = fields.Boolean("Overwrite Names", readonly=True)
    range_request = fields.Integer(
        "Product Update Number", required=True, readonly=True,
        help="Counts the requests: a copying that finds another number "
        "at its end starts again.")
    range_state = fields.Selection(
        RANGE_STATES, "Products State", readonly=True)
    range_completed = fields.Integer(
        "Products Handled", required=True, readonly=True)
    range_total = fields.Integer(
        "Products to Handle", required=True, readonly=True)
    range_inherited = fields.Integer(
        "Products Inherited", required=True, readonly=True)
    range_updated_at = fields.Timestamp("Products Updated At", readonly=True)
    range_message = fields.Text(
        "Products Message", readonly=True,
        states={
            'invisible': ~Eval('range_message'),
            })
    range_process = fields.Many2One(
        'tenant.reseller.process', "Products Process", readonly=True,
        ondelete='SET NULL')
    range_queue_task = fields.Integer("Products Queue Task", readonly=True)
    range_progress = fields.Function(
        fields.Float("Products Progress"), 'get_range_progress')

    separate_invoices = fields.Boolean(
        "Separate Invoices",
        states={
            # The API client that made the tenant decides
            'readonly': Eval('key', None) != None,  # noqa: E711
            },
        help="Invoice each customer of the reseller separately. "
        "Counts for the customers that are copied from now on.")

    invoicing_configured = fields.Boolean(
        "Invoicing Configured", readonly=True,
        help="The API client has decided about separate invoices.")

    administrator_user_name = fields.Char("User Name", readonly=True)
    administrator_email = fields.Char("E-Mail", readonly=True)
    password_fingerprint = fields.Char("Password Fingerprint", readonly=True)
    login_verified = fields.Boolean(
        "Login Verified", readonly=True,
        help="A login succeeded after the password was last set.")

    login_url = fields.Char("Login Address", readonly=True)
    storefront_url = fields.Char("Storefront Address", readonly=True)
    storefront_hostname = fields.Char("Storefront Hostname", readonly=True)
    storefront_primary_color = fields.Char("Primary Color", readonly=True)
    storefront_logo_digest = fields.Char("Logo Digest", readonly=True)

    back_ordering = fields.Boolean("Back Ordering", readonly=True)
    processes = fields.One2Many(
        'tenant.reseller.process', 'reseller', "Processes", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('account_unique', Unique(t, t.account),
                'tenant_reseller.msg_reseller_account_unique'),
            ('client_id_unique', Unique(t, t.client_id),
                'tenant_reseller.msg_client_id_unique'),
            ('key_unique', Unique(t, t.key),
                'tenant_reseller.msg_reseller_key_unique'),
            ('storefront_hostname_unique', Unique(t, t.storefront_hostname),
                'tenant_reseller.msg_reseller_hostname_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.key, Index.Equality())))
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def default_state(cls):
        return 'in_progress'

    @classmethod
    def default_range_request(cls):
        return 0

    @classmethod
    def default_range_completed(cls):
        return 0

    @classmethod
    def default_range_total(cls):
        return 0

    @classmethod
    def default_range_inherited(cls):
        return 0

    def get_range_progress(self, name):
        if self.range_state == 'completed':
            return 1.
        if not self.range_state or not self.range_total:
            return 0.
        return self.range_completed / self.range_total

    @classmethod
    def search_rec_name(cls, name, clause):
        _, operator, value = clause
        if operator.startswith('!') or operator.startswith('not '):
            bool_op = 'AND'
        else:
            bool_op = 'OR'
        return [bool_op,
            ('name', operator, value),
            ('client_id', operator, value),
            ('account', operator, value),
            ]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual',
                If(Eval('state') == 'in_progress', 'warning',
                    If(Eval('state').in_(['suspended', 'deleted']), 'muted',
                        ''))),
            ('/tree/field[@name="range_progress"]', 'visual',
                If(Eval('range_state') == 'completed', 'success',
                    If(Eval('range_state') == 'failed', 'danger', ''))),
            ]

    @classmethod
    def copy(cls, resellers, default=None):
        # Nothing of a tenant can be shared by two records
        default = default.copy() if default is not None else {}
        default.setdefault('key')
        default.setdefault('api_client')
        default.setdefault('storefront_hostname')
        default.setdefault('processes')
        return super().copy(resellers, default=default)

    @classmethod
    def copy_product_range(cls, resellers):
        "Copy the range of the price list into the tenants (from the queue)"
        # The module knows the record, the service the tenant's database
        from bss.provisioning.copying import copy_product_range
        for reseller in resellers:
            copy_product_range(reseller.id)
