# SPDX-License-Identifier: GPL-3.0-or-later
"""How gunicorn runs the BSS: `gunicorn -c python:bss.web.gunicorn bss.web.application:application`."""

from __future__ import annotations

from pathlib import Path

import gunicorn

from bss.settings import settings

# Gunicorn names itself and, in old versions, its version in every answer.
gunicorn.SERVER = "bss"

_settings = settings()
_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes an unnamed file there, with its own rights

bind = _settings.bind
workers = _settings.web_workers
worker_class = "bss.web.patient_worker.PatientWorker"
threads = 16
# The root database's models are loaded once and shared by all workers. Tryton checks that no thread runs by then.
preload_app = True

# A worker that does not answer its parent for this long is killed; requests may take longer, since threads serve them.
timeout = 60
# A stop waits for running requests this long.
graceful_timeout = 20
keepalive = 5
# It would wait for each client that does not read; see the worker.
sendfile = False
# On a disk, a slow write of the sign of life would look like a dead worker.
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# Nobody steers a running server; the socket for it would need a home folder that can be written to.
control_socket_disable = True

# Whom to believe about the client's address is Tryton's `[web] num_proxies`.
forwarded_allow_ips = ""

accesslog = "-"
# Path without its query, no referrer and no header of the client: none of them may put a secret into a log.
access_log_format = '%(h)s %(t)s %(p)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
