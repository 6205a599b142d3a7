# SPDX-License-Identifier: GPL-3.0-or-later
import secrets
import string

from trytond.i18n import gettext
from trytond.model import ModelSQL, Unique, fields

from .exceptions import ClientIDGivenError

_LENGTH = 8
_ALPHABET = string.ascii_lowercase + string.digits


class ClientID(ModelSQL):
    "Each Client ID that was ever given: it is never given to another"
    __name__ = 'tenant.reseller.client_id'

    client_id = fields.Char("Client ID", required=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('client_id_unique', Unique(t, t.client_id),
                'tenant_reseller.msg_client_id_unique'),
            ]

    @classmethod
    def delete(cls, records):
        raise ClientIDGivenError(
            gettext('tenant_reseller.msg_client_id_delete'))

    @classmethod
    def give(cls):
        "Return a Client ID that was never given before"
        while True:
            client_id = (
                secrets.choice(string.ascii_lowercase)
                + ''.join(
                    secrets.choice(_ALPHABET) for _ in range(_LENGTH - 1)))
            if not cls.search([('client_id', '=', client_id)], limit=1):
                break
        cls.create([{'client_id': client_id}])
        return client_id
