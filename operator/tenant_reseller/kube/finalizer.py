"""Our finalizer: on before anything is done in the BSS, off only after the BSS has confirmed the end."""

from __future__ import annotations

from collections.abc import Callable

from tenant_reseller.resource import FINALIZER

from .api import Json, KubeApi
from .errors import ConflictError, NotFoundError
from .parsing import Sighting

_ATTEMPTS = 5


async def put_on(api: KubeApi, sighting: Sighting) -> Sighting:
    """The object with the finalizer. Raises `NotFoundError` when it is gone, `KubeError` otherwise."""
    return await _change(api, sighting, lambda names: [*names, FINALIZER] if FINALIZER not in names else names)


async def take_off(api: KubeApi, sighting: Sighting) -> None:
    """Let the object go. Safe to repeat."""
    try:
        await _change(api, sighting, lambda names: [name for name in names if name != FINALIZER])
    except NotFoundError:
        return


async def _change(api: KubeApi, sighting: Sighting, change: Callable[[list[str]], list[str]]) -> Sighting:
    for attempt in range(_ATTEMPTS):
        before = list(sighting.finalizers)
        names = change(before)
        if names == before:
            return sighting
        # The version guards the finalizers of others, whom a merge patch of the list would drop.
        body: Json = {"metadata": {"resourceVersion": sighting.version, "uid": sighting.uid, "finalizers": names}}
        try:
            return Sighting.read(await api.patch(sighting.namespace, sighting.name, body))
        except ConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
            found = Sighting.read(await api.get(sighting.namespace, sighting.name))
            if found.uid != sighting.uid:
                raise NotFoundError("the object was made anew", status=404) from None
            sighting = found
    raise AssertionError("the loop returns or raises")
