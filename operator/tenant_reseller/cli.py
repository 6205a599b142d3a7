"""Command line: `tenant-reseller-operator run`, or `python -m tenant_reseller run`."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys

import click
import uvloop
from pydantic import ValidationError

from . import logs
from .settings import Settings


def _settings_help() -> str:
    lines = []
    for name, field in Settings.model_fields.items():
        default = "required" if field.is_required() else f"default {field.default!r}"
        lines.append(f"  TENANT_RESELLER_{name.upper()}  ({default})\n      {field.description}")
    return "Settings are environment variables:\n\n\b\n" + "\n".join(lines)


@click.group(epilog=_settings_help())
@click.version_option(package_name="tenant-reseller-operator")
def main() -> None:
    """Kubernetes operator that turns a TenantReseller into a tenant of a distributor's BSS."""


@main.command()
def run() -> None:
    """Run the operator until SIGTERM or SIGINT."""
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            place = "_".join(str(part) for part in problem["loc"]).upper()
            click.echo(f"TENANT_RESELLER_{place}: {problem['msg']}", err=True)
        sys.exit(2)
    logs.configure(settings.log_format, settings.log_level)
    # Here, not at the top: --help must not take the seconds that loading the client libraries takes.
    from .kube.errors import KubeError, StartError
    from .kube.operator import run as run_operator

    try:
        # What was loaded stays; the rest is young. With Python's own thresholds much CPU time goes into looking for
        # garbage among thousands of objects that are all in use.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 20)
        # Half of the operator's work is in the event loop and its transports; uvloop's are written in C.
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_operator(settings))
    except (StartError, KubeError, ValueError, OSError) as error:
        logging.getLogger(__name__).critical("The operator cannot start: %s", error)
        sys.exit(1)
