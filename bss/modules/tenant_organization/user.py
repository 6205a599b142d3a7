# SPDX-License-Identifier: GPL-3.0-or-later
from zxcvbn import zxcvbn

from trytond.i18n import gettext
from trytond.pool import Pool, PoolMeta
from trytond.res.user import PasswordError
from trytond.transaction import without_check_access

from .exceptions import SystemUserError

PASSWORD_LENGTH = 10
# 0 and 1 of 4: guessed within a million attempts
PASSWORD_SCORE = 2
# The estimation takes quadratic time
PASSWORD_ESTIMATED = 64


class User(metaclass=PoolMeta):
    __name__ = 'res.user'

    @classmethod
    def __setup__(cls):
        super().__setup__()
        # Else a tenant's administrator makes itself one of the server
        cls.groups.domain = [
            cls.groups.domain or [],
            ('tenant_assignable', '=', True),
            ]

    @classmethod
    def get_login(cls, login, parameters):
        Organization = Pool().get('tenant.organization')
        # First the stock way, so that a closed tenant takes the time of a
        # wrong password and counts attempts like one
        user_id = super().get_login(login, parameters)
        if user_id and not Organization.is_open():
            return None
        return user_id

    @classmethod
    def validate_password(cls, password, users):
        # Before the stock rules, whose length is the server's and shorter
        if len(password) < PASSWORD_LENGTH:
            raise PasswordError(gettext(
                    'tenant_organization.msg_password_length',
                    length=PASSWORD_LENGTH))
        inputs = []
        for user in users:
            login = getattr(user, 'login', None)
            if login and login.lower() in password.lower():
                raise PasswordError(gettext(
                        'tenant_organization.msg_password_login'))
            inputs.extend(filter(None, (
                        login,
                        getattr(user, 'name', None),
                        getattr(user, 'email', None))))
        super().validate_password(password, users)
        estimation = zxcvbn(
            password[:PASSWORD_ESTIMATED], user_inputs=inputs)
        if estimation['score'] < PASSWORD_SCORE:
            raise PasswordError(gettext(
                    'tenant_organization.msg_password_common'))

    @classmethod
    def set_password(cls, users, name, value):
        # Nobody may write the hash; the rules for passwords still hold,
        # since there is a user
        with without_check_access():
            super().set_password(users, name, value)

    @classmethod
    def check_modification(cls, mode, users, values=None, external=False):
        pool = Pool()
        ModelData = pool.get('ir.model.data')
        super().check_modification(
            mode, users, values=values, external=external)
        if external and mode == 'write':
            system = {0, ModelData.get_id('res', 'user_admin')}
            for user in users:
                if user.id in system:
                    raise SystemUserError(gettext(
                            'tenant_organization.msg_system_user',
                            user=user.login))


class Application(metaclass=PoolMeta):
    __name__ = 'res.user.application'

    @classmethod
    def check(cls, key, application):
        Organization = Pool().get('tenant.organization')
        if not Organization.is_open():
            return None
        return super().check(key, application)
