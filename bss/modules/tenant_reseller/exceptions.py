# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model.exceptions import AccessError, ValidationError


class ClientIDGivenError(AccessError):
    pass


class PriceListDatesError(ValidationError):
    pass
