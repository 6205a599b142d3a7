"""The cluster: made, given images, asked for its state and its logs, deleted."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from local.kind.command import run
from local.kind.engine import Engine
from local.kind.errors import CommandFailedError
from local.kind.machine import CAP_SYS_RESOURCE, has_capability
from local.kind.places import Places
from local.kind.programs import kind_program
from local.kind.progress import step

NAME = "tenant-reseller"
NODE = f"{NAME}-control-plane"
NODE_PORT = 30080
READY_WITHIN = "5m"

AUDIT_LOG = "kubernetes/audit.log"
"""Below the node's /var/log: what the operator asked of the API server, one JSON object a line."""
_AUDITED = "system:serviceaccount:tenant-reseller-system:tenant-reseller-operator"
_AUDIT_POLICY = "/etc/kubernetes/audit-policy.json"


def audit_policy() -> str:
    """What the API server records: that the operator asked, and what for; never a content."""
    policy = {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": "Metadata", "users": [_AUDITED]}, {"level": "None"}],
    }
    return json.dumps(policy)


def configuration(*, cgroup_version: int, may_set_oom_score: bool, policy: Path) -> str:
    """kind's configuration for this machine, as YAML. `policy`: the file with `audit_policy`.

    Exceptions are made only where the machine needs them. Port 30080 of 127.0.0.1 leads to the NodePort of that number.
    """
    cluster: dict[str, object] = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": NAME,
        "nodes": [
            {
                "role": "control-plane",
                "extraPortMappings": [
                    {"containerPort": NODE_PORT, "hostPort": NODE_PORT, "listenAddress": "127.0.0.1", "protocol": "TCP"}
                ],
                "extraMounts": [{"hostPath": str(policy), "containerPath": _AUDIT_POLICY, "readOnly": True}],
            }
        ],
        "kubeadmConfigPatchesJSON6902": [
            {
                "group": "kubeadm.k8s.io",
                "version": "v1beta4",
                "kind": "ClusterConfiguration",
                "patch": json.dumps(_auditing()),
            }
        ],
    }
    if cgroup_version == 1:
        kubelet = {"kind": "KubeletConfiguration", "apiVersion": "kubelet.config.k8s.io/v1beta1", "failCgroupV1": False}
        cluster["kubeadmConfigPatches"] = [yaml.safe_dump(kubelet)]
    if not may_set_oom_score:
        # Without the capability a score cannot be lowered, and no container of the control plane would start.
        cluster["containerdConfigPatches"] = [
            '[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n'
        ]
    return yaml.safe_dump(cluster, sort_keys=False)


def _auditing() -> list[object]:
    """Changes of kubeadm's configuration that make the API server write its audit log."""
    log = Path("/var/log") / AUDIT_LOG
    arguments = {"audit-policy-file": _AUDIT_POLICY, "audit-log-path": str(log)}
    volumes = [
        {"name": "audit-policy", "hostPath": _AUDIT_POLICY, "mountPath": _AUDIT_POLICY, "readOnly": True}
        | {"pathType": "File"},
        {"name": "audit-log", "hostPath": str(log.parent), "mountPath": str(log.parent)}
        | {"pathType": "DirectoryOrCreate"},
    ]
    added: list[object] = [
        {"op": "add", "path": "/apiServer/extraArgs/-", "value": {"name": name, "value": value}}
        for name, value in arguments.items()
    ]
    return [*added, {"op": "add", "path": "/apiServer/extraVolumes", "value": volumes}]


def exists(engine: Engine, places: Places) -> bool:
    """Whether kind knows the cluster."""
    return NAME in _kind(engine, places, "get", "clusters").split()


def create(engine: Engine, places: Places, image: str) -> None:
    """Make the cluster and return when its node is Ready. Of a failed attempt only the logs are left."""
    step(f"creating cluster {NAME} from {image}")
    places.state.mkdir(parents=True, exist_ok=True)
    file = places.state / "cluster.yaml"
    policy = places.state / "audit-policy.json"
    policy.write_text(audit_policy())
    file.write_text(
        configuration(
            cgroup_version=engine.cgroup_version(),
            may_set_oom_score=has_capability(CAP_SYS_RESOURCE),
            policy=policy,
        )
    )
    try:
        _kind(
            *(engine, places, "create", "cluster", "--image", image, "--config", file),
            *("--kubeconfig", places.kubeconfig, "--wait", READY_WITHIN, "--retain"),
            log=places.logs / "kind-create.log",
        )
    except CommandFailedError:
        keep_logs(engine, places, places.logs / "failed-cluster")
        delete(engine, places)
        raise


def delete(engine: Engine, places: Places) -> None:
    """Delete the cluster, if there is one, and its kubeconfig."""
    _kind(engine, places, "delete", "cluster", "--name", NAME, "--kubeconfig", places.kubeconfig)
    places.kubeconfig.unlink(missing_ok=True)


def load(engine: Engine, places: Places, images: Sequence[str]) -> None:
    """Give the node images that the engine has."""
    with TemporaryDirectory(prefix="kind-load-") as folder:
        archive = Path(folder) / "images.tar"
        engine.save(images, archive)
        _kind(engine, places, "load", "image-archive", archive, "--name", NAME)


def export_logs(engine: Engine, places: Places, folder: Path) -> None:
    """Write the logs of the node and of every pod below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _kind(engine, places, "export", "logs", folder, "--name", NAME)


def keep_logs(engine: Engine, places: Places, folder: Path) -> None:
    """The same after a failure, and say where: an error in the writing must not take the failure's place."""
    try:
        export_logs(engine, places, folder)
    except CommandFailedError as incomplete:
        step(f"not all logs could be written: {incomplete}")
    step(f"logs of the cluster: {folder}")


def kubectl(engine: Engine, *arguments: str) -> str:
    """Call the node's own kubectl, so that none has to be on this machine."""
    return engine.run("exec", NODE, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", *arguments)


def _kind(engine: Engine, places: Places, *arguments: str | Path, log: Path | None = None) -> str:
    return run(kind_program(places), *arguments, env=engine.environment, log=log)
