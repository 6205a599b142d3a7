# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib
import hmac
import secrets

from trytond.model import DeactivableMixin, ModelSQL, ModelView, Unique, fields

_KEY_BYTES = 32


def hash_key(key):
    # A key is 256 random bits: a fast hash is as strong as a slow one
    return hashlib.sha256(key.encode('utf-8')).hexdigest()


class APIClient(DeactivableMixin, ModelSQL, ModelView):
    __name__ = 'tenant.reseller.api_client'

    name = fields.Char(
        "Name", required=True,
        help="Identifies the program that uses the key.")
    key_hash = fields.Char("Key Hash", readonly=True)
    resellers = fields.One2Many(
        'tenant.reseller', 'api_client', "Tenant Resellers", readonly=True)

    @classmethod
    def __setup__(cls):
        super().__setup__()
        t = cls.__table__()
        cls._sql_constraints += [
            ('name_unique', Unique(t, t.name),
                'tenant_reseller.msg_api_client_name_unique'),
            ]
        cls._order.insert(0, ('name', 'ASC'))

    @classmethod
    def renew_key(cls, name):
        """Return a new key of the client with this name,
        which is made when there is none. An older key stops working."""
        key = secrets.token_urlsafe(_KEY_BYTES)
        cls.set_key(name, key)
        return key

    @classmethod
    def set_key(cls, name, key):
        """Give the client with this name a key that was made elsewhere"""
        clients = cls.search([('name', '=', name)])
        if clients:
            cls.write(clients, {'key_hash': hash_key(key)})
        else:
            cls.create([{'name': name, 'key_hash': hash_key(key)}])

    @classmethod
    def authenticate(cls, key):
        "Return the active client to which the key belongs, or nothing"
        hash_ = hash_key(key)
        found = None
        # All of them, so that time does not tell how far a guess got
        for client in cls.search([('key_hash', '!=', None)]):
            if hmac.compare_digest(client.key_hash, hash_):
                found = client
        return found
