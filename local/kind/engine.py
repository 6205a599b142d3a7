"""The container engine: what is asked of it, in the words that docker and podman share."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from local.kind.command import run, succeeds
from local.kind.errors import CommandFailedError
from local.kind.machine import CAP_SYS_RESOURCE, has_capability


class Program(StrEnum):
    """The client that an engine is spoken to with."""

    DOCKER = "docker"
    PODMAN = "podman"


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine. `own`: started by this package, and stopped by it."""

    program: Program
    client: Path
    address: str | None = None
    own: bool = False
    clients: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the engine's client and kind have to be given to meet this engine and no other."""
        found = dict(self.clients)
        if self.address is not None:
            found["DOCKER_HOST"] = self.address
        if self.program is Program.PODMAN:
            found["KIND_EXPERIMENTAL_PROVIDER"] = "podman"
        return found

    def run(self, *arguments: str | Path, log: Path | None = None) -> str:
        """Call the client; the answer is what it prints."""
        return run(self.client, *arguments, env=self.environment, log=log)

    def has_image(self, image: str) -> bool:
        """Whether the image is there already."""
        return succeeds(self.client, "image", "inspect", image, env=self.environment)

    def pull(self, image: str) -> CommandFailedError | None:
        """Fetch the image from its registry; the error when there is no way to it."""
        try:
            self.run("pull", "--quiet", image)
        except CommandFailedError as failure:
            return failure
        return None

    def save(self, images: Sequence[str], archive: Path) -> None:
        """Write images, with all their names, to one archive."""
        several = ["--multi-image-archive"] if self.program is Program.PODMAN and len(images) > 1 else []
        self.run("save", *several, "--output", archive, *images)

    def load(self, archive: Path) -> None:
        """Take in the images of an archive."""
        self.run("load", "--quiet", "--input", archive)

    def import_tree(self, archive: Path, image: str, changes: Sequence[str] = ()) -> None:
        """Make an image of one layer from the archive of a file tree."""
        self.run("import", *(word for change in changes for word in ("--change", change)), archive, image)

    def tag(self, image: str, name: str) -> None:
        """Give an image one more name."""
        self.run("tag", image, name)

    def size(self, image: str) -> int:
        """Bytes of an image on this engine's disk."""
        return int(self.run("image", "inspect", "--format", "{{.Size}}", image))

    def build(
        self,
        context: Path,
        image: str,
        *,
        file: Path | None = None,
        target: str | None = None,
        arguments: Mapping[str, str] | None = None,
        secrets: Mapping[str, Path] | None = None,
        network: str = "none",
        log: Path | None = None,
    ) -> None:
        """Build an image from a Dockerfile (default: the one in `context`)."""
        words: list[str | Path] = ["build", "--tag", image, "--network", network]
        words += ["--file", file] if file else []
        words += ["--target", target] if target else []
        for name, value in (arguments or {}).items():
            words += ["--build-arg", f"{name}={value}"]
        for name, path in (secrets or {}).items():
            words += ["--secret", f"id={name},src={path}"]
        if self.program is Program.DOCKER:
            words += ["--progress", "plain"]
        self.run(*words, context, log=log)

    def cgroup_version(self) -> int:
        """1 or 2: the control groups that containers of this engine live in."""
        field_name = ".CgroupVersion" if self.program is Program.DOCKER else ".Host.CgroupsVersion"
        return int(self.run("info", "--format", f"{{{{{field_name}}}}}").strip().lstrip("v") or 1)


def docker_environment(client: Path) -> dict[str, str]:
    """What makes this client build with BuildKit, which mounts of secrets need: it is built in up to version 22."""
    version = run(client, "--version")
    major = re.search(r"version (\d+)\.", version)
    return {"DOCKER_BUILDKIT": "1"} if major and int(major[1]) < 23 else {}


def running_engine() -> Engine | None:
    """The engine that the user's own docker or podman client reaches, or None.

    podman starts containers itself, with this process's rights: where those do not suffice for a node, it is no engine.
    """
    for program in Program:
        client = shutil.which(program)
        if program is Program.PODMAN and not has_capability(CAP_SYS_RESOURCE):
            continue
        if client is None or not succeeds(client, "info"):
            continue
        path = Path(client)
        if program is Program.PODMAN:
            return Engine(program, path)
        return Engine(program, path, clients=docker_environment(path))
    return None
