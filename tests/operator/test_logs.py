"""Logs: one JSON object a line with the context of the task that logs, or text for people."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tenant_provisioning.models import ProcessState, ProcessType
from tenant_reseller import logs
from tenant_reseller.resource import Process
from tenant_reseller.signals.metrics import Metrics
from tenant_reseller.signals.probe import Probe

Configure = Callable[[str], io.StringIO]


@pytest.fixture
def configure() -> Iterator[Configure]:
    """Sends logs to a text; afterwards they go where they went."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def apply(log_format: str) -> io.StringIO:
        stream = io.StringIO()
        logs.configure(log_format, "INFO", stream)
        return stream

    yield apply
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def entries(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def work(name: str) -> None:
    """What a worker does, as far as logs are concerned."""
    logs.bind_object("resellers", name, f"uid-{name}")
    process = Process(
        id=f"process-{name}",
        type=ProcessType.CREATION,
        state=ProcessState.RUNNING,
        completed=1,
        total=9,
        progress="1/9",
    )
    with Probe(Metrics()).phase("Apply edition", process):
        await asyncio.sleep(0)
        logging.getLogger("tenant_reseller.test").info("at work on %s", name)
    logging.getLogger("kopf.test").warning("from a library")


async def test_each_line_has_the_context_of_its_own_task(configure: Configure) -> None:
    stream = configure("json")
    await asyncio.gather(*(asyncio.create_task(work(name)) for name in ("northwind", "contoso")))
    logging.getLogger("aiohttp.server").error("about no object")
    told = entries(stream)
    for name in ("northwind", "contoso"):
        first, second = (entry for entry in told if entry.get("name") == name)
        assert first["message"] == f"at work on {name}"
        assert first["process"] == f"process-{name}"
        assert first["process_type"] == "Creation"
        assert first["phase"] == "Apply edition"
        assert first["level"] == "INFO"
        assert first["logger"] == "tenant_reseller.test"
        assert first["uid"] == f"uid-{name}"
        assert second["logger"] == "kopf.test"
        assert "phase" not in second
    assert told[-1].keys() == {"time", "level", "logger", "message"}


async def test_an_exception_stays_on_its_line(configure: Configure) -> None:
    stream = configure("json")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("test").exception("it failed")
    (entry,) = entries(stream)
    assert "ValueError: two\nlines" in entry["exception"]


def test_the_line_in_the_documentation_is_one_that_can_be_logged() -> None:
    text = (Path(__file__).parents[2] / "docs" / "observability.md").read_text()
    (line,) = re.findall(r"```json\n(.*)\n```", text)
    assert list(json.loads(line)) == [name for name in logs.FIELDS if name != "exception"]


def test_only_known_members_appear(configure: Configure) -> None:
    stream = configure("json")
    logging.getLogger("test").info("called", extra={"request_id": "r-1", "body": "a secret"})
    (entry,) = entries(stream)
    assert entry["request_id"] == "r-1"
    assert entry.keys() <= logs.FIELDS.keys()
    assert "a secret" not in stream.getvalue()


async def test_text_is_a_line_for_people(configure: Configure) -> None:
    stream = configure("text")
    await asyncio.create_task(work("northwind"))
    first = stream.getvalue().splitlines()[0]
    assert "INFO    tenant_reseller.test: at work on northwind  [" in first
    assert "namespace=resellers name=northwind" in first
    assert "uid" not in first
