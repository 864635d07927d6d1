"""What the provider does wrong during a seed: each kind bites at random the whole time."""

from __future__ import annotations

from random import Random
from typing import Any


def script(chance: Random) -> list[dict[str, Any]]:
    """The provider's faults with rates that differ from seed to seed."""

    def rule(kind: str, most: float, **more: Any) -> dict[str, Any]:
        seed = chance.randrange(2**31)
        return {"kind": kind, "count": None, "chance": chance.uniform(0, most), "seed": seed, **more}

    return [
        rule("throttle", 0.06, seconds=1),
        rule("unavailable", 0.04),
        rule("error_after_accept", 0.05),
        rule("reset", 0.03),
        rule("reset_after_accept", 0.04),
        rule("reset_after_headers", 0.03),
        rule("hang", 0.02, seconds=2),
        rule("slow", 0.05, seconds=0.2),
        rule("garbage", 0.03),
        rule("unavailable", 0.2, on="list"),
        rule("slow", 0.1, on="list", seconds=1),
        rule("drop_callbacks", 0.2),
        rule("duplicate_callbacks", 0.2, times=3),
        rule("reverse_callbacks", 0.2),
        rule("late_callbacks", 0.1, seconds=3),
        rule("callback_first", 0.1),
        rule("listing_lag", 0.1, seconds=4),
        rule("outcome", 0.03),
    ]
