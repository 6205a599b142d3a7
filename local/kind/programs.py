"""The programs that Go builds: kind, and what runs inside a node."""

from pathlib import Path

from local.kind.cache import kept, key_of
from local.kind.command import run
from local.kind.pins import NODE_MODULE, TOOLS_MODULE, kind_version, kubernetes_version
from local.kind.places import Places
from local.kind.progress import step
from local.kind.requirements import GO, require

NODE_PROGRAMS = ("kube", "coredns", "pause", "volumes")
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")


def kind_program(places: Places) -> Path:
    """The program `kind` of the pinned version."""
    require((GO,), places, install=False)

    def make(folder: Path) -> None:
        step(f"building kind {kind_version()} (half a minute the first time)")
        _build(TOOLS_MODULE, folder, ["sigs.k8s.io/kind"], "-s -w", places.logs / "go-kind.log")

    key = key_of([_toolchain(), TOOLS_MODULE / "go.mod", TOOLS_MODULE / "go.sum"])
    return kept(places.cache, "kind", key, make) / "kind"


def node_programs(places: Places) -> Path:
    """The folder with the node's programs, all static."""
    require((GO,), places, install=False)
    flags = _linker_flags(kubernetes_version())

    def make(folder: Path) -> None:
        step(f"building Kubernetes {kubernetes_version()} and CoreDNS (5 to 10 minutes the first time)")
        packages = [f"./{name}" for name in NODE_PROGRAMS]
        _build(NODE_MODULE, folder, packages, flags, places.logs / "go-node.log")

    sources = [NODE_MODULE / name for name in NODE_PROGRAMS]
    key = key_of([_toolchain(), flags, NODE_MODULE / "go.mod", NODE_MODULE / "go.sum", *sources])
    return kept(places.cache, "node-programs", key, make)


def _build(module: Path, folder: Path, packages: list[str], linker_flags: str, log: Path) -> None:
    run(
        *("go", "build", "-trimpath", "-ldflags", linker_flags, "-o", f"{folder}/", *packages),
        cwd=module,
        env={"CGO_ENABLED": "0", "GOOS": "linux"},
        log=log,
    )


def _toolchain() -> str:
    return run("go", "env", "GOVERSION", "GOARCH")


def _linker_flags(version: str) -> str:
    """Kubernetes learns its own version from the linker; kubeadm refuses components that do not tell theirs."""
    major, minor, _ = version.removeprefix("v").split(".")
    facts = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    told = [f"-X {package}.{name}={value}" for package in VERSION_PACKAGES for name, value in facts.items()]
    return " ".join(["-s -w", *told])
