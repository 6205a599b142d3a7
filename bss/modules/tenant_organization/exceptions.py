# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model.exceptions import AccessError


class InheritedProductError(AccessError):
    pass


class SystemUserError(AccessError):
    pass
