"""Switches for trouble: which call of the fake fails, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from pydantic import Field

from tenant_provisioning.models import Answer, Request


class FaultKind(StrEnum):
    """How a call goes wrong."""

    DELAY = "Delay"
    TOO_MANY_REQUESTS = "TooManyRequests"
    SERVER_ERROR = "ServerError"
    UNAVAILABLE = "Unavailable"
    HANG = "Hang"
    """Nothing is done and no answer comes, until the client gives up."""
    RESET = "Reset"
    """The connection is reset before anything was done."""
    ANSWER_LOST = "AnswerLost"
    """The work is done and kept, then the connection closes without an answer."""
    NOT_JSON = "NotJson"
    """The work is done; the answer says application/json and is not."""
    WRONG_TYPE = "WrongType"
    """The work is done; the answer is a page of HTML."""
    WRONG_SHAPE = "WrongShape"
    """The work is done; the answer is JSON with members of other types than the contract's."""
    HUGE = "Huge"
    """The work is done; the answer is 16 MiB of JSON."""
    FOREIGN_OWNER = "ForeignOwner"
    """The organization is treated as another API client's."""


class Fault(Request):
    """One switch."""

    kind: FaultKind
    route: str | None = Field(None, description="Name of the route, such as put_edition; absent: every route.")
    probability: float = Field(1.0, ge=0, le=1)
    count: int | None = Field(None, ge=0, description="At most so many times; absent: without end.")
    seconds: float = Field(0.0, ge=0, description="Length of a delay.")
    retry_after: int = Field(1, ge=0, description="Seconds in Retry-After of TooManyRequests and Unavailable.")


class FaultsRequest(Request):
    """All switches; they replace those in force."""

    faults: list[Fault]
    seed: int | None = Field(None, description="Makes probabilities repeatable.")


class FaultState(Answer):
    """A switch and what became of it."""

    fault: Fault
    fired: int


class FaultsAnswer(Answer):
    """The switches in force."""

    items: list[FaultState]


@dataclass(slots=True)
class _Switch:
    fault: Fault
    fired: int = 0


class Faults:
    """The switches in force, with a random source of their own."""

    def __init__(self, faults: list[Fault] | None = None, *, seed: int | None = None) -> None:
        self._switches: list[_Switch] = []
        self._random = Random()  # noqa: S311 - dice for tests, not secrets
        self.replace(faults or [], seed=seed)

    def replace(self, faults: list[Fault], *, seed: int | None = None) -> None:
        """Put these switches in force instead of the present ones."""
        self._switches = [_Switch(fault) for fault in faults]
        if seed is not None:
            self._random.seed(seed)

    def state(self) -> FaultsAnswer:
        """The switches in force and how often each has fired."""
        return FaultsAnswer(items=[FaultState(fault=switch.fault, fired=switch.fired) for switch in self._switches])

    def strike(self, route: str) -> list[Fault]:
        """The faults that hit this call: every delay that fires, and the first other one."""
        hits: list[Fault] = []
        broken = False
        for switch in self._switches:
            fault = switch.fault
            is_delay = fault.kind is FaultKind.DELAY
            if broken and not is_delay:
                continue
            if fault.route is not None and fault.route != route:
                continue
            if fault.count is not None and switch.fired >= fault.count:
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            switch.fired += 1
            hits.append(fault)
            broken = broken or not is_delay
        return hits
