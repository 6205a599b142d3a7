# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m bss COMMAND`: the commands of the BSS."""

from __future__ import annotations

import logging
import os
import sys
import time
from datetime import date, datetime
from pathlib import Path

import click
from pydantic import ValidationError

from bss.settings import configure

_WORKER_PROCESSES = 2
_CRON_SECONDS = 3600
_LEAST_KEY_LENGTH = 32  # a key is stored as a fast hash, so it must be too random to be guessed


@click.group()
@click.option("-v", "--verbose", is_flag=True, help="Say what Tryton does.")
def main(verbose: bool) -> None:
    """The distributor's business support system."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # Our own lines are worth reading also when Tryton's are not.
    logging.getLogger("bss").setLevel(logging.INFO)
    try:
        configure()
    except ValidationError as error:
        lines = [f"TENANT_BSS_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
        raise click.ClickException("\n".join(["the settings are not usable", *lines])) from None


@main.command()
@click.option("--demo", is_flag=True, help="Load the demo distributor with its accounts, products and price lists.")
def init(demo: bool) -> None:
    """Prepare the template of tenants and the root database. Safe to repeat."""
    from bss.preparation import prepare

    started = time.monotonic()
    prepare(lambda text: click.echo(f"{time.monotonic() - started:6.1f} s  {text}"), with_demo=demo)


@main.command()
def web() -> None:
    """Serve web client, Tenant Provisioning API and Storefronts with gunicorn."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    # In place of this process, so that signals and the exit status are gunicorn's.
    os.execv(gunicorn, [str(gunicorn), "-c", "python:bss.web.gunicorn", "bss.web.application:application"])  # noqa: S606


@main.command()
@click.option("--processes", type=click.IntRange(1, 32), default=_WORKER_PROCESSES, show_default=True)
def worker(processes: int) -> None:
    """Run the queue's worker, which copies products into tenants."""
    from bss import queue_worker

    queue_worker.run(processes=processes, verbose=logging.getLogger().isEnabledFor(logging.INFO))


@main.command()
@click.option("--once", is_flag=True, help="Make one round and end; status 1 when a database could not be visited.")
@click.option(
    "--every", type=click.FloatRange(1), default=_CRON_SECONDS, show_default=True, help="Seconds between two rounds."
)
def cron(once: bool, every: float) -> None:
    """Run what is due in the distributor's and all tenants' databases: billing of subscriptions, clearing up."""
    from bss import cron as scheduler

    if not once:
        scheduler.run(every=every)
    elif failed := scheduler.run_once():
        raise click.ClickException(f"{failed} databases could not be visited")


@main.command("api-key")
@click.argument("name")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take the key from this file instead of making one, and print nothing. Safe to repeat.",
)
def api_key(name: str, file: Path | None) -> None:
    """Print a new key of the API client NAME, which replaces its old one."""
    from bss.provisioning.api_clients import renew_key, set_key

    if file is None:
        click.echo(renew_key(name))
        return
    key = file.read_text(encoding="utf-8").strip()
    if len(key) < _LEAST_KEY_LENGTH:
        raise click.ClickException(f"the key in {file} has fewer than {_LEAST_KEY_LENGTH} characters")
    set_key(name, key)


@main.command()
@click.argument("organization")
@click.confirmation_option(prompt="All data of this tenant will be gone. Go on?")
def purge(organization: str) -> None:
    """Remove a tenant that is marked as deleted, with all its data: its account is free again.

    ORGANIZATION is its Client ID or its key.
    """
    from bss.provisioning import organizations

    try:
        client_id = organizations.purge(organization)
    except (LookupError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{client_id} is purged")


@main.command()
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Until when; without it, today.")
def bill(day: datetime | None) -> None:
    """Invoice to the resellers what their customers owe. Safe to repeat: nothing is invoiced twice."""
    from bss import billing

    made = billing.bill(day.date() if day else date.today())
    click.echo(f"{made.distributor}: {made.invoices} invoices of {made.date}")


@main.command()
@click.option("--seconds", type=click.FloatRange(0), default=600, show_default=True, help="How long to wait at most.")
@click.option(
    "--server-only", is_flag=True, help="Wait until the database server answers; what it holds does not matter."
)
def wait(seconds: float, server_only: bool) -> None:
    """Return when `init` has prepared everything for this version of the BSS, wherever it runs."""
    from bss import waiting

    try:
        waiting.wait(click.echo, seconds=seconds, server_only=server_only)
    except waiting.NotReadyError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
