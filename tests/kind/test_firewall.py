"""What is taken out of the machine's firewall after the engine has stopped."""

from __future__ import annotations

import shlex

from local.kind.firewall import rules_of_engine

LISTED = """
-P FORWARD DROP
-N DOCKER
-N DOCKER-USER
-N OURS
-A FORWARD -j DOCKER-USER
-A FORWARD -j OURS
-A FORWARD -o br-9cb56746fe3c -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -i br-other -j ACCEPT
-A DOCKER -d 172.17.0.2/32 ! -i br-9cb56746fe3c -o br-9cb56746fe3c -p tcp -m tcp --dport 6443 -j ACCEPT
-A OURS -j RETURN
"""


def test_only_rules_that_name_the_engines_chains_or_bridges_are_removed() -> None:
    listed = [shlex.split(line) for line in LISTED.strip().splitlines()]

    removed = [" ".join(rule) for rule in rules_of_engine(listed, {"br-9cb56746fe3c"})]

    assert removed == [
        "FORWARD -j DOCKER-USER",
        "FORWARD -o br-9cb56746fe3c -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ]
