"""The reference pages about metrics, events and logs, made from the code; `tenant_reseller.reference` writes them."""

from __future__ import annotations

from tenant_reseller.logs import FIELDS

from .events import EVENTS, EventReason
from .metrics import Metrics


def metrics() -> str:
    """The page about metrics."""
    lines = [
        "# Metrics of the operator",
        "",
        "Served at `/metrics` on the port of the probes. Visits and queue have the names that controller-runtime has;",
        "there is one controller and one queue, `tenantreseller`. Labels have values from the code only, never the",
        "name of an object, account or tenant. A replica that does not lead tells `tenant_reseller_leader 0` and",
        "nothing of the resellers. [Observability](../observability.md) has examples.",
        "",
        "| Metric | Type | Labels | Meaning |",
        "|---|---|---|---|",
    ]
    for one in Metrics().declared:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        lines.append(f"| `{one.name}` | {one.kind} | {labels} | {one.meaning} |")
    lines += ["", "Beside these: `process_*`, `python_info` and `python_gc_*` of the Python client."]
    return "\n".join(lines) + "\n"


def events() -> str:
    """The page about events and logs."""
    lines = [
        "# Events and logs of the operator",
        "",
        "## Events",
        "",
        "Events of `events.k8s.io/v1` about a TenantReseller, in its namespace, by `tenantreseller.io/operator`;",
        "`action` is the type of the process.",
        "",
        "| Reason | Meaning |",
        "|---|---|",
        *(f"| `{reason}` | {EVENTS[reason]} |" for reason in EventReason),
        "| a [reason of trouble](conditions.md#reasons-of-trouble) | Warning: the work is stopped by it, or waits for "
        "it to pass. Told when it begins, not while it lasts. |",
        "",
        "## Members of a line of the log",
        "",
        "With `TENANT_RESELLER_LOG_FORMAT=json`. Those after `exception` are there when they apply.",
        "",
        "| Member | Meaning |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in FIELDS.items()),
    ]
    return "\n".join(lines) + "\n"
