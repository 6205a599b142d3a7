"""What the leader does for as long as its term lasts: builds the operator from its parts, and runs it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import aiohttp
import kopf
from tenant_provisioning.client import TenantProvisioningClient

from tenant_reseller.deletion import Deletion
from tenant_reseller.health import Health
from tenant_reseller.key_file import KeyFile
from tenant_reseller.observe import Observer
from tenant_reseller.pace import Pace
from tenant_reseller.queue import ProcessQueue
from tenant_reseller.reconcile import Reconciler
from tenant_reseller.settings import Settings
from tenant_reseller.shutdown import Shutdown
from tenant_reseller.signals.probe import Probe

from . import handlers, identity
from .api import KubeApi
from .connection import Connection
from .dispatcher import Dispatcher
from .errors import KubeError, StartError, WatchEndedError
from .event_recorder import EventRecorder
from .reference_watch import ReferenceWatch, watched_path
from .references import Kind
from .teller import Teller
from .term import Term, TermConnector, clock
from .watch_activity import WatchActivity
from .worker import Services

AnswerT = TypeVar("AnswerT")

logger = logging.getLogger(__name__)
_FIRST_LOOK_SECONDS = 0.5
"""Time in which the objects that exist are seen, before the first of them gets a slot."""
_PLACES_PER_SECOND = 10.0
"""Writes of places in the queue, of all objects together."""
_SILENCE_SECONDS = 600.0
"""A watch lasts 240 s; attempts follow each other within 30 s."""
_PATIENCE_SECONDS = 30.0
"""Time for an API server to answer what is needed first."""
_LAST_WRITES_SECONDS = 5.0
"""Time for what is being written when the operator ends; less than the election allows for the end of the work."""


async def serve(
    settings: Settings,
    connection: Connection,
    health: Health,
    shutdown: Shutdown,
    term: Term | None,
    probe: Probe,
    key_file: KeyFile,
) -> None:
    """Work until cancelled; nothing is sent outside of the term. Without one there is no other replica.

    Raises `WatchEndedError` when it has to begin anew.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(connection.session(term))
        api = KubeApi(session, connection.server)
        key_file.refresh()  # a standby does not follow it
        bss = TenantProvisioningClient(
            str(settings.bss_url),
            key_file.key,
            timeout=settings.bss_timeout,
            max_calls=settings.bss_calls,
            session=await stack.enter_async_context(_bss_session(term, key_file)),
            watch=probe.call,
        )
        cluster_id = settings.cluster_id
        if cluster_id is None:
            cluster_id = await _patiently(lambda: identity.cluster_id(api))
        observer = Observer(
            bss,
            api,
            cluster_id=cluster_id,
            fingerprint_key=await _patiently(lambda: identity.fingerprint_key(api, settings.operator_namespace)),
        )
        metrics = probe.metrics
        metrics.leader.set(1)
        stack.callback(metrics.end_of_term)
        recorder = EventRecorder(
            api,
            f"{socket.gethostname()}-{os.getpid()}",
            per_second=settings.events_per_second,
            fate=lambda fate: metrics.events.labels(fate).inc(),
        )
        queue = ProcessQueue(settings.process_slots, is_open=False)
        dispatcher = Dispatcher(
            Services(
                api=api,
                reconciler=Reconciler(bss, api, observer, deadline=settings.deadline(), probe=probe),
                deletion=Deletion(bss, observer, deadline=settings.deadline()),
                queue=queue,
                times=settings.times(),
                progress_interval=settings.progress_interval,
                queue_interval=settings.queue_interval,
                first_looks=Pace(settings.first_looks),
                places=Pace(_PLACES_PER_SECOND),
                probe=probe,
                teller=Teller(recorder, metrics),
            )
        )
        namespaces: list[str | None] = [*settings.namespaces] or [None]
        activity = WatchActivity(
            map(handlers.collection, namespaces),
            _SILENCE_SECONDS,
            others=[watched_path(kind, namespace) for namespace in namespaces for kind in Kind],
        )
        health.ready_while("first look", lambda: activity.unlisted)
        health.live_while("watch", lambda: activity.silent)
        for name in ("first look", "watch"):
            stack.callback(health.forget, name)
        metrics.watch_ages = activity.ages
        following = asyncio.create_task(key_file.follow(dispatcher.retry_failed))
        stack.callback(following.cancel)
        watches = [
            asyncio.create_task(
                ReferenceWatch(api, kind, namespace, dispatcher.saw_referenced, alive=activity.heard).run()
            )
            for namespace in namespaces
            for kind in Kind
        ]
        for watch in watches:
            stack.callback(watch.cancel)
        stack.push_async_callback(recorder.finish)
        recording = asyncio.create_task(recorder.run(), name="events")
        stack.callback(recording.cancel)
        opening = asyncio.get_running_loop().call_later(_FIRST_LOOK_SECONDS, queue.open)
        stack.callback(opening.cancel)
        logger.info("Ready to serve %s", ", ".join(settings.namespaces) or "all namespaces")
        where: dict[str, Any] = {"namespaces": settings.namespaces} if settings.namespaces else {"clusterwide": True}
        others = asyncio.all_tasks()
        tasks = await kopf.spawn_tasks(
            registry=handlers.registry(dispatcher, connection, activity, metrics.census),
            settings=handlers.settings(settings.selector),
            standalone=True,
            **where,
        )
        shutdown.listen()  # Kopf has just taken the signals for itself
        try:
            # None of them ever ends by itself: an operator that has lost one of its ears must start anew.
            working = (*tasks, following, recording, *watches)
            ended, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                if not task.cancelled():
                    task.result()
            raise RuntimeError(f"ended by itself: {', '.join(sorted(task.get_name() for task in ended))}")
        except Exception as error:
            # Whatever it is: an operator that runs and watches nothing would be the worst outcome.
            raise WatchEndedError(f"{type(error).__name__}: {error}") from error
        finally:
            # In this order: Kopf cancels every task that was begun after it, a write that is under way too.
            await _finish(dispatcher, api)
            await _end_kopf(tasks, others)


async def _patiently(ask: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """The answer. An API server that has just started refuses even what it will allow when it has read the roles."""
    deadline = clock() + _PATIENCE_SECONDS
    while True:
        try:
            return await ask()
        except (KubeError, StartError) as error:
            if clock() > deadline:
                raise
            logger.warning("%s", error)
            await asyncio.sleep(1)


def _bss_session(term: Term | None, key_file: KeyFile) -> aiohttp.ClientSession:
    async def authorize(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        # The client knows the key with which it was made; this is the one that holds now.
        request.headers["Authorization"] = f"Bearer {key_file.key.get_secret_value()}"
        return await handler(request)

    return aiohttp.ClientSession(
        connector=TermConnector(term, limit=0),
        # No cookies: an answer must not be able to influence later calls.
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=(authorize,),
    )


async def _finish(dispatcher: Dispatcher, api: KubeApi) -> None:
    """End all workers, and wait for what they are writing; but a frozen API server must not hold up the end."""
    try:
        async with asyncio.timeout(_LAST_WRITES_SECONDS):
            await dispatcher.stop()
            await api.finish_writes()
    except TimeoutError:
        logger.warning("A write was still without an answer after %.0f s", _LAST_WRITES_SECONDS)


async def _end_kopf(tasks: Collection[asyncio.Task[None]], others: Collection[asyncio.Task[Any]]) -> None:
    """End Kopf's own tasks, and all that were begun since; `others` were there before."""
    ending = asyncio.create_task(kopf.run_tasks(tasks, ignored=others))
    await asyncio.sleep(0)  # a task that is cancelled before its first step does nothing at all
    ending.cancel()
    await asyncio.wait([ending])
