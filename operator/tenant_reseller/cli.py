"""Command line: `tenant-reseller-operator run`, or `python -m tenant_reseller run`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys

import click
import uvloop
from pydantic import ValidationError

from . import logs
from .options import given, misspelt, settings_options, troubles
from .settings import Settings

logger = logging.getLogger(__name__)


@click.group()
@click.version_option(package_name="tenant-reseller-operator")
def main() -> None:
    """Kubernetes operator that turns a TenantReseller into a tenant of a distributor's BSS."""


@main.command(epilog="Each option may also be given as the environment variable in brackets; the option wins.")
@settings_options
def run(**options: object) -> None:
    """Run the operator until SIGTERM or SIGINT; a second one ends it at once."""
    try:
        settings = Settings(**given(options))  # type: ignore[arg-type] # checked by the model
    except ValidationError as error:
        for trouble in troubles(error):
            click.echo(trouble, err=True)
        sys.exit(2)
    logs.configure(settings.log_format, settings.log_level)
    for warning in misspelt(os.environ):
        logger.warning(warning)
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
