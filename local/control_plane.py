"""A real Kubernetes control plane on this machine: etcd, kube-apiserver and kube-controller-manager as processes.

RBAC and ServiceAccount tokens are on, and admission is the default of the release, so that a right or a rule that would
be missing in a cluster is missing here too. There are no nodes: it only keeps and serves objects.
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from local import certificates, ports
from local.binaries import Binaries
from local.certificates import KeyPair
from local.processes import Command, Daemon, stop_all

_PORTS = {"apiserver": 16443, "etcd": 12379, "etcd-peer": 12380}
_START_SECONDS = 120.0
"""Longest wait for a start; usually 4-6 s, but the machine may be busy with builds."""


class ControlPlane:
    """Control plane with its data in one folder.

    `durable`: etcd waits until each write is on the disk. Tests switch it off: a power failure may take their data.
    `audit`: each request is recorded in `audit_log`, one JSON object a line, so that a test can count writes.
    `environment`: variables of etcd and API server, such as those of Go's runtime.
    `controllers`: kube-controller-manager runs too. Without it, nothing is collected that belonged to a deleted object.
    """

    def __init__(
        self,
        directory: Path,
        binaries: Binaries,
        *,
        durable: bool = True,
        audit: bool = False,
        controllers: bool = True,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.directory = directory.absolute()
        self._binaries = binaries
        self._durable = durable
        self._audit = audit
        self._controllers = controllers
        self._environment = environment
        self.audit_log = self.directory / "audit.log"
        self.kubeconfig = self.directory / "kubeconfig"
        self._files = certificates.ensure(self.directory / "certificates")
        self._port_file = self.directory / "ports.json"
        running = any(self._daemon(name).running for name in ("etcd", "kube-apiserver", "kube-controller-manager"))
        self._ports = ports.remembered(self._port_file, _PORTS, in_use=running)
        self.etcd = self._daemon("etcd", self._etcd())
        self.apiserver = self._daemon("kube-apiserver", self._apiserver())
        self.controller_manager = self._daemon("kube-controller-manager", self._controller_manager())

    @property
    def url(self) -> str:
        """Address of the API server."""
        return f"https://127.0.0.1:{self._ports['apiserver']}"

    @property
    def authority(self) -> Path:
        """Certificate of the authority that signed the API server's."""
        return self._files.authority

    @property
    def daemons(self) -> tuple[Daemon, ...]:
        """The programs, in the order of their start."""
        return (self.etcd, self.apiserver, *((self.controller_manager,) if self._controllers else ()))

    @property
    def running(self) -> bool:
        """Whether all programs run."""
        return all(daemon.running for daemon in self.daemons)

    def start(self) -> bool:
        """Start what does not run and wait until the API server is ready. Answers whether anything was started."""
        self._write_kubeconfig(self.kubeconfig, self._files.administrator)
        self._write_kubeconfig(self._controller_manager_kubeconfig, self._files.controller_manager)
        started = [self.etcd.start(), self.apiserver.start()]
        self.wait_until_ready()
        # Last, because it ends by itself when it finds no API server within 10 s.
        if self._controllers:
            started.append(self.controller_manager.start())
        return any(started)

    def wait_until_ready(self) -> None:
        """Wait until the API server says that it is ready, its bootstrap of RBAC included."""
        self.apiserver.wait_until(self.ready, seconds=_START_SECONDS, what="/readyz")

    def ready(self) -> bool:
        """Whether the API server answers that it is ready."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", context=self.administrator(), timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            # Not listening yet, or 500 with the checks that have not passed yet.
            return False

    def administrator(self) -> ssl.SSLContext:
        """What a client needs to be known to the API server as the administrator."""
        context = ssl.create_default_context(cafile=str(self._files.authority))
        context.load_cert_chain(self._files.administrator.certificate, self._files.administrator.key)
        return context

    def stop(self) -> None:
        """Stop the programs, the ones that depend on another first."""
        stop_all(reversed(self.daemons))

    def user_kubeconfig(self, file: Path, user: str, token: str) -> None:
        """Write a kubeconfig for a bearer of this token."""
        self._write(file, user, {"token": token})

    def _daemon(self, name: str, command: Command | None = None) -> Daemon:
        return Daemon(name, self.directory, command or Command(()))

    def _etcd(self) -> Command:
        client, peer = (f"https://127.0.0.1:{self._ports[name]}" for name in ("etcd", "etcd-peer"))
        server = self._files.server
        arguments = [
            str(self._binaries.etcd),
            "--name=local",
            f"--data-dir={self.directory / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=local={peer}",
            # Without client certificates any user of this machine could read all Secrets from etcd.
            "--client-cert-auth",
            "--peer-client-cert-auth",
            f"--trusted-ca-file={self._files.authority}",
            f"--cert-file={server.certificate}",
            f"--key-file={server.key}",
            f"--peer-trusted-ca-file={self._files.authority}",
            f"--peer-cert-file={server.certificate}",
            f"--peer-key-file={server.key}",
            "--auto-compaction-retention=1h",
            "--log-level=warn",
        ]
        if not self._durable:
            arguments.append("--unsafe-no-fsync")
        return Command(tuple(arguments), self._environment)

    def _apiserver(self) -> Command:
        files = self._files
        arguments = [
            str(self._binaries.apiserver),
            "--bind-address=127.0.0.1",
            f"--secure-port={self._ports['apiserver']}",
            "--external-hostname=127.0.0.1",
            # No nodes and no pods: nobody needs the endpoints of the service `kubernetes`.
            "--endpoint-reconciler-type=none",
            f"--etcd-servers=https://127.0.0.1:{self._ports['etcd']}",
            f"--etcd-cafile={files.authority}",
            f"--etcd-certfile={files.etcd_client.certificate}",
            f"--etcd-keyfile={files.etcd_client.key}",
            f"--tls-cert-file={files.server.certificate}",
            f"--tls-private-key-file={files.server.key}",
            f"--client-ca-file={files.authority}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={files.service_account_key}",
            f"--service-account-signing-key-file={files.service_account_key}",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--profiling=false",
        ]
        if self._audit:
            arguments += [f"--audit-policy-file={self._audit_policy()}", f"--audit-log-path={self.audit_log}"]
        return Command(tuple(arguments), self._environment, shutdown=signal.SIGTERM)

    def _controller_manager(self) -> Command:
        files = self._files
        arguments = [
            str(self._binaries.controller_manager),
            f"--kubeconfig={self._controller_manager_kubeconfig}",
            "--leader-elect=false",
            "--use-service-account-credentials=true",
            f"--service-account-private-key-file={files.service_account_key}",
            f"--root-ca-file={files.authority}",
            # It serves nothing that anybody here asks for.
            "--secure-port=0",
        ]
        return Command(tuple(arguments))

    @property
    def _controller_manager_kubeconfig(self) -> Path:
        return self.directory / "controller-manager.kubeconfig"

    def _audit_policy(self) -> Path:
        file = self.directory / "audit-policy.json"
        policy = {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "rules": [
                {"level": "None", "verbs": ["get", "list", "watch"]},
                {"level": "Metadata"},
            ],
        }
        file.write_text(json.dumps(policy))
        return file

    def _write_kubeconfig(self, file: Path, pair: KeyPair) -> None:
        self._write(file, "local", {"client-certificate": str(pair.certificate), "client-key": str(pair.key)})

    def _write(self, file: Path, user: str, credentials: dict[str, str]) -> None:
        # JSON is YAML: no writer of YAML is needed, and kubectl and all client libraries read it.
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "local",
            "clusters": [
                {"name": "local", "cluster": {"server": self.url, "certificate-authority": str(self._files.authority)}}
            ],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": user}}],
        }
        scratch = file.with_name(f"{file.name}.new")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(content, stream, indent=2)
        scratch.replace(file)
