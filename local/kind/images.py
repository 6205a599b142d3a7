"""The project's own images, and the database's where the official one is out of reach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from local.kind import registries
from local.kind.base_image import base_image
from local.kind.command import run
from local.kind.engine import Engine
from local.kind.places import PROJECT, SOURCE, Places
from local.kind.progress import step

TAG = "dev"


@dataclass(frozen=True, slots=True)
class Image:
    """An image of ours: its name, as the manifests of the kind overlay have it, and where it is built from.

    The name says `localhost`: without a registry's name in it, docker and podman would each add another one.
    """

    name: str
    file: Path
    context: Path = PROJECT
    tag: str = TAG
    version: str | None = None
    """In its label, where it is not the Dockerfile's own."""

    @property
    def reference(self) -> str:
        """Name and tag."""
        return f"{self.name}:{self.tag}"


OPERATOR = Image("localhost/tenant-reseller-operator", PROJECT / "Dockerfile")
BSS = Image("localhost/tenant-bss", PROJECT / "bss" / "Dockerfile")
POSTGRESQL = Image("localhost/tenant-postgresql", SOURCE / "postgresql" / "Dockerfile", SOURCE / "postgresql")
IMAGES = (OPERATOR, BSS, POSTGRESQL)
NEXT_OPERATOR = replace(OPERATOR, tag="next", version="next")
"""Another image of the operator, for trying an upgrade: the same code under another version."""


def build(engine: Engine, places: Places, images: Sequence[Image] = IMAGES, *, install: bool) -> None:
    """Build them; layers that nothing changed are taken from the engine's cache."""
    base = base_image(engine, places, install=install)
    revision = run("git", "rev-parse", "HEAD", cwd=PROJECT).strip()
    # An own engine has no default network; any other one's is the user's choice.
    network = "host" if engine.own else "default"
    with registries.secrets() as secrets:
        for image in images:
            version = {"VERSION": image.version} if image.version else {}
            step(f"building {image.reference}")
            engine.build(
                image.context,
                image.reference,
                file=image.file,
                arguments={"BASE": base, "REVISION": revision, **version},
                secrets=secrets,
                network=network,
                log=places.logs / f"build-{image.reference.rpartition('/')[2].replace(':', '-')}.log",
            )
            step(f"{image.reference}: {engine.size(image.reference) / 1e6:.0f} MB")
