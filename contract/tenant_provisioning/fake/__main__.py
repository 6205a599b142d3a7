"""`python -m tenant_provisioning.fake`: the fake BSS as a process of its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import randbits

from .bss import FakeBss
from .faults import Fault, FaultKind, Faults
from .server import FakeServer

KEYS_VARIABLE = "FAKE_BSS_API_KEYS"


def main() -> None:
    """Run the fake BSS."""
    parser = argparse.ArgumentParser(prog="python -m tenant_provisioning.fake", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the address is printed")
    parser.add_argument("--copy-seconds", type=float, default=0.0, help="duration of a copying of products")
    parser.add_argument("--log-calls", action="store_true", help="log each call with its Request-Id")
    parser.add_argument("--load-accounts", action="store_true", help="accounts L-<number> exist for every number")
    parser.add_argument(
        "--api-key-file",
        action="append",
        default=[],
        metavar="CLIENT=FILE",
        help=f"API key of an API client; may be repeated. Also {KEYS_VARIABLE}=client=key,client=key",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="KIND[:ROUTE]=PROBABILITY",
        help=f"calls go wrong from the start on, such as ServerError=0.2 or Reset:put_edition=1; may be repeated. "
        f"Kinds: {', '.join(FaultKind)}. PUT /_faults changes them while it runs, with more members",
    )
    parser.add_argument("--seed", type=int, help="makes the faults repeatable; without it one is chosen and printed")
    options = parser.parse_args()
    seed: int = randbits(32) if options.seed is None else options.seed
    if options.fault:
        sys.stderr.write(f"faults are on, --seed {seed}\n")
    keys: dict[str, str] = {}
    for pair in filter(None, os.environ.get(KEYS_VARIABLE, "").split(",")):
        client, _, key = pair.partition("=")
        keys[key] = client
    for pair in options.api_key_file:
        client, _, file = pair.partition("=")
        keys[Path(file).read_text().strip()] = client
    if not keys or "" in keys or "" in keys.values():
        parser.error(f"name at least one API client and its key, with --api-key-file or {KEYS_VARIABLE}")
    logging.basicConfig(
        level=logging.INFO if options.log_calls else logging.WARNING, format="%(asctime)s %(levelname)s %(message)s"
    )
    bss = FakeBss(copy_seconds=options.copy_seconds, load_accounts=options.load_accounts)
    faults = Faults(options.fault, seed=seed)
    server = FakeServer(bss, keys=keys, faults=faults, host=options.host, port=options.port)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(server))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop where it is installed: in a benchmark the fake shares the cores with what is measured."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = importlib.import_module("uvloop").new_event_loop
    return factory


def _fault(text: str) -> Fault:
    """A switch of the command line. A `ValueError` is told by argparse."""
    where, _, probability = text.partition("=")
    kind, _, route = where.partition(":")
    return Fault(kind=FaultKind(kind), route=route or None, probability=float(probability or 1.0), seconds=1.0)


async def _serve(server: FakeServer) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with server:
        sys.stdout.write(f"fake BSS on {server.url}\n")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
