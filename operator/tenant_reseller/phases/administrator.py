"""7. AdministratorCreated: the first user exists and was given the password of the Secret.

The password is the administrator's afterwards: it is set again only when the Secret's content is another than the one
last applied, which the fingerprint in the BSS tells. A Secret that is gone after that changes nothing.
"""

from __future__ import annotations

from tenant_provisioning.models import AdministratorRequest

from tenant_reseller.resource import Spec
from tenant_reseller.world import Password, Trouble, World

from .decision import Decision, Do, Done, Generate, Refuse, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Create the administrator, set a new password of the Secret, or correct the e-mail address."""
    organization = world.organization
    if organization is None:
        return Unknown("Waits for the organization.")
    wanted, actual = spec.administrator, organization.administrator
    applied = actual is not None and actual.password_fingerprint is not None
    password = world.password
    if not isinstance(password, Password):
        if applied:
            password = None
        elif isinstance(password, Trouble):
            return Refuse(password.reason, password.message)
        else:
            return Generate("Generate a password.")
    if (
        actual is None
        or actual.user_name != wanted.user_name
        or (password is not None and actual.password_fingerprint != password.fingerprint)
    ):
        return Do(
            AdministratorRequest(
                user_name=wanted.user_name,
                email=wanted.email,
                password=None if password is None else password.value,
                password_fingerprint=None if password is None else password.fingerprint,
            ),
            f"Create administrator {wanted.user_name}." if actual is None else "Set the Secret's new password.",
        )
    if wanted.email is not None and actual.email != wanted.email:
        return Do(
            AdministratorRequest(user_name=wanted.user_name, email=wanted.email), "Correct the administrator's e-mail."
        )
    return Done(f"Administrator {wanted.user_name} exists and was given the Secret's password.")
