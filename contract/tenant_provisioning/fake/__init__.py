"""A BSS in memory, for tests, demonstrations and load: it keeps to the contract, and fails on demand.

`FakeBss` is the pure state; `FakeServer` serves it over HTTP inside the caller's event loop; `python -m
tenant_provisioning.fake` runs it as a process of its own. `Faults` are its switches for trouble.
"""

from .bss import FakeBss
from .faults import Fault, FaultKind, Faults
from .server import FakeServer
from .world import FakeAccount, FakePriceList, demo_accounts, demo_price_lists

__all__ = [
    "FakeAccount",
    "FakeBss",
    "FakePriceList",
    "FakeServer",
    "Fault",
    "FaultKind",
    "Faults",
    "demo_accounts",
    "demo_price_lists",
]
