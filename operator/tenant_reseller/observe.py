"""Reads the world: the organization, the Secret, the logo, and the facts that the prerequisites depend on."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import replace

from pydantic import SecretStr
from tenant_provisioning.errors import NotFound
from tenant_provisioning.models import Account, ApiInfo, Logo, PriceList, ProblemCode

from .conditions import Reason
from .ports import Bss, Cluster
from .recent import Recent
from .subject import Subject
from .world import Brand, Facts, Password, Trouble, World, fingerprint

INFO_SECONDS = 30.0
"""How long the BSS's description of itself is believed."""
PRICE_LIST_SECONDS = 1.0
"""How long the facts about a price list are believed: long enough for the many objects that name the same one."""
MAX_LOGO_BYTES = 256 * 1024

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class Observer:
    """Reads the world of one subject. `cluster_id` makes keys unique among clusters that share a BSS."""

    def __init__(
        self,
        bss: Bss,
        cluster: Cluster,
        *,
        cluster_id: str,
        fingerprint_key: bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bss = bss
        self._cluster = cluster
        self._cluster_id = cluster_id
        self._fingerprint_key = fingerprint_key
        self._info: Recent[None, ApiInfo] = Recent(INFO_SECONDS, clock)
        self._price_lists: Recent[str, PriceList | None] = Recent(PRICE_LIST_SECONDS, clock)

    def key(self, subject: Subject) -> str:
        """External key of the subject's organization."""
        return f"{self._cluster_id}.{subject.uid}"

    async def look(self, subject: Subject) -> World:
        """Organization, password and logo: what a drift check needs. Raises `ProvisioningError`."""
        key = self.key(subject)
        account = None
        if subject.status.client_id is None:
            # It is probably new: then the account, which is needed anyway, says that there is no organization.
            account = await self._account(subject.spec.account)
        known_absent = account is not None and account.organization_key != key
        return World(
            key=key,
            organization=None if known_absent else await self._bss.organization(key),
            account=account,
            password=await self._password(subject, key),
            brand=await self._brand(subject),
            lost_client_id=subject.status.client_id,
            recreate=subject.recreate,
        )

    async def look_again(self, subject: Subject, world: World) -> World:
        """The same world with the organization and password as they are now."""
        return replace(
            world,
            organization=await self._bss.organization(world.key),
            password=await self._password(subject, world.key),
        )

    async def with_password(self, subject: Subject, world: World) -> World:
        """The same world with the password read again."""
        return replace(world, password=await self._password(subject, world.key))

    def with_generated(self, subject: Subject, world: World, value: SecretStr) -> World:
        """The same world with a password that has just been put into the generated Secret."""
        mark = fingerprint(self._fingerprint_key, world.key, value)
        return replace(world, password=Password(value=value, fingerprint=mark, secret=subject.generated_secret))

    async def with_facts(self, subject: Subject, world: World) -> World:
        """The same world with the facts that the prerequisites depend on. Raises `ProvisioningError`."""
        spec = subject.spec
        facts = Facts(
            info=await self._info.get(None, self._bss.info),
            account=world.account or await self._account(spec.account),
            price_list=await self._price_lists.get(spec.price_list, lambda: self._price_list(spec.price_list)),
        )
        return replace(world, facts=facts)

    async def _account(self, code: str) -> Account | None:
        try:
            return await self._bss.account(code)
        except NotFound as error:
            if error.code is ProblemCode.ACCOUNT_NOT_FOUND:
                return None
            raise

    async def _price_list(self, code: str) -> PriceList | None:
        try:
            return await self._bss.price_list(code)
        except NotFound as error:
            if error.code is ProblemCode.PRICE_LIST_NOT_FOUND:
                return None
            raise

    async def _password(self, subject: Subject, key: str) -> Password | Trouble | None:
        reference = subject.spec.administrator.password_secret_ref
        name = subject.generated_secret if reference is None else reference.name
        entry = "password" if reference is None or reference.key is None else reference.key
        stored = await self._cluster.secret(subject.namespace, name)
        if stored is None:
            if reference is None:
                return None
            return Trouble(
                Reason.SECRET_NOT_FOUND, f"Secret {name} does not exist (spec.administrator.passwordSecretRef.name)."
            )
        if reference is None and subject.uid not in stored.owner_uids:
            return Trouble(Reason.SECRET_NOT_OURS, f"Secret {name} exists and does not belong to this object.")
        try:
            text = stored.data[entry].decode()
        except (KeyError, UnicodeDecodeError):
            text = ""
        # A file that was edited by hand ends with a line break that nobody would type at a login.
        text = text.rstrip("\r\n")
        if not text or len(text) > 1024:
            return Trouble(
                Reason.SECRET_KEY_MISSING,
                f"Secret {name} has no usable text of 1 to 1024 characters under the key {entry}.",
            )
        value = SecretStr(text)
        return Password(value=value, fingerprint=fingerprint(self._fingerprint_key, key, value), secret=name)

    async def _brand(self, subject: Subject) -> Brand | Trouble | None:
        storefront = subject.spec.storefront
        if storefront is None or storefront.logo is None:
            return None
        logo = storefront.logo
        if logo.config_map_key_ref is not None:
            kind, reference = "ConfigMap", logo.config_map_key_ref
            stored = await self._cluster.config_map(subject.namespace, reference.name)
        elif logo.secret_key_ref is not None:
            kind, reference = "Secret", logo.secret_key_ref
            stored = await self._cluster.secret(subject.namespace, reference.name)
        else:
            return Trouble(Reason.LOGO_NOT_FOUND, "spec.storefront.logo names no source.")
        content = None if stored is None else stored.data.get(reference.key)
        if content is None:
            return Trouble(
                Reason.LOGO_NOT_FOUND,
                f"{kind} {reference.name} with key {reference.key} does not exist (spec.storefront.logo).",
            )
        media_type = picture_type(content)
        if media_type is None or len(content) > MAX_LOGO_BYTES:
            return Trouble(
                Reason.LOGO_INVALID,
                f"{kind} {reference.name}, key {reference.key} is no SVG, PNG, JPEG or WebP picture of at most 256 "
                f"KiB.",
            )
        return Brand(
            logo=Logo(media_type=media_type, data=base64.b64encode(content).decode()),
            digest=hashlib.sha256(content).hexdigest(),
        )


def picture_type(content: bytes) -> str | None:
    """Media type of a picture, by its first bytes; None for anything else."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in content[:1024].lower():
        return "image/svg+xml"
    return None
