"""Writes the reference pages from the models and tables: `python -m tenant_reseller.reference [--check]`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from . import crd
from .conditions import CONDITIONS, PHASE_CONDITIONS, REASONS, ConditionType, Cure, Reason
from .options import default, flag, variable
from .resource import ABANDON, API_VERSION, FINALIZER, KIND, RECONCILE_AT, RECREATE
from .settings import Settings
from .signals import pages

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
Schema = dict[str, object]

_MADE = "<!-- Made by `python -m tenant_reseller.reference` from operator/tenant_reseller. Do not edit. -->\n"
_CURES = {
    Cure.NONE: "no trouble",
    Cure.TIME: "passes by itself: again after 1 s, doubling to 5 min with full jitter, or when the BSS says",
    Cure.ELSEWHERE: "somebody in the BSS or the cluster: again after 30 s, doubling to 10 min; a Secret at once",
    Cure.CHANGE: "a change of this object or its Secret; else only at the next drift check",
}
_EXAMPLE = (
    "PrerequisitesMet: Succeeded: Account, price list, locale and Secret were in order when they were last needed.",
    "OrganizationCreated: Succeeded: The organization exists with Client ID ...",
    "...",
    "Ready: Provisioned: The tenant is provisioned.",
    "BackOrderingActive: BackOrderingInactive: Back ordering is off; to activate it, set spec.backOrdering to true.",
    "Operational: BackOrderingInactive: Back ordering is off; to activate it, set spec.backOrdering to true.",
)
_MARKS = {
    RECONCILE_AT: "Any new text reconciles now; echoed in `status.lastHandledReconcileAt`.",
    RECREATE: "The Client ID of an organization that vanished from the BSS: a new one is made in its place.",
    ABANDON: '`"true"` lets a deleted object go without asking the BSS, which keeps the tenant as it is.',
    FINALIZER: "Put on before anything is done in the BSS, taken off when the BSS has confirmed the end.",
}


def conditions() -> str:
    """The page about conditions and reasons."""
    lines = [
        _MADE,
        f"# Conditions of a {KIND}",
        "",
        "Each condition carries `observedGeneration`: what it says is about that generation of the spec. While nothing",
        "is known it is `Unknown`. `Reconciling` and `Stalled` follow [kstatus](https://github.com/kubernetes-sigs/cli-utils):",
        "they are present only when true. `reason` is API: alerts may rely on it.",
        "",
        "```console",
        "$ kubectl wait --for=condition=Ready tenantreseller/northwind --timeout=10m",
        "tenantreseller.tenantreseller.io/northwind condition met",
        "$ kubectl get tenantreseller northwind \\",
        "    -o jsonpath='{range .status.conditions[*]}{.type}: {.reason}: {.message}{\"\\n\"}{end}'",
        *_EXAMPLE,
        "```",
        "",
        "| # | Condition | True when |",
        "|---|---|---|",
    ]
    for kind in ConditionType:
        number = str(PHASE_CONDITIONS.index(kind) + 1) if kind in PHASE_CONDITIONS else ""
        lines.append(f"| {number} | `{kind}` | {CONDITIONS[kind]} |")
    lines += ["", "## Reasons that are no trouble", "", "| Reason | Meaning |", "|---|---|"]
    lines += [f"| `{reason}` | {REASONS[reason].meaning} |" for reason in Reason if REASONS[reason].cure is Cure.NONE]
    lines += ["", "## Reasons of trouble", ""]
    lines += [f"* *{cure}*: {text}." for cure, text in _CURES.items() if cure is not Cure.NONE]
    lines += ["", "| Reason | Meaning | What to do | Cured by | Stalled |", "|---|---|---|---|---|"]
    for reason in Reason:
        explained = REASONS[reason]
        if explained.cure is not Cure.NONE:
            stalled = "yes" if explained.stalled else ""
            lines.append(f"| `{reason}` | {explained.meaning} | {explained.remedy} | {explained.cure} | {stalled} |")
    return "\n".join(lines) + "\n"


def resource() -> str:
    """The page about the resource's fields."""
    version = cast(list[Schema], cast(Schema, crd.definition()["spec"])["versions"])[0]
    root = cast(Schema, cast(Schema, version["schema"])["openAPIV3Schema"])
    properties = cast(dict[str, Schema], root["properties"])
    lines = [
        _MADE,
        f"# {KIND}",
        "",
        f"`apiVersion: {API_VERSION}`, `kind: {KIND}`, namespaced; short name `tr`, category `bss`.",
        f"{root['description']}",
        "No field has a default, so `kubectl diff` after a reconcile is empty. The conditions and their reasons have",
        "[a page of their own](conditions.md).",
        "",
        "## spec",
        "",
        "| Field | Type | Required | Meaning |",
        "|---|---|---|---|",
    ]
    lines += _rows(properties["spec"])
    lines += ["", "### Rules", "", "Refused at `kubectl apply`, beside types, lengths and patterns:", ""]
    lines += [f"* {message}" for message in _rules(root)]
    lines += ["", "## status", "", "| Field | Type | Meaning |", "|---|---|---|"]
    lines += [_without_required(row) for row in _rows(properties["status"])]
    lines += [
        "",
        "## Annotations and finalizer",
        "",
        "| Name | Meaning |",
        "|---|---|",
        *(f"| `{name}` | {meaning} |" for name, meaning in _MARKS.items()),
        "",
        "## What belongs to whom",
        "",
        "Fields of the spec are corrected when somebody changes them in the BSS. What the tenant's administrator does",
        "is never touched: a changed password, further users, texts, sell prices. A generated Secret is owned by the",
        "object and goes with it: the tenant, marked as deleted or purged, takes no logins any more.",
    ]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """The page about the operator's settings."""
    lines = [
        _MADE,
        "# Settings of the operator",
        "",
        "Environment variables or flags of `tenant-reseller-operator run`; a flag wins. All are checked at the start.",
        "",
        "| Variable | Flag | Default | Meaning |",
        "|---|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        standard = "required" if field.is_required() else default(field) and f"`{default(field)}`"
        lines.append(f"| `{variable(name)}` | `{flag(name)}` | {standard} | {field.description} |")
    return "\n".join(lines) + "\n"


PAGES = {"conditions.md": conditions, "tenantreseller.md": resource, "operator-settings.md": settings}
PAGES |= {"metrics.md": lambda: _MADE + pages.metrics(), "events.md": lambda: _MADE + pages.events()}


def _rows(schema: Schema, path: str = "") -> Iterator[str]:
    required = cast(list[str], schema.get("required", []))
    for name, child in cast(dict[str, Schema], schema.get("properties", {})).items():
        place = f"{path}.{name}" if path else name
        needed = "yes" if name in required else ""
        meaning = str(child.get("description", "")).replace("<name>-admin", "`<name>-admin`")
        yield f"| `{place}` | {_type(child)} | {needed} | {meaning} |"
        if name != "conditions":  # they have a page of their own
            yield from _rows(cast(Schema, child.get("items", child)), f"{place}[]" if "items" in child else place)


def _type(schema: Schema) -> str:
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in cast(list[str], schema["enum"]))
    kind = str(schema["type"])
    if "format" in schema:
        kind = f"{kind} ({schema['format']})"
    if "pattern" in schema:
        pattern = str(schema["pattern"]).replace("|", "\\|")
        kind = f"{kind} `{pattern}`"
    if "maxLength" in schema:
        kind = f"{kind}, at most {schema['maxLength']} characters"
    return kind


def _without_required(row: str) -> str:
    field, kind, _, meaning = row.removeprefix("| ").removesuffix(" |").rsplit(" | ", 3)
    return f"| {field} | {kind} | {meaning} |"


def _rules(schema: Schema) -> Iterator[str]:
    for rule in cast(list[dict[str, str]], schema.get("x-kubernetes-validations", [])):
        yield rule["message"]
    for child in cast(dict[str, Schema], schema.get("properties", {})).values():
        yield from _rules(child)


def main() -> int:
    """Write the pages, or with --check tell whether they are current."""
    stale = []
    for name, make in PAGES.items():
        file, text = FOLDER / name, make()
        if "--check" not in sys.argv[1:]:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            stale.append(name)
    for name in stale:
        print(f"docs/reference/{name} is out of date: run python -m tenant_reseller.reference", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
