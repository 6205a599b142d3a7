"""What this machine must have, and how to get it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local.errors import MissingPrerequisiteError
from local.kind.command import run
from local.kind.places import Places
from local.kind.progress import step


@dataclass(frozen=True, slots=True)
class Requirement:
    """A program, and the Debian package that brings it (None: it comes another way, told by `remedy`)."""

    program: str
    package: str | None
    remedy: str = ""

    @property
    def present(self) -> bool:
        """Whether the program is on PATH, or where Debian puts what only root runs."""
        return program(self.program) is not None


GO = Requirement("go", None, "install Go (https://go.dev/dl/), version 1.26 or newer")
OWN_ENGINE = (
    Requirement("dockerd", "docker.io"),
    Requirement("containerd", "containerd"),
    Requirement("runc", "runc"),
    Requirement("iptables", "iptables"),
    Requirement("ip", "iproute2"),
)
ROOT_FILE_SYSTEM = (Requirement("debootstrap", "debootstrap"),)


def program(name: str) -> Path | None:
    """Where a program is, looked for also in the folders that are not on every user's PATH."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))
    return Path(found) if found else None


def require(requirements: tuple[Requirement, ...], places: Places, *, install: bool) -> None:
    """Return when everything is there, after installing it if so asked; else raise MissingPrerequisiteError."""
    missing = [requirement for requirement in requirements if not requirement.present]
    if not missing:
        return
    packages = sorted({requirement.package for requirement in missing if requirement.package})
    command = f"apt-get install {' '.join(packages)}"
    if install and packages and os.geteuid() == 0 and shutil.which("apt-get"):
        step(f"installing {', '.join(packages)}")
        _install(packages, places)
        missing = [requirement for requirement in missing if not requirement.present]
    if missing:
        names = ", ".join(requirement.program for requirement in missing)
        remedies = [requirement.remedy for requirement in missing if not requirement.package]
        if packages:
            remedies.append(f"as root on Debian: {command} (or the same command with --install)")
        raise MissingPrerequisiteError(f"missing on this machine: {names}", "; ".join(remedies))


def _install(packages: list[str], places: Places) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-q", env=quiet, log=places.logs / "apt-update.log")
    run(
        *("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages),
        env=quiet,
        log=places.logs / "apt-install.log",
    )
