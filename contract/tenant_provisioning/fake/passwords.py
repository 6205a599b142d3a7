"""The fake's rule for passwords."""

from __future__ import annotations

from tenant_provisioning.models import ProblemCode
from tenant_provisioning.problems import refusal

MIN_LENGTH = 10
_COMMON = frozenset(
    {
        "1234567890",
        "administrator",
        "changeme123",
        "iloveyou123",
        "letmein1234",
        "password12",
        "password123",
        "passwordpassword",
        "qwertyuiop",
        "welcome123",
    }
)


def check_password(password: str, user_name: str) -> None:
    """Raise the refusal `PasswordTooWeak` for a password that is short, common or made of the user name."""
    lowered = password.lower()
    if len(password) < MIN_LENGTH:
        detail = f"The password has fewer than {MIN_LENGTH} characters."
    elif user_name.lower() in lowered:
        detail = "The password contains the user name."
    elif lowered in _COMMON:
        detail = "The password is one of the most common ones."
    else:
        return
    raise refusal(ProblemCode.PASSWORD_TOO_WEAK, detail, field="password")
