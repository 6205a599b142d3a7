"""Answers that clients do not take: what leaves at once, and when the rest is given up."""

from __future__ import annotations

import os
import selectors
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from bss.web import departure, patient_worker
from bss.web.departure import GRACE_SECONDS, LEAST_RATE, Departure, Outgoing
from bss.web.patient_worker import PatientWorker

_LARGE = 5_000_000
"""Bytes of an answer: more than the system keeps for a client that does not read."""


@pytest.fixture
def worker() -> Iterator[PatientWorker]:
    """A worker whose loop does not run: the tests take its steps."""
    worker = PatientWorker(1, os.getppid(), [], None, 30, Config(), None)
    worker.poller = selectors.DefaultSelector()
    yield worker
    worker.poller.close()
    worker.tmp.close()


def _leave(worker: PatientWorker) -> socket.socket:
    """A client that has not taken its whole answer when the thread is done with it."""
    server, client = socket.socketpair()
    conn = TConn(worker.cfg, server, None, None)
    outgoing = Outgoing(server)
    outgoing.sendall(b"x" * _LARGE)
    assert 0 < outgoing.size < _LARGE, "what there is room for has left"
    worker.nr_conns += 1
    worker._outgoing[conn] = outgoing
    worker.finish_request(conn, Future())
    return client


def _rest(client: socket.socket) -> int:
    """Bytes until the end; fails when there is none."""
    client.settimeout(60)
    received = 0
    while data := client.recv(65536):
        received += len(data)
    return received


def test_the_time_for_an_answer_grows_with_its_size() -> None:
    server, client = socket.socketpair()
    with server, client:
        outgoing = Outgoing(server)
        outgoing.sendall(b"x" * _LARGE)
        begun = Departure.begin(TConn(Config(), server, None, None), outgoing, Future())
        seconds = begun.deadline - time.monotonic()
        assert seconds == pytest.approx(GRACE_SECONDS + outgoing.size / LEAST_RATE, abs=10)


def test_an_answer_in_time_stays_and_an_overdue_one_is_given_up(
    worker: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _leave(worker) as in_time:
        monkeypatch.setattr(departure, "GRACE_SECONDS", 0.0)
        monkeypatch.setattr(departure, "LEAST_RATE", float("inf"))
        with _leave(worker) as overdue:
            worker.murder_pending()
            assert worker.nr_conns == 1
            assert 0 < _rest(overdue) < _LARGE
        in_time.settimeout(60)
        assert in_time.recv(1) == b"x"
        for one in list(worker._departures.values()):
            worker._give_up(one)
        assert worker.nr_conns == 0


def test_above_the_limit_the_one_that_waits_longest_is_given_up(
    worker: PatientWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_worker, "WAITING_BYTES", _LARGE)
    clients = [_leave(worker) for _ in range(3)]
    assert worker.nr_conns == 1
    for client in clients[:2]:
        assert 0 < _rest(client) < _LARGE
    for one in list(worker._departures.values()):
        worker._give_up(one)
    for client in clients:
        client.close()


def test_a_client_that_goes_is_forgotten(worker: PatientWorker) -> None:
    _leave(worker).close()
    ((key, _),) = worker.poller.select(60)
    key.data(key.fileobj)
    assert worker.nr_conns == 0
    assert not worker._departures
