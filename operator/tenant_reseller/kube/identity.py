"""What makes this cluster's keys and fingerprints its own."""

from __future__ import annotations

import logging
import secrets

from .api import KubeApi
from .errors import ForbiddenError, StartError

logger = logging.getLogger(__name__)
FINGERPRINT_SECRET = "tenant-reseller-operator-fingerprint-key"  # noqa: S105 - the name of a Secret
_ENTRY = "key"


async def cluster_id(api: KubeApi) -> str:
    """Uid of the namespace kube-system, which lives as long as the cluster."""
    try:
        return await api.namespace_uid("kube-system")
    except ForbiddenError as error:
        raise StartError(
            f"The cluster's id may not be read ({error}). With rights in some namespaces only, set "
            "TENANT_RESELLER_CLUSTER_ID to the uid of the namespace kube-system, and never change it."
        ) from error


async def fingerprint_key(api: KubeApi, namespace: str) -> bytes:
    """The key of password fingerprints, made once and never replaced: else all passwords would be applied anew."""
    for _ in range(2):
        stored = await api.secret(namespace, FINGERPRINT_SECRET)
        if stored is not None:
            key = stored.data.get(_ENTRY, b"")
            if len(key) < 32:
                raise ValueError(
                    f"Secret {namespace}/{FINGERPRINT_SECRET} holds no key of at least 32 bytes under {_ENTRY!r}; "
                    "restore it from a backup, or remove it to have a new one made: all administrators' passwords are "
                    "then applied once more."
                )
            return key
        if await api.create_secret(namespace, FINGERPRINT_SECRET, {_ENTRY: secrets.token_bytes(32)}):
            logger.info("Made Secret %s/%s; back it up with the cluster.", namespace, FINGERPRINT_SECRET)
    raise ValueError(f"Secret {namespace}/{FINGERPRINT_SECRET} exists and cannot be read.")
