"""Scripted faults: what goes wrong, for whom, how often.

One rule is a JSON object, `{"kind": "throttle", "to": "+447700900001", "count": 2, "seconds": 5}`.
`to`: one number, else every number. `count`: how many times it bites (default 1, null for always).
`skip`: how many it lets pass first. `chance` with `seed`: bites at random, the same way each run.
`on`: create (default), list or fetch, for the kinds that fit any request.

Of the kinds that decide the ANSWER, the first rule that fits a request is the one it meets:

    throttle 429, Retry-After `seconds` · unavailable 503 (or `status`) · refuse 400 with `code` ·
    reset (the request is lost) · slow `seconds`, then as usual: nothing is accepted before these
    error_after_accept 500 (or `status`) · hang `seconds` · reset_after_accept · reset_after_headers ·
    garbage (201, but no JSON): accepted, and the sender cannot know

All rules that CHANGE what follows an accept apply together: drop_callbacks, duplicate_callbacks `times`,
reverse_callbacks, late_callbacks `seconds`, callback_first (before the 201), listing_lag `seconds`,
slow_delivery `seconds`, outcome `status` undelivered or failed with `code`. Rules last until used,
cleared or the process ends.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from random import Random
from typing import Any

BEFORE = frozenset(("throttle", "unavailable", "refuse", "reset", "slow"))
AFTER = frozenset(("error_after_accept", "hang", "reset_after_accept", "reset_after_headers", "garbage"))
CHANGES = frozenset(
    (
        "drop_callbacks", "duplicate_callbacks", "reverse_callbacks", "late_callbacks", "callback_first",
        "listing_lag", "slow_delivery", "outcome",
    )
)  # fmt: skip
REQUESTS = frozenset(("create", "list", "fetch"))


class UnknownFault(ValueError):
    """A rule that would never bite: refused, so that a drill cannot pass by a slip of the pen."""


@dataclass
class Fault:
    kind: str
    on: str = "create"
    to: str | None = None
    count: int | None = 1
    skip: int = 0
    chance: float = 1.0
    seed: int = 0
    seconds: float = 1.0
    status: int | str | None = None
    code: int | None = None
    times: int = 2
    used: int = 0
    _random: Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        if self.kind not in BEFORE | AFTER | CHANGES:
            raise UnknownFault(f"{self.kind!r} is not a kind of fault")
        if self.on not in REQUESTS or (self.on != "create" and self.kind not in BEFORE | {"garbage"}):
            raise UnknownFault(f"{self.kind} cannot happen on {self.on!r}")

    def bites(self, on: str, to: str | None) -> bool:
        if self.on != on or (self.to is not None and self.to != to):
            return False
        if self.count is not None and self.used >= self.count:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._random.random() >= self.chance:
            return False
        self.used += 1
        return True

    def public(self) -> dict[str, Any]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "_random"}


class Faults:
    """The rules in force, in the order in which they were given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Raises UnknownFault, and adds none, when any rule has a kind or a key we do not know."""
        known = {entry.name for entry in fields(Fault) if entry.init}
        fresh = []
        for rule in rules:
            unknown = set(rule) - known
            if unknown or "kind" not in rule:
                raise UnknownFault(f"needed: kind; not known: {', '.join(sorted(unknown)) or 'nothing'}")
            fresh.append(Fault(**rule))
        with self._lock:
            self._rules += fresh

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

    def read(self) -> list[dict[str, Any]]:
        with self._lock:
            return [rule.public() for rule in self._rules]

    def answer(self, on: str, to: str | None = None) -> Fault | None:
        """The fault this request meets, if any; using it up."""
        with self._lock:
            answers = (rule for rule in self._rules if rule.kind not in CHANGES)
            return next((rule for rule in answers if rule.bites(on, to)), None)

    def changes(self, to: str) -> dict[str, Fault]:
        """What is scripted to go wrong after this accept, by kind; using it up."""
        with self._lock:
            bitten = [rule for rule in self._rules if rule.kind in CHANGES and rule.bites("create", to)]
        return {rule.kind: rule for rule in bitten}
