"""An engine of this package's own: Debian's dockerd with its own data, socket and settings, beside any other."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from local.errors import LocalError
from local.kind.command import succeeds
from local.kind.engine import Engine, Program, docker_environment
from local.kind.firewall import NetworkBefore, observe, restore
from local.kind.machine import CAP_SYS_RESOURCE, has_capability, require_containers
from local.kind.places import SOURCE, Places
from local.kind.requirements import OWN_ENGINE, program, require

START_SECONDS = 60
STOP_SECONDS = 60


class OwnEngine(BaseModel):
    """What is remembered of a started dockerd: enough to tell it from a later process with its id."""

    model_config = ConfigDict(frozen=True)

    pid: int
    created: float
    network: NetworkBefore

    def process(self) -> psutil.Process | None:
        """The process, if it still lives."""
        try:
            found = psutil.Process(self.pid)
            return found if found.create_time() == self.created and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def started(places: Places) -> Engine | None:
    """The own engine, if it was started and answers."""
    remembered = _remembered(places)
    if remembered is None or remembered.process() is None:
        return None
    return _engine(places)


def start(places: Places, *, install: bool) -> Engine:
    """Start dockerd, or find it started, and return when it answers."""
    if (found := started(places)) is not None:
        return found
    require_containers()
    require(OWN_ENGINE, places, install=install)
    stop(places)  # traces of one that died
    places.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    places.logs.mkdir(parents=True, exist_ok=True)
    settings = places.state / "dockerd.json"
    settings.write_text(json.dumps(_settings(places), indent=2))
    before = observe()
    log = places.logs / "dockerd.log"
    with log.open("w") as sink:
        child = subprocess.Popen(  # noqa: S603
            [str(program("dockerd")), "--config-file", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    remembered = OwnEngine(pid=child.pid, created=psutil.Process(child.pid).create_time(), network=before)
    _memory(places).write_text(remembered.model_dump_json(indent=2))
    engine = _engine(places)
    deadline = time.monotonic() + START_SECONDS
    while not succeeds(engine.client, "info", env=engine.environment):
        if child.poll() is not None or time.monotonic() > deadline:
            stop(places)
            last = "\n".join("    " + line for line in log.read_text().splitlines()[-8:])
            raise LocalError(f"dockerd does not answer:\n{last}", f"read {log}")
        time.sleep(0.2)
    return engine


def stop(places: Places) -> bool:
    """Stop the own engine and undo what it did to the network. False when there was none. Its images stay."""
    remembered = _remembered(places)
    if remembered is None:
        return False
    process = remembered.process()
    if process is not None:
        family = [process, *process.children(recursive=True)]
        process.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for left in alive:
            left.kill()
        psutil.wait_procs(alive, timeout=10)
    restore(remembered.network)
    shutil.rmtree(places.run, ignore_errors=True)
    _memory(places).unlink()
    return True


def remove_data(places: Places) -> None:
    """Remove the images and containers of a stopped own engine."""
    shutil.rmtree(_data(places), ignore_errors=True)


def _settings(places: Places) -> dict[str, object]:
    settings: dict[str, object] = {
        "data-root": str(_data(places)),
        "exec-root": str(places.run / "exec"),
        "pidfile": str(places.run / "dockerd.pid"),
        "hosts": [f"unix://{places.run}/docker.sock"],
        # Builds use the machine's network and kind makes a bridge of its own: without the default bridge there is
        # one thing less to clash with, and to clean up.
        "bridge": "none",
        "log-level": "warn",
    }
    if not has_capability(CAP_SYS_RESOURCE):
        runtime = {"path": sys.executable, "runtimeArgs": ["-I", "-S", str(SOURCE / "runtime.py")]}
        settings |= {"runtimes": {"without-sys-resource": runtime}, "default-runtime": "without-sys-resource"}
    return settings


def _engine(places: Places) -> Engine:
    # The client of the same package, not the first one on PATH: it brings the builder that fits this dockerd.
    beside = Path("/usr/bin/docker")
    client = beside if beside.exists() else program("docker")
    if client is None:
        raise LocalError("dockerd is there, but no docker client", "install the package docker.io or docker-cli")
    return Engine(
        Program.DOCKER,
        client,
        address=f"unix://{places.run}/docker.sock",
        own=True,
        clients=docker_environment(client),
    )


def _data(places: Places) -> Path:
    return places.state / "engine"


def _memory(places: Places) -> Path:
    return places.state / "engine.json"


def _remembered(places: Places) -> OwnEngine | None:
    file = _memory(places)
    return OwnEngine.model_validate_json(file.read_text()) if file.exists() else None
