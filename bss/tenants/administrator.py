# SPDX-License-Identifier: GPL-3.0-or-later
"""The first administrator of a tenant: may do everything in the tenant's business and nothing to the server."""

from __future__ import annotations

from trytond.pool import Pool
from trytond.res.user import PasswordError, UserValidationError
from trytond.transaction import inactive_records

from bss.tenants.conflicts import repeated_on_conflict
from bss.tenants.errors import CompanyMissing, EmailInvalid, PasswordTooWeak, UserNameTaken
from bss.tenants.pools import tenant

_GROUPS = (
    ("tenant_organization", "group_tenant_administration"),
    ("party", "group_party_admin"),
    ("company", "group_employee_admin"),
    ("sale", "group_sale"),
    ("sale", "group_sale_admin"),
    ("account", "group_account"),
    ("account", "group_account_admin"),
)


@repeated_on_conflict
def set_administrator(client_id: str, user_name: str, email: str | None, password: str | None) -> None:
    """Make the administrator, or bring the existing one to this user name, e-mail address and rights.

    Without a password the present one stays, and a new administrator cannot log in yet. Setting a password ends the
    administrator's sessions. Raises TenantNotFound, CompanyMissing, UserNameTaken, EmailInvalid, PasswordTooWeak, and
    changes nothing then.
    """
    with tenant(client_id) as pool:
        User = pool.get("res.user")  # noqa: N806 - Tryton's models are classes
        organization = pool.get("tenant.organization")(1)
        company = organization.company
        if company is None:
            raise CompanyMissing(client_id)
        administrator = organization.administrator
        with inactive_records():
            holders = User.search([("login", "=", user_name)])
        if any(holder != administrator for holder in holders):
            raise UserNameTaken(user_name)
        if administrator is None:
            administrator = User(login=user_name, name=user_name, companies=[company], company=company)
            administrator.language = organization.language
            administrator.groups = _groups(pool)
        else:
            administrator.login = user_name
            administrator.groups = [*{*administrator.groups, *_groups(pool)}]
        administrator.active = True
        if email is not None:
            administrator.email = email
        try:
            administrator.save()
        except UserValidationError as error:
            raise EmailInvalid(error.message) from error
        organization.administrator = administrator
        organization.save()
        if password is not None:
            try:
                # Tryton asks for this only when a person sets a password, not for the superuser, who does it here.
                User.validate_password(password, [administrator])
            except PasswordError as error:
                raise PasswordTooWeak(error.message) from error
            User.write([administrator], {"password": password})


def _groups(pool: Pool) -> list[object]:
    data = pool.get("ir.model.data")
    return [pool.get("res.group")(data.get_id(module, name)) for module, name in _GROUPS]
