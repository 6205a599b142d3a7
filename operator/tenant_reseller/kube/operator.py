"""Runs the operator until it is told to stop: as the only one, or as one of several replicas."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack

from tenant_reseller.health import Health
from tenant_reseller.http_server import HttpServer, Page
from tenant_reseller.key_file import KeyFile
from tenant_reseller.options import variable
from tenant_reseller.settings import Settings
from tenant_reseller.shutdown import Shutdown
from tenant_reseller.signals.metrics import CONTENT_TYPE, Metrics
from tenant_reseller.signals.probe import Probe
from tenant_reseller.signals.tracing import tracing

from .api import KubeApi
from .connection import Connection
from .election import Candidate, Lease
from .errors import ForbiddenError, KubeError, StartError, WatchEndedError
from .leader import serve
from .term import Term

logger = logging.getLogger(__name__)
_METRICS_SECONDS = 1.0
"""Age that the page of metrics may have: to make it costs time that the work needs, however often it is asked for."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 8.0
"""Seconds before a watch that has ended begins anew; they double while it ends again within half of the longest."""


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises `StartError` when something that it needs is missing."""
    shutdown = Shutdown()
    running = asyncio.create_task(_run(settings, shutdown))
    shutdown.stops(running)
    try:
        await running
    except asyncio.CancelledError:
        if not shutdown.requested:
            raise
        logger.info("Stopped")


async def _run(settings: Settings, shutdown: Shutdown) -> None:
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        metrics.most_at_once.set(settings.process_slots)
        traces = tracing()
        stack.callback(traces.close)
        probe = Probe(metrics, traces)
        key_file = KeyFile(settings.bss_api_key_file)
        health = Health()
        health.ready_while("start", lambda: "not connected to the cluster yet")
        server = HttpServer(settings.health_host, settings.health_port)
        health.serve(server)
        server.add("/metrics", lambda: Page(metrics.text(), content_type=CONTENT_TYPE), seconds=_METRICS_SECONDS)
        await stack.enter_async_context(server)
        connection = await Connection.load()
        async with connection.session() as session:
            await _check_cluster(KubeApi(session, connection.server), settings)
        health.forget("start")
        if not settings.leader_election:
            await _serve(settings, connection, health, shutdown, None, probe, key_file)
            return
        candidate = Candidate(await stack.enter_async_context(connection.api_client()), _lease(settings))
        health.ready_while("lease", lambda: candidate.trouble)

        async def work(term: Term) -> None:
            await _serve(settings, connection, health, shutdown, term, probe, key_file)

        while True:
            await candidate.lead(work)


async def _check_cluster(api: KubeApi, settings: Settings) -> None:
    if not await api.serves_resource():
        raise StartError(
            "The cluster knows no TenantResellers: install the CustomResourceDefinition (kubectl apply -f crds/)."
        )
    if settings.selector:
        try:
            await api.check_selector(settings.namespaces[0] if settings.namespaces else None, settings.selector)
        except ForbiddenError:
            # An API server that has just started refuses everybody until it has read the roles.
            logger.warning("The selector could not be checked, as TenantResellers may not be listed now")
        except KubeError as error:
            if error.status == 400:
                raise StartError(f"{variable('selector')}: the API server refuses it: {error}") from error
            raise


async def _serve(
    settings: Settings,
    connection: Connection,
    health: Health,
    shutdown: Shutdown,
    term: Term | None,
    probe: Probe,
    key_file: KeyFile,
) -> None:
    """Serve until cancelled.

    Kopf ends at an error that it does not know in the stream of a watch, and after a minute of refusals: then all is
    read again, as after a restart of the process, which would lose the Lease and wait ever longer for its next start.
    """
    pause = _FIRST_PAUSE
    try:
        while True:
            begun = time.monotonic()
            try:
                await serve(settings, connection, health, shutdown, term, probe, key_file)
                return
            except WatchEndedError as error:
                if time.monotonic() - begun > _LONGEST_PAUSE / 2:
                    pause = _FIRST_PAUSE
                trouble = str(error)
            except KubeError as error:
                if pause == _FIRST_PAUSE:
                    raise  # at the start: somebody has to know
                trouble = str(error)
            logger.warning("The watch begins anew in %.0f s: %s", pause, trouble)
            health.ready_while("first look", lambda: "the watch begins anew")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    finally:
        # The Lease may be lost during the pause: a standby has no first look to wait for.
        health.forget("first look")


def _lease(settings: Settings) -> Lease:
    return Lease(
        namespace=settings.operator_namespace,
        name=settings.lease_name,
        duration=settings.lease_duration,
        renew_deadline=settings.lease_renew_deadline,
        retry_period=settings.lease_retry_period,
    )
