"""Builds the operator from its parts and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Any

import kopf
from tenant_provisioning.client import TenantProvisioningClient

from tenant_reseller.deletion import Deletion
from tenant_reseller.health import Health
from tenant_reseller.http_server import HttpServer
from tenant_reseller.observe import Observer
from tenant_reseller.pace import Pace
from tenant_reseller.queue import ProcessQueue
from tenant_reseller.reconcile import Reconciler
from tenant_reseller.settings import Settings

from . import handlers, identity
from .api import KubeApi
from .connection import Connection
from .dispatcher import Dispatcher
from .errors import StartError
from .secret_watch import SecretWatch
from .worker import Services

logger = logging.getLogger(__name__)
_FIRST_LOOK_SECONDS = 0.5
"""Time in which the objects that exist are seen, before the first of them gets a slot."""
_PLACES_PER_SECOND = 10.0
"""Writes of places in the queue, of all objects together."""


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises `StartError` when something that it needs is missing."""
    async with AsyncExitStack() as stack:
        watching = asyncio.Event()
        health = Health()
        health.ready_while("watch", lambda: None if watching.is_set() else "starting")
        server = HttpServer(settings.health_host, settings.health_port)
        health.serve(server)
        await stack.enter_async_context(server)
        connection = await Connection.load()
        session = await stack.enter_async_context(connection.session())
        api = KubeApi(session, connection.server)
        if not await api.serves_resource():
            raise StartError(
                "The cluster knows no TenantResellers: install the CustomResourceDefinition (kubectl apply -f crds/)."
            )
        bss = await stack.enter_async_context(
            TenantProvisioningClient(
                str(settings.bss_url),
                settings.api_key(),
                timeout=settings.bss_timeout,
                max_calls=settings.bss_calls,
            )
        )
        observer = Observer(
            bss,
            api,
            cluster_id=settings.cluster_id or await identity.cluster_id(api),
            fingerprint_key=await identity.fingerprint_key(api, settings.operator_namespace),
        )
        queue = ProcessQueue(settings.process_slots, is_open=False)
        services = Services(
            api=api,
            reconciler=Reconciler(bss, api, observer, deadline=settings.deadline()),
            deletion=Deletion(bss, observer, deadline=settings.deadline()),
            queue=queue,
            times=settings.times(),
            progress_interval=settings.progress_interval,
            queue_interval=settings.queue_interval,
            first_looks=Pace(settings.first_looks),
            places=Pace(_PLACES_PER_SECOND),
        )
        dispatcher = Dispatcher(services)
        namespaces: list[str | None] = [*settings.namespaces] or [None]
        for namespace in namespaces:
            watch = asyncio.create_task(SecretWatch(api, namespace, dispatcher.saw_secret).run())
            stack.callback(watch.cancel)
        asyncio.get_running_loop().call_later(_FIRST_LOOK_SECONDS, queue.open)
        logger.info("Ready to serve %s", ", ".join(settings.namespaces) or "all namespaces")
        where: dict[str, Any] = {"namespaces": settings.namespaces} if settings.namespaces else {"clusterwide": True}
        await kopf.operator(
            registry=handlers.registry(dispatcher, connection),
            settings=handlers.settings(),
            standalone=True,
            ready_flag=watching,
            **where,
        )
