"""Plain facts of invented referrals: a spread of phases, bands, flags and gaps, as real inboxes have."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from clinic.referrals.rules.flags import FLAGS

TESTED = 0.6  # of referrals arrive with a test that is still current
LEVELS = ("T7", "T8", "T11", "T12", "L1", "L2")


def facts(random: Random, referred: date, *, weeks_old: int, help_needed: str) -> dict[str, Any]:
    """A whole case: a low-trauma fracture so many weeks before the referral, and a band's worth of answers.

    `help_needed` is low, intermediate or high; nothing is unknown and no flag is raised.
    """
    broken = referred - timedelta(weeks=weeks_old, days=random.randint(0, 4))
    falls = {"low": 0, "intermediate": 0, "high": 2}[help_needed]
    slow = help_needed != "low"
    return {
        "fracture": {
            "date": broken.isoformat(),
            "site": "vertebral",
            "levels": [random.choice(LEVELS)],
            "cause": "lifting" if help_needed != "high" else "fall",
            "confirmed_by": random.choice(("xray", "mri")),
            "osteoporotic": True,
            "incidental": False,
            "dated_by": "referrer",
            "cement": False,
        },
        "pain": {"rest": random.randint(0, 2), "movement": random.randint(1, 4), "trend": "better"},
        "mobility": {"walks_10m": True, "needs_person": False, "walking_aid": help_needed == "high"},
        "falls": {
            "count_12m": max(falls, 1 if help_needed == "high" else 0),
            "injurious": help_needed == "high",
            "could_not_get_up": False,
            "lost_consciousness": False,
            "unsteady": slow,
            "worried": slow,
        },
        "tests": [_timed_walk(random, referred, slow)] if random.random() < TESTED else [],
        "flags": {flag.key: False for flag in FLAGS},
    }


def _timed_walk(random: Random, referred: date, slow: bool) -> dict[str, Any]:
    seconds = random.uniform(12.5, 17) if slow else random.uniform(8, 11.5)
    on = referred - timedelta(days=3)
    return {"name": "timed_up_and_go_s", "value": round(seconds, 1), "on": on.isoformat()}


def changed(case: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same case with one fact changed; the given one stays as it was."""
    section, _, name = path.partition(".")
    return {**case, section: {**case[section], name: value}}


def sparse(case: dict[str, Any]) -> dict[str, Any]:
    """What a hurried referrer leaves open: the answers the phone screen will ask for, and every test."""
    for path in ("falls.worried", "falls.unsteady", "pain.trend", "flags.dizziness_or_sight"):
        case = changed(case, path, None)
    return {**case, "tests": []}
