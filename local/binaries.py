"""Where the programs of the control plane come from: this machine, or a build from pinned sources."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalError, MissingPrerequisiteError
from local.locks import exclusive

SOURCES = Path(__file__).parent / "controlplane"
KUBERNETES_VERSION = "v1.36.3"
"""Stamped into the build; it is the version that `controlplane/go.mod` pins."""

_PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager")


@dataclass(frozen=True)
class Binaries:
    """The three programs."""

    etcd: Path
    apiserver: Path
    controller_manager: Path


def cache_directory() -> Path:
    """Folder for what is costly to make and the same for every stack of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tenant-reseller-operator"


def find() -> Binaries | None:
    """The programs that are here already: in KUBEBUILDER_ASSETS, on PATH, or in the cache."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        found = _in_folder(Path(assets))
        if found is None:
            raise LocalError(
                f"KUBEBUILDER_ASSETS names {assets}, where one of {', '.join(_PROGRAMS)} is missing.",
                "Correct the variable, or unset it to use the project's own build.",
            )
        return found
    etcd, apiserver, controller_manager = (shutil.which(name) for name in _PROGRAMS)
    if etcd and apiserver and controller_manager:
        return Binaries(Path(etcd), Path(apiserver), Path(controller_manager))
    return _in_folder(_build_folder())


def ensure() -> Binaries:
    """The programs, built now if need be (about five minutes on two cores, once)."""
    found = find()
    if found is not None:
        return found
    target = _build_folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    # The stack and the tests may come here at the same moment: the second one waits and finds the result of the first.
    with exclusive(target.with_suffix(".lock")):
        found = find()
        if found is not None:
            return found
        _build(target)
    built = _in_folder(target)
    if built is None:
        raise LocalError(f"The build left no programs in {target}.")
    return built


def _build(target: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise MissingPrerequisiteError(
            "Go is missing; it builds the local Kubernetes API server.",
            "Install Go 1.26 or newer (https://go.dev/dl), or set KUBEBUILDER_ASSETS to a folder with "
            f"{', '.join(_PROGRAMS)}.",
        )
    major, minor, _ = KUBERNETES_VERSION.removeprefix("v").split(".")
    stamp = " ".join(
        f"-X {package}.{name}={value}"
        for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
        for name, value in (("gitVersion", KUBERNETES_VERSION), ("gitMajor", major), ("gitMinor", minor))
    )
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-") as scratch:
        folder = Path(scratch) / "bin"
        folder.mkdir()
        result = subprocess.run(  # noqa: S603
            [
                *(go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", f"-ldflags=-s -w {stamp}"),
                *("-o", str(folder / "controlplane"), "."),
            ],
            cwd=SOURCES,
            env={**os.environ, "CGO_ENABLED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise LocalError("The local Kubernetes API server could not be built.", result.stderr[-2000:])
        for name in _PROGRAMS:
            (folder / name).symlink_to("controlplane")
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)


def _build_folder() -> Path:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "main.go"):
        digest.update((SOURCES / name).read_bytes())
    digest.update(KUBERNETES_VERSION.encode())
    return cache_directory() / f"controlplane-{digest.hexdigest()[:16]}"


def _in_folder(folder: Path) -> Binaries | None:
    programs = [folder / name for name in _PROGRAMS]
    if all(os.access(program, os.X_OK) for program in programs):
        return Binaries(*programs)
    return None
