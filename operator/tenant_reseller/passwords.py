"""Passwords that the operator makes."""

from __future__ import annotations

import secrets
import string

from pydantic import SecretStr


def generate_password() -> SecretStr:
    """A strong password: 24 characters of four kinds, about 140 bits, without those that people mix up."""
    kinds = ("abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-_.+=")
    everything = "".join(kinds)
    while True:
        text = "".join(secrets.choice(everything) for _ in range(24))
        if all(any(character in kind for character in text) for kind in kinds) and text[0] in string.ascii_letters:
            return SecretStr(text)
