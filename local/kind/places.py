"""Where things live: state of this work tree, and the cache shared by all work trees of this user."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from local.binaries import cache_directory

SOURCE = Path(__file__).resolve().parent
PROJECT = SOURCE.parents[1]


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that this package writes to."""

    state: Path
    cache: Path

    @property
    def kubeconfig(self) -> Path:
        """Of the kind cluster alone: the user's own kubeconfig is never read nor written."""
        return self.state / "kubeconfig"

    @property
    def logs(self) -> Path:
        """Output of the programs that were run."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Sockets and process ids of an own engine.

        Not below the state: the path of a Unix socket may have 108 bytes, and a work tree can lie deeper than that.
        """
        return Path("/run") / f"tenant-reseller-kind-{hashlib.sha256(bytes(self.state)).hexdigest()[:8]}"


def places() -> Places:
    """The folders of this work tree and user."""
    return Places(state=PROJECT / ".local" / "kind", cache=cache_directory() / "kind")
