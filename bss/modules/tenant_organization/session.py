# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.pool import Pool, PoolMeta


class Session(metaclass=PoolMeta):
    __name__ = 'ir.session'

    @classmethod
    def check(cls, user, key, domain=None):
        Organization = Pool().get('tenant.organization')
        # A login under way at the moment of the suspension may still make a
        # session afterwards
        if not Organization.is_open():
            return None
        return super().check(user, key, domain=domain)
