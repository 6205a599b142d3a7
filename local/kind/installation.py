"""Operator and BSS on the cluster, as `manifests/overlays/kind` says."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from local.kind import cluster, images
from local.kind.engine import Engine
from local.kind.images import Image
from local.kind.places import PROJECT, Places
from local.kind.progress import step
from local.kubectl import Kubectl

OVERLAY = PROJECT / "manifests" / "overlays" / "kind"
ADDRESS = f"http://127.0.0.1:{cluster.NODE_PORT}"
"""Of the BSS, for people on this machine; the overlay says the same."""
BSS_NAMESPACE = "tenant-bss"
OPERATOR_NAMESPACE = "tenant-reseller-system"
OPERATOR = "deployment/tenant-reseller-operator"
OPERATOR_PODS = "--selector=app.kubernetes.io/component=operator"
ROLLOUTS = (
    (BSS_NAMESPACE, "statefulset/bss-postgresql"),
    (BSS_NAMESPACE, "deployment/bss-web"),
    (BSS_NAMESPACE, "deployment/bss-worker"),
    (BSS_NAMESPACE, "deployment/bss-cron"),
    (OPERATOR_NAMESPACE, OPERATOR),
)
# Making the databases takes one or two minutes, and many more on a machine that is busy with other things.
ROLLED_OUT_WITHIN = "30m"


@dataclass(frozen=True, slots=True)
class Installation:
    """What runs on the cluster, for those who use it."""

    kubectl: Kubectl

    def apply(self) -> None:
        """Declare everything, and return when all of it runs."""
        step("installing operator and BSS")
        self.kubectl("apply", "--kustomize", str(OVERLAY))
        for namespace, workload in ROLLOUTS:
            self.kubectl("--namespace", namespace, "rollout", "status", workload, f"--timeout={ROLLED_OUT_WITHIN}")
        step("operator and BSS run")

    @property
    def administrator(self) -> tuple[str, str]:
        """User name and password of the distributor's administrator."""
        secret = self.kubectl.get("--namespace", BSS_NAMESPACE, "secret", "bss-admin")
        return "admin", base64.b64decode(secret["data"]["password"]).decode()

    def operator_pods(self) -> list[str]:
        """Names of the operator's pods, without those that are ending."""
        found = self.kubectl.get("--namespace", OPERATOR_NAMESPACE, "pods", OPERATOR_PODS)
        return [pod["metadata"]["name"] for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    def kill_operator(self) -> None:
        """End the operator's pods at once, as a power failure does; new ones are made for them."""
        self.kubectl("--namespace", OPERATOR_NAMESPACE, "delete", "pod", OPERATOR_PODS, "--grace-period=0", "--force")

    def wait_for_operator(self) -> None:
        """Return when the operator runs and watches."""
        self.kubectl("--namespace", OPERATOR_NAMESPACE, "rollout", "status", OPERATOR, "--timeout=5m")


def install(engine: Engine, places: Places, loaded: Sequence[Image] = images.IMAGES) -> Installation:
    """Give the cluster the images, which must have been built, and install everything."""
    step("loading the images")
    cluster.load(engine, places, [image.reference for image in loaded])
    found = Installation(Kubectl(places.kubeconfig))
    found.apply()
    return found
