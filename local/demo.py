"""The demo: apply resellers, show each one's progress until it is Ready, and say how to log in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text
from tenant_reseller.conditions import PHASE_CONDITIONS

from local.errors import LocalError
from local.kubectl import Kubectl
from local.resellers import Name
from local.sources import REPOSITORY
from local.stack import Stack

_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 600.0
_PHASES = len(PHASE_CONDITIONS)


@dataclass(frozen=True)
class Tenant:
    """A TenantReseller as the demo looks at it."""

    name: Name
    user_name: str
    secret: str
    secret_key: str
    client_id: str
    login_url: str
    storefront_url: str
    completed: int
    message: str
    ready: bool
    stalled: bool

    @classmethod
    def of(cls, item: Any) -> Tenant:
        """Read it from the API's answer."""
        spec, status, metadata = item["spec"], item.get("status", {}), item["metadata"]
        conditions = {condition["type"]: condition for condition in status.get("conditions", [])}
        current = status.get("observedGeneration") == metadata["generation"]
        phases = [condition for name, condition in conditions.items() if name in PHASE_CONDITIONS]
        reference = spec["administrator"].get("passwordSecretRef", {"name": f"{metadata['name']}-admin"})
        return cls(
            name=Name(metadata["namespace"], metadata["name"]),
            user_name=spec["administrator"]["userName"],
            secret=reference["name"],
            secret_key=reference.get("key", "password"),
            client_id=status.get("clientID", ""),
            login_url=status.get("loginURL", ""),
            storefront_url=status.get("storefrontURL", ""),
            completed=sum(condition["status"] == "True" for condition in phases),
            message=conditions.get("Ready", {}).get("message", "waiting for the operator"),
            ready=current and conditions.get("Ready", {}).get("status") == "True",
            stalled=current and conditions.get("Stalled", {}).get("status") == "True",
        )


def await_ready(kubectl: Kubectl, names: Sequence[Name], console: Console) -> list[Tenant]:
    """Show the progress of each reseller until all are Ready.

    Raises LocalError with the conditions' messages when one needs a person, or when nothing moves for ten minutes.
    """
    if not console.is_terminal:
        return _await(kubectl, names, lambda tenant: console.print(_line(tenant), markup=False))
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=27),
        MofNCompleteColumn(),
        TextColumn("{task.fields[message]}", style="dim"),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        width = max(len(name.name) for name in names)
        tasks = {name: progress.add_task(f"{name.name:<{width}}", total=_PHASES, message="") for name in names}

        def show(tenant: Tenant) -> None:
            progress.update(tasks[tenant.name], completed=tenant.completed, message=tenant.message)

        return _await(kubectl, names, show)


def summary(stack: Stack, tenants: Sequence[Tenant], console: Console) -> None:
    """Print how to log in to the first tenant, the others in a table, and what to do next."""
    first, *others = tenants
    kubeconfig = (
        stack.kubeconfig.relative_to(REPOSITORY) if stack.kubeconfig.is_relative_to(REPOSITORY) else stack.kubeconfig
    )
    administrator, password = stack.bss.administrator
    _box(
        console,
        f"{first.name.name} is ready",
        {
            "BSS": first.login_url,
            "Client ID": first.client_id,
            "User name": first.user_name,
            "Password": _password_command(first),
            "Storefront": first.storefront_url,
            "": "",
            "Distributor": f"Client ID {stack.bss.root}, user name {administrator}, password {password}",
        },
    )
    for tenant in others:
        console.print(
            f"{tenant.name.name}: Client ID {tenant.client_id}, user name {tenant.user_name}, "
            f"Secret {tenant.secret}, {tenant.storefront_url}",
            markup=False,
        )
    where = f"tenantreseller {first.name.name}{_in_namespace(first)}"
    for line in (
        "Next:",
        f"  export KUBECONFIG={kubeconfig}",
        "  kubectl get tenantresellers -A",
        f"  kubectl describe {where}",
        f"  kubectl edit {where}      # change the price list, and watch it follow",
        "  make down      # stops everything; make reset removes the data too",
    ):
        console.print(line, markup=False)


def _await(kubectl: Kubectl, names: Sequence[Name], show: Callable[[Tenant], None]) -> list[Tenant]:
    shown: dict[Name, Tenant] = {}
    moved = time.monotonic()
    pause = threading.Event()
    while True:
        tenants = _read(kubectl, names)
        for tenant in tenants:
            if shown.get(tenant.name) != tenant:
                shown[tenant.name] = tenant
                moved = time.monotonic()
                show(tenant)
        if all(tenant.ready for tenant in tenants):
            return tenants
        stalled = [tenant for tenant in tenants if tenant.stalled]
        if stalled and all(tenant.ready or tenant.stalled for tenant in tenants):
            raise LocalError(_failures("Somebody has to do something", stalled), _look(stalled[0]))
        if time.monotonic() - moved > _PATIENCE_SECONDS:
            waiting = [tenant for tenant in tenants if not tenant.ready]
            raise LocalError(_failures("Nothing moved for ten minutes", waiting), _look(waiting[0]))
        pause.wait(_POLL_SECONDS)


def _read(kubectl: Kubectl, names: Iterable[Name]) -> list[Tenant]:
    items = {_key(item): Tenant.of(item) for item in kubectl.get("tenantresellers", "-A")["items"]}
    try:
        return [items[name] for name in names]
    except KeyError as error:
        raise LocalError(f"The TenantReseller {error.args[0].name} was deleted meanwhile.") from None


def _key(item: Any) -> Name:
    return Name(item["metadata"]["namespace"], item["metadata"]["name"])


def _line(tenant: Tenant) -> str:
    return f"{tenant.name.name}: {tenant.completed}/{_PHASES} {tenant.message}"


def _failures(title: str, tenants: Iterable[Tenant]) -> str:
    return "\n".join([f"{title}:", *(f"  {tenant.name.name}: {tenant.message}" for tenant in tenants)])


def _look(tenant: Tenant) -> str:
    return f"See: kubectl describe tenantreseller {tenant.name.name}{_in_namespace(tenant)}"


def _password_command(tenant: Tenant) -> str:
    path = "{.data." + tenant.secret_key.replace(".", "\\.") + "}"
    return f"kubectl get secret {tenant.secret}{_in_namespace(tenant)} -o jsonpath='{path}' | base64 -d"


def _in_namespace(tenant: Tenant) -> str:
    return "" if tenant.name.namespace == "default" else f" -n {tenant.name.namespace}"


def _box(console: Console, title: str, rows: Mapping[str, str]) -> None:
    """A frame round the rows; on a narrow terminal only rules, as a command that wraps in a frame cannot be copied."""
    lines = [f"{name:<13}{value}".rstrip() for name, value in rows.items()]
    width = max(len(line) for line in lines) + 6
    if not console.is_terminal or console.width >= width:
        frame = Panel(Text("\n".join(lines)), title=title, title_align="left", padding=(1, 2), width=width)
        console.print(frame, width=width, soft_wrap=False)
    else:
        console.rule(title, align="left")
        console.print("\n".join(lines), markup=False)
        console.rule()
