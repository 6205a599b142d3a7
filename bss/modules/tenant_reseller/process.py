# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model import Index, ModelSQL, ModelView, Unique, fields
from trytond.pyson import Eval, If

TYPES = [
    ('creation', "Creation"),
    ('update', "Update"),
    ('product_update', "Update of Products"),
    ('back_ordering', "Activation of Back Ordering"),
    ('suspension', "Suspension"),
    ('deletion', "Deletion"),
    ]
STATES = [
    ('queued', "Queued"),
    ('running', "Running"),
    ('completed', "Completed"),
    ('failed', "Failed"),
    ]
# The calls of the Tenant Provisioning API that change something
TASKS = [
    ('put_organization', "Create the organization"),
    ('put_edition', "Apply the edition"),
    ('put_locale', "Apply the regional preferences"),
    ('put_product_range', "Inherit the products"),
    ('put_invoicing', "Configure the invoicing"),
    ('put_administrator', "Create the administrator"),
    ('put_storefront', "Create the Storefront"),
    ('log_in', "Verify the login"),
    ('put_back_ordering', "Activate back ordering"),
    ('put_state', "Change the state"),
    ('delete_organization', "Purge the organization"),
    ]


def _state_visual():
    return If(Eval('state') == 'completed', 'success',
        If(Eval('state') == 'failed', 'danger',
            If(Eval('state') == 'running', 'warning', 'muted')))


class Process(ModelSQL, ModelView):
    "A run that creates, changes or removes a tenant reseller"
    __name__ = 'tenant.reseller.process'

    name = fields.Function(fields.Char("Process Name"), 'get_name')
    identifier = fields.Char(
        "Identifier", required=True, readonly=True,
        help="Given by the API client.")
    api_client = fields.Many2One(
        'tenant.reseller.api_client', "API Client", required=True,
        readonly=True, ondelete='RESTRICT')
    reseller = fields.Many2One(
        'tenant.reseller', "Tenant Reseller", readonly=True,
        ondelete='SET NULL')
    organization_key = fields.Char(
        "Organization Key", required=True, readonly=True)
    account = fields.Many2One(
        'party.party', "Account", readonly=True, ondelete='RESTRICT')
    account_code = fields.Char(
        "Account Code", required=True, readonly=True,
        help="As the API client gave it: there may be no such account.")
    type = fields.Selection(TYPES, "Type", required=True, readonly=True)
    type_string = type.translated('type')
    state = fields.Selection(STATES, "Status", required=True, readonly=True)
    task = fields.Char(
        "Current Task", readonly=True,
        help="What is being done, or what failed.")
    completed = fields.Integer("Completed", required=True, readonly=True)
    total = fields.Integer("Total", required=True, readonly=True)
    progress = fields.Function(fields.Float("Progress"), 'get_progress')
    message = fields.Text("Message", readonly=True)
    started_at = fields.Timestamp("Start", readonly=True)
    finished_at = fields.Timestamp("End", readonly=True)
    tasks = fields.One2Many(
        'tenant.reseller.process.task', 'process', "Tasks", readonly=True)
    log = fields.One2Many(
        'tenant.reseller.process.log', 'process', "Log", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls._rec_name = 'identifier'
        t = cls.__table__()
        cls._sql_constraints += [
            ('identifier_unique', Unique(t, t.identifier),
                'tenant_reseller.msg_process_identifier_unique'),
            ]
        cls._sql_indexes.add(Index(t, (t.organization_key, Index.Equality())))
        cls._order = [('create_date', 'DESC'), ('id', 'DESC')]

    @classmethod
    def default_state(cls):
        return 'queued'

    @classmethod
    def default_completed(cls):
        return 0

    @classmethod
    def default_total(cls):
        return 0

    def get_name(self, name):
        return self.type_string

    def get_rec_name(self, name):
        return self.type_string

    def get_progress(self, name):
        if self.state == 'completed':
            return 1.
        if not self.total:
            return 0.
        return min(self.completed / self.total, 1.)

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', _state_visual()),
            ]


class Task(ModelSQL, ModelView):
    "One step of a process"
    __name__ = 'tenant.reseller.process.task'

    process = fields.Many2One(
        'tenant.reseller.process', "Process", required=True, readonly=True,
        ondelete='CASCADE')
    call = fields.Selection(TASKS, "Task", required=True, readonly=True)
    call_string = call.translated('call')
    state = fields.Selection([
            ('running', "Running"),
            ('completed', "Completed"),
            ('failed', "Failed"),
            ], "Status", required=True, readonly=True)
    started_at = fields.Timestamp("Start", required=True, readonly=True)
    finished_at = fields.Timestamp("End", readonly=True)
    message = fields.Text("Message", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls.__access__.add('process')
        cls._sql_constraints += [
            ('call_unique', Unique(t, t.process, t.call),
                'tenant_reseller.msg_process_task_unique'),
            ]
        cls._order = [('started_at', 'ASC'), ('id', 'ASC')]

    @classmethod
    def default_state(cls):
        return 'running'

    def get_rec_name(self, name):
        return self.call_string

    @classmethod
    def search_rec_name(cls, name, clause):
        return [('call',) + tuple(clause[1:])]

    @classmethod
    def view_attributes(cls):
        return super().view_attributes() + [
            ('/tree', 'visual', _state_visual()),
            ]


class LogEntry(ModelSQL, ModelView):
    "One line of a process's log"
    __name__ = 'tenant.reseller.process.log'

    process = fields.Many2One(
        'tenant.reseller.process', "Process", required=True, readonly=True,
        ondelete='CASCADE')
    at = fields.Timestamp("Time", required=True, readonly=True)
    text = fields.Text("Text", required=True, readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        cls.__access__.add('process')
        cls._order = [('at', 'ASC'), ('id', 'ASC')]
