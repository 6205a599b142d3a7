"""The end-to-end scenarios on a cluster of their own."""

import sys
from collections.abc import Sequence
from pathlib import Path

from local.errors import LocalError
from local.kind import cluster
from local.kind.command import run_visibly
from local.kind.engine import Engine
from local.kind.places import PROJECT, Places
from local.kind.progress import step

PLACE = "TENANT_RESELLER_E2E_PLACE"
"""Tells the scenarios where to run; without it they run on the local stack."""
SCENARIOS = PROJECT / "tests" / "e2e"
UNINSTALL = SCENARIOS / "test_cluster_uninstall.py"


def run(engine: Engine, places: Places, arguments: Sequence[str]) -> None:
    """Run the scenarios against what is installed; when one fails, the cluster's logs are kept and it is an error."""
    step("running the scenarios")
    try:
        _pytest(SCENARIOS, "--ignore", UNINSTALL, *arguments)
    except LocalError:
        cluster.keep_logs(engine, places, failed_logs(places))
        raise


def uninstall(engine: Engine, places: Places) -> None:
    """Run the scenario that removes what is installed: apart, so that the logs of others are not removed with it."""
    step("uninstalling")
    try:
        _pytest(UNINSTALL)
    except LocalError:
        cluster.keep_logs(engine, places, failed_logs(places))
        raise


def _pytest(*arguments: str | Path) -> None:
    run_visibly(sys.executable, "-m", "pytest", *arguments, env={PLACE: "kind"}, cwd=PROJECT)


def failed_logs(places: Places) -> Path:
    """Folder of what the cluster logged, when something failed."""
    return places.logs / "failed-e2e"
