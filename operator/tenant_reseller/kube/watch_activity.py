"""Signs of life of the watches: a watch that hears nothing and asks for nothing is dead, and only a restart helps.

An API server that is away is no such case: then each watch tries again and again, and every attempt is a sign of life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .term import clock


class WatchActivity:
    """When each watch was last active; `limit`: seconds after which a silent one is dead.

    The first look is done when `collections` are listed; nobody waits for the lists of the `others`. The limit must
    be longer than a watch lasts: it hears nothing while nothing changes, but it is begun anew.
    """

    def __init__(
        self,
        collections: Iterable[str],
        limit: float,
        now: Callable[[], float] = clock,
        *,
        others: Iterable[str] = (),
    ) -> None:
        self._now = now
        self._limit = limit
        started = now()
        self._waited_for = set(collections)
        self._active = dict.fromkeys((*self._waited_for, *others), started)

    def heard(self, watch: str) -> None:
        """The API server sent something, or was asked for something.

        What is no watch is ignored: Kopf asks once which resources there are, and is silent about that for ever after.
        """
        if watch in self._active:
            self._active[watch] = self._now()

    def listed(self, watch: str) -> None:
        """All objects that existed were seen; from now on changes are."""
        self.heard(watch)
        self._waited_for.discard(watch)

    def __contains__(self, watch: str) -> bool:
        return watch in self._active

    def ages(self) -> dict[str, float]:
        """Seconds since the last sign of life, by resource: of the most silent of its watches."""
        ages: dict[str, float] = {}
        for watch, at in self._active.items():
            resource = watch.rpartition("/")[2]
            ages[resource] = max(ages.get(resource, 0.0), self._now() - at)
        return ages

    @property
    def unlisted(self) -> str | None:
        """What was not listed yet; None when all was."""
        return _named("not listed yet", self._waited_for)

    @property
    def silent(self) -> str | None:
        """Which watches are dead; None when all are alive."""
        oldest = self._now() - self._limit
        return _named(f"silent for {self._limit:.0f} s", [name for name, at in self._active.items() if at < oldest])


def _named(trouble: str, watches: Iterable[str]) -> str | None:
    names = sorted(watches)
    if not names:
        return None
    return f"{trouble}: {', '.join(names[:3])}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
