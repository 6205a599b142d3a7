"""9. LoginVerified: a login with Client ID, user name and password worked once after the password was set.

Only then is the tenant announced as provisioned: a person can really log in. The administrator may change the password
afterwards.
"""

from __future__ import annotations

from tenant_provisioning.models import SessionRequest

from tenant_reseller.resource import Spec
from tenant_reseller.world import Password, Trouble, World

from .decision import Decision, Do, Done, Refuse, Unknown


def decide(spec: Spec, world: World) -> Decision:
    """Try a login unless one has worked since the password was set."""
    organization = world.organization
    if organization is None or organization.administrator is None:
        return Unknown("Waits for the administrator.")
    user_name = organization.administrator.user_name
    if organization.administrator.login_verified:
        return Done(f"A login of {user_name} with Client ID {organization.client_id} worked.")
    match world.password:
        case Password(value=value):
            return Do(
                SessionRequest(client_id=organization.client_id, user_name=user_name, password=value),
                f"Try a login of {user_name}.",
            )
        case Trouble(reason=reason, message=message):
            return Refuse(reason, message)
        case None:
            return Unknown("Waits for the password.")
