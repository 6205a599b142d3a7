"""What an engine changes in the machine's network, and how it is put back: dockerd itself leaves all of it behind."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.kind.command import run, succeeds
from local.kind.requirements import program

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
TABLES = ("filter", "nat")
CHAINS = "DOCKER"


@dataclass(frozen=True, slots=True)
class NetworkBefore:
    """How the network was set up before the engine came."""

    forwarding: str
    forward_policy: str
    bridges: tuple[str, ...]


def observe() -> NetworkBefore:
    """Look at the network, before an engine is started."""
    return NetworkBefore(FORWARDING.read_text().strip(), _forward_policy(), tuple(sorted(_bridges())))


def restore(before: NetworkBefore) -> None:
    """Remove the engine's bridges, rules and chains, and set again what it had switched on. Safe to repeat."""
    made = _bridges() - set(before.bridges)
    for bridge in made:
        run("ip", "link", "delete", bridge)
    for tool in ("iptables", "ip6tables"):
        if (path := program(tool)) is None:
            continue
        for table in TABLES:
            _remove_rules(path, table, made)
    iptables = program("iptables")
    if iptables is not None:
        run(iptables, "--policy", "FORWARD", before.forward_policy)
    FORWARDING.write_text(before.forwarding)


def _forward_policy() -> str:
    iptables = program("iptables")
    if iptables is None:
        return "ACCEPT"
    first = run(iptables, "--list-rules", "FORWARD").splitlines()[0]
    return first.split()[-1]


def _bridges() -> set[str]:
    """Bridges that carry an engine's names; those of other programs are none of our business."""
    links = Path("/sys/class/net")
    names = {path.name for path in links.iterdir() if (path / "bridge").is_dir()}
    return {name for name in names if name == "docker0" or name.startswith("br-")}


def _remove_rules(iptables: Path, table: str, bridges: set[str]) -> None:
    if not succeeds(iptables, "--wait", "--table", table, "--list-rules"):
        return  # the kernel has no such table, so nothing was put there
    listed = [shlex.split(line) for line in run(iptables, "--wait", "--table", table, "--list-rules").splitlines()]
    for rule in rules_of_engine(listed, bridges):
        run(iptables, "--wait", "--table", table, "--delete", *rule)
    chains = [words[1] for words in listed if words[0] == "-N" and words[1].startswith(CHAINS)]
    for chain in chains:
        run(iptables, "--wait", "--table", table, "--flush", chain)
    for chain in chains:
        run(iptables, "--wait", "--table", table, "--delete-chain", chain)


def rules_of_engine(listed: list[list[str]], bridges: set[str]) -> Iterator[list[str]]:
    """Rules in other chains that lead to the engine's chains or name its bridges."""
    for words in listed:
        if words[0] != "-A" or words[1].startswith(CHAINS):
            continue
        if any(word in bridges or word.startswith(CHAINS) for word in words[2:]):
            yield words[1:]
