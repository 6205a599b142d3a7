"""Logs of the operator: one JSON object a line for collectors, or text for people.

Everything that is logged with the standard library goes this way, also what Kopf and aiohttp log. What the work is
about (object, process, phase) is bound to the task that does it, and stands in each line that is logged meanwhile.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

import structlog
from structlog.contextvars import bind_contextvars, merge_contextvars
from structlog.typing import EventDict, WrappedLogger

FIELDS = {
    "time": "when it was logged, UTC",
    "level": "DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "logger": "module that logged it",
    "message": "for people",
    "exception": "traceback",
    "namespace": "namespace of the object",
    "name": "name of the object",
    "uid": "uid of the object",
    "process": "id of the process, as in `status.process.id` and in the BSS",
    "process_type": "its type",
    "phase": "what is being done",
    "request_id": "mark of a call to the BSS, which has it in its own log",
    "status": "status of the BSS's answer",
    "milliseconds": "duration of the call",
}
"""Members of a line in JSON; those after `exception` are there when they apply."""

_EXTRA = ("request_id", "status", "milliseconds")


def bind_object(namespace: str, name: str, uid: str) -> None:
    """Whatever this task and the tasks that it starts log from now on is about this object."""
    bind_contextvars(namespace=namespace, name=name, uid=uid)


def configure(log_format: str, level: str, stream: TextIO = sys.stderr) -> None:
    """Send all logs to one stream."""
    handler = logging.StreamHandler(stream)
    render = _json if log_format == "json" else _text
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                merge_contextvars,
                structlog.stdlib.ExtraAdder(allow=_EXTRA),
            ],
            processors=[_facts, structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It says every second what `kube/lease_lock.py` says once.
    logging.getLogger("kubernetes.aio.leaderelection").setLevel(logging.CRITICAL)
    logging.captureWarnings(True)
    if level != "DEBUG":
        # Kopf tells of every event that it handles; the workers tell what matters of it.
        logging.getLogger("kopf.objects").setLevel(logging.WARNING)


def _facts(logger: WrappedLogger, method: str, entry: EventDict) -> EventDict:
    """The members that every line has, in their order; then what the context added."""
    record: logging.LogRecord = entry["_record"]
    facts: EventDict = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": entry.pop("event"),
    }
    # A formatter may keep the record from handlers after it; structlog hands the exception over here instead.
    exception = entry.pop("exc_info", None)
    if exception:
        facts["exception"] = logging.Formatter().formatException(exception)
    known = {name: entry[name] for name in FIELDS if entry.get(name) is not None}
    return {**facts, **known, "_record": record, "_from_structlog": False}


def _json(logger: WrappedLogger, method: str, entry: EventDict) -> str:
    return json.dumps(entry, ensure_ascii=False, default=str)


def _text(logger: WrappedLogger, method: str, entry: EventDict) -> str:
    facts = [str(entry.pop(name)) for name in ("time", "level", "logger", "message")]
    exception = entry.pop("exception", None)
    time, level, name, message = facts
    context = " ".join(f"{key}={value}" for key, value in entry.items() if key != "uid")
    line = f"{time} {level:<7} {name}: {message}"
    if context:
        line += f"  [{context}]"
    return line if exception is None else f"{line}\n{exception}"
