# SPDX-License-Identifier: GPL-3.0-or-later
from trytond.model.exceptions import AccessError, ValidationError


class ClientIDGivenError(AccessError):
    pass


class ManagedAccountError(AccessError):
    pass


class AccountCurrencyError(ValidationError):
    pass


class BillToError(ValidationError):
    pass


class PriceListDatesError(ValidationError):
    pass
