"""Every command of the pages is run on a real API server, and prints what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from local.sources import REPOSITORY
from tests.cluster import Cluster
from tests.documentation.examples import Command, File, Meanwhile, steps
from tests.kube.fake import WatchedFake
from tests.manifests import reseller

DOCS = REPOSITORY / "docs"


class Reader:
    """Somebody who does what a page says, in a folder and a namespace of his own."""

    def __init__(self, cluster: Cluster, fake: WatchedFake, folder: Path) -> None:
        self._cluster = cluster
        self._fake = fake
        self._folder = folder
        settings = yaml.safe_load(cluster.kubeconfig.read_text())
        for context in settings["contexts"]:
            context["context"]["namespace"] = cluster.namespace
        self._kubeconfig = folder / "kubeconfig"
        self._kubeconfig.write_text(yaml.safe_dump(settings))

    def follow(self, page: str) -> int:
        """Do all steps; answers the number of commands."""
        commands = 0
        for step in steps(page):
            match step:
                case File(name=name, content=content):
                    (self._folder / name).write_text(content)
                case Meanwhile(event=event):
                    self._happens(event)
                case Command():
                    self._run(step)
                    commands += 1
        return commands

    def _run(self, command: Command) -> None:
        result = subprocess.run(
            ["bash", "-c", command.line],
            cwd=self._folder,
            env={**os.environ, "KUBECONFIG": str(self._kubeconfig)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        printed = result.stdout + result.stderr
        assert result.returncode == 0, f"$ {command.line}\n{printed}"
        assert command.prints(printed), f"$ {command.line}\n{printed}\nThe page shows:\n{command.output}"

    def _happens(self, event: str) -> None:
        found = re.fullmatch(r"the organization of (\S+) is removed in the BSS", event)
        assert found, f"nobody knows how to do this: {event}"
        client_id = self._cluster.see(found[1]).client_id
        self._fake.remove_organization(self._fake.organization(client_id)["key"])


@pytest.fixture
def reader(cluster: Cluster, fake: WatchedFake, tmp_path: Path) -> Reader:
    return Reader(cluster, fake, tmp_path)


def with_own_accounts(page: str, account: str, fake: WatchedFake) -> str:
    """The page with accounts that no other test uses."""
    for code in set(re.findall(r"\bR-\d{4}\b", page)):
        page = page.replace(code, fake.account(f"{account}-{code}", currency="EUR"))
    return page


def test_the_life_of_a_tenant(reader: Reader, fake: WatchedFake, account: str) -> None:
    page = (DOCS / "life-cycle.md").read_text()
    assert reader.follow(with_own_accounts(page, account, fake)) > 20


def test_the_conditions(reader: Reader, cluster: Cluster, account: str) -> None:
    cluster.apply(reseller("northwind", account))
    assert reader.follow((DOCS / "reference" / "conditions.md").read_text()) == 2
