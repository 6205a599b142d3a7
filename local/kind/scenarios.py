"""The end-to-end scenarios on a cluster of their own."""

import sys
from collections.abc import Sequence

from local.errors import LocalError
from local.kind import cluster
from local.kind.command import run_visibly
from local.kind.engine import Engine
from local.kind.places import PROJECT, Places
from local.kind.progress import step

PLACE = "TENANT_RESELLER_E2E_PLACE"
"""Tells the scenarios where to run; without it they run on the local stack."""
SCENARIOS = PROJECT / "tests" / "e2e"


def run(engine: Engine, places: Places, arguments: Sequence[str]) -> None:
    """Run the scenarios against what is installed; when one fails, the cluster's logs are kept and it is an error."""
    step("running the scenarios")
    try:
        run_visibly(sys.executable, "-m", "pytest", SCENARIOS, *arguments, env={PLACE: "kind"}, cwd=PROJECT)
    except LocalError:
        keep_logs(engine, places)
        raise


def keep_logs(engine: Engine, places: Places) -> None:
    """Write what the cluster logged to a folder, and say where."""
    folder = places.logs / "failed-e2e"
    cluster.export_logs(engine, places, folder)
    step(f"logs of the cluster: {folder}")
