"""The image of the cluster's node: the official one where a registry can be reached, else one that is made here."""

import re
import shutil
import tempfile
from enum import StrEnum
from pathlib import Path

from local.kind.cache import kept, key_of
from local.kind.debian import root_file_system
from local.kind.engine import Engine
from local.kind.pins import NODE_MODULE, kind_source, kind_version, kubernetes_version, official_node_image
from local.kind.places import Places
from local.kind.programs import node_programs
from local.kind.progress import step

REPOSITORY = "localhost/tenant-reseller/kind-node"
ARCHIVE = "node.tar"
VOLUMES_IMAGE = "kind.local/volumes:node"

PACKAGES = (
    *("systemd", "containerd", "runc", "containernetworking-plugins"),
    *("conntrack", "iptables", "nftables", "iproute2", "ethtool", "kmod", "mount", "util-linux", "e2fsprogs"),
    *("ca-certificates", "jq", "procps"),
)
RECIPE = ("Dockerfile", "setup-node.sh", "gather-iptables.sh", "import-images.sh", "files")

# Files of kind that this node has no use for: a snapshotter for engines without root, and a helper of kind's own build.
LEFT_OUT = ("containerd-fuse-overlayfs.service", "clean-install")


class Source(StrEnum):
    """Where the node image comes from."""

    AUTO = "auto"
    OFFICIAL = "official"
    LOCAL = "local"


def node_image(engine: Engine, places: Places, source: Source, *, install: bool) -> str:
    """The name of a node image that the engine has, fetched or made if need be."""
    official = official_node_image()
    if source is not Source.LOCAL and (engine.has_image(official) or _pulled(engine, official, source)):
        return official
    return local_node_image(engine, places, install=install)


def local_node_image(engine: Engine, places: Places, *, install: bool) -> str:
    """The name of the node image made here, from Go modules and Debian packages."""
    programs = node_programs(places)
    root = root_file_system(places, "node", PACKAGES, install=install)
    recipe = [NODE_MODULE / name for name in RECIPE]
    key = key_of([programs.name, root.parent.name, kind_version(), Path(__file__), *recipe])
    image = f"{REPOSITORY}:{kubernetes_version()}-{key}"
    if engine.has_image(image):
        return image

    def make(folder: Path) -> None:
        step(f"node image {image} (about a minute)")
        _Recipe(engine, places, programs, root, image).make()
        engine.save([image], folder / ARCHIVE)

    archive = kept(places.cache, "node-image", key, make) / ARCHIVE
    if not engine.has_image(image):
        step(f"loading node image {image}")
        engine.load(archive)
    return image


def _pulled(engine: Engine, official: str, source: Source) -> bool:
    step(f"fetching {official.partition('@')[0]}")
    failure = engine.pull(official)
    if failure is None:
        return True
    if source is Source.OFFICIAL:
        raise failure
    step(f"not to be had here ({failure.output.strip().splitlines()[-1]}): the node image is made on this machine")
    return False


class _Recipe:
    """One making of the node image; what it tags on the way is removed at the end."""

    def __init__(self, engine: Engine, places: Places, programs: Path, root: Path, image: str) -> None:
        self.engine = engine
        self.places = places
        self.programs = programs
        self.root = root
        self.image = image
        self.temporary: list[str] = []

    def make(self) -> None:
        with tempfile.TemporaryDirectory(prefix="kind-node-") as folder:
            context = Path(folder) / "context"
            try:
                self._lay_out(context)
                empty_node = self._build(context, "node")
                images = self._images(context, empty_node)
                archive = Path(folder) / "images.tar"
                self.engine.save(images, archive)
                self._import(empty_node, archive)
            finally:
                if self.temporary:
                    self.engine.run("image", "rm", "--force", *dict.fromkeys(self.temporary))

    def _lay_out(self, context: Path) -> None:
        for name in RECIPE:
            source = NODE_MODULE / name
            if source.is_dir():
                shutil.copytree(source, context / name)
            else:
                context.mkdir(exist_ok=True)
                shutil.copy(source, context / name)
        (context / "files/kind/version").write_text(kubernetes_version())
        shutil.copytree(self.programs, context / "programs")
        base = kind_source() / "images/base/files"
        for folder in ("etc", "kind", "usr"):
            shutil.copytree(base / folder, context / "kind" / folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        # Go's module cache is read-only, and those modes would go into the image.
        for path in (context / "kind").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def _build(self, context: Path, target: str) -> str:
        if target == "node":
            base = self._temporary("root")
            self.engine.import_tree(self.root, base)
        name = self._temporary(target)
        self.engine.build(
            context,
            name,
            target=target,
            arguments={"ROOT_FILE_SYSTEM": self._name("root")},
            log=self.places.logs / f"build-node-{target}.log",
        )
        return name

    def _images(self, context: Path, node: str) -> list[str]:
        """Every name that kubeadm, containerd and our manifest ask for, as a tag of the image that serves it."""
        built = {target: self._build(context, target) for target in ("kubernetes", "coredns", "pause", "volumes")}
        listed = self._in_node(node, f"kubeadm config images list --kubernetes-version {kubernetes_version()}")
        configured = re.findall(r'sandbox_image = "([^"]+)"', self._in_node(node, "cat /etc/containerd/config.toml"))
        names = [*listed.split(), *configured, VOLUMES_IMAGE]
        for name in names:
            program = name.rpartition("/")[2].partition(":")[0]
            self.engine.tag(built.get(program, built["kubernetes"]), name)
            self.temporary.append(name)
        return names

    def _in_node(self, node: str, command: str) -> str:
        return self.engine.run("run", "--rm", "--network", "none", "--entrypoint", "/bin/sh", node, "-ec", command)

    def _import(self, node: str, archive: Path) -> None:
        container = f"kind-node-{self.image.rpartition(':')[2]}"
        self.engine.run("rm", "--force", "--volumes", container)
        try:
            self.engine.run(
                *("run", "--name", container, "--network", "none", "--security-opt", "seccomp=unconfined"),
                *("--volume", f"{archive}:/images.tar:ro"),
                *("--volume", f"{NODE_MODULE / 'import-images.sh'}:/import-images.sh:ro"),
                *("--entrypoint", "/bin/sh", node, "-eu", "/import-images.sh"),
            )
            entrypoint = 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]'
            self.engine.run("commit", "--change", entrypoint, "--change", "CMD []", container, self.image)
        finally:
            self.engine.run("rm", "--force", "--volumes", container)

    def _name(self, target: str) -> str:
        return f"{REPOSITORY}-{target}:{self.image.rpartition(':')[2]}"

    def _temporary(self, target: str) -> str:
        name = self._name(target)
        self.temporary.append(name)
        return name
