"""The three facts that decide, for a person to confirm before accepting: no rubber stamp (F28)."""

from collections.abc import Mapping
from typing import Any

HOW_MANY = 3


def deciding(answer: Mapping[str, Any]) -> list[str]:
    """At most three facts of a published answer, in turn: the phase's, the band's, the start's."""
    turns = [
        _facts(answer["phase"]["reasons"]),
        _facts(answer["band"]["reasons"]),
        _facts(answer["gates"]["group_start"]["reasons"]),
    ]
    found: list[str] = []
    for place in range(max(map(len, turns), default=0)):
        for facts in turns:
            if place < len(facts) and facts[place] not in found:
                found.append(facts[place])
    return found[:HOW_MANY]


def _facts(reasons: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(reason["fact"] for reason in reasons))
