"""Runs the operator until it is told to stop: as the only one, or as one of several replicas."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

from tenant_reseller.health import Health
from tenant_reseller.http_server import HttpServer, Page
from tenant_reseller.options import variable
from tenant_reseller.settings import Settings
from tenant_reseller.shutdown import Shutdown
from tenant_reseller.signals.metrics import CONTENT_TYPE, Metrics
from tenant_reseller.signals.probe import Probe
from tenant_reseller.signals.tracing import tracing

from .api import KubeApi
from .connection import Connection
from .election import Candidate, Lease
from .errors import ForbiddenError, KubeError, StartError
from .leader import serve
from .term import Term

logger = logging.getLogger(__name__)


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
        health = Health()
        health.ready_while("start", lambda: "not connected to the cluster yet")
        server = HttpServer(settings.health_host, settings.health_port)
        health.serve(server)
        server.add("/metrics", lambda: Page(metrics.text(), content_type=CONTENT_TYPE))
        await stack.enter_async_context(server)
        connection = await Connection.load()
        async with connection.session() as session:
            await _check_cluster(KubeApi(session, connection.server), settings)
        health.forget("start")
        if not settings.leader_election:
            await serve(settings, connection, health, shutdown, None, probe)
            return
        candidate = Candidate(await stack.enter_async_context(connection.api_client()), _lease(settings))
        health.ready_while("lease", lambda: candidate.trouble)

        async def work(term: Term) -> None:
            await serve(settings, connection, health, shutdown, term, probe)

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


def _lease(settings: Settings) -> Lease:
    return Lease(
        namespace=settings.operator_namespace,
        name=settings.lease_name,
        duration=settings.lease_duration,
        renew_deadline=settings.lease_renew_deadline,
        retry_period=settings.lease_retry_period,
    )
