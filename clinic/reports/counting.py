"""Shares and counts, pure: what the pages draw as bars and say in a table beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_BANDS = ("low", "intermediate", "high")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a distribution; `share` is a percentage of `of`, 0 when there is nothing."""

    words: str
    count: int
    of: int

    @property
    def share(self) -> int:
        return round(100 * self.count / self.of) if self.of else 0


def bars(words: Mapping[str, str], found: Iterable[str | None]) -> list[Bar]:
    """How often each word occurs, in the order of `words`; zero is said too."""
    counted = Counter(one for one in found if one is not None)
    return [Bar(said, counted[key], counted.total()) for key, said in words.items()]


def overrides(suggested: tuple[str | None, str | None], chosen: tuple[str | None, str | None]) -> list[str]:
    """In which ways a chosen (phase, band) differs from the suggested one; empty when it was followed."""
    found = []
    (old_phase, old_band), (new_phase, new_band) = suggested, chosen
    if old_phase and new_phase and old_phase != new_phase:
        found.append("Earlier phase" if new_phase < old_phase else "Later phase")
    if old_band and new_band and old_band != new_band:
        more = _BANDS.index(new_band) > _BANDS.index(old_band)
        found.append("More supervision" if more else "Less supervision")
    return found


def needed_physiotherapist(answer: Mapping[str, Any]) -> list[str]:
    """Why a coordinator could not accept on this answer: each open flag with its state (F15); or empty."""
    return [f"{flag['id']} {flag['state']}" for flag in answer["flags"]]
