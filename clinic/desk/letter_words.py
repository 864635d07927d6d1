"""Attendance and outcomes as a GP reads them in one line. Plain values in, words out; no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

# name in the case: (words, unit)
MEASURES: Mapping[str, tuple[str, str]] = {
    "timed_up_and_go_s": ("Timed Up and Go", " s"),
    "chair_stand_30s": ("Chair stands in 30 s", ""),
    "gait_speed_m_s": ("Walking speed", " m/s"),
    "tandem_stance_s": ("Heel-to-toe stand", " s"),
}
CAME = ("attended", "late", "attended_not_exercised")
_ASIDE: Mapping[str, str] = {
    "did_not_attend": "did not attend {}",
    "cancelled_by_patient": "cancelled {}",
    "cancelled_late": "cancelled late {}",
    "cancelled_by_service": "cancelled by us {}",
}
NO_SESSION = "No class session was attended."
NOT_MEASURED = "No test was measured by us."


def attendance(outcomes: Iterable[str]) -> str:
    """Attended 22 of 26 sessions (did not attend 2, cancelled 2); what we cancelled is no miss of hers."""
    counted = Counter(one for one in outcomes if one in CAME or one in _ASIDE)
    came = sum(counted[one] for one in CAME)
    offered = sum(counted.values()) - counted["cancelled_by_service"]
    if not offered:
        return NO_SESSION
    aside = ", ".join(words.format(counted[one]) for one, words in _ASIDE.items() if counted[one])
    return (
        f"Attended {came} of {offered} session{'' if offered == 1 else 's'}{f' ({aside})' if aside else ''}."
    )


def measured(tests: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line a measure, first to last by its day: Timed Up and Go 16 s to 12 s."""
    lines = []
    for name, (words, unit) in MEASURES.items():
        found = sorted((t for t in tests if t.get("name") == name), key=lambda t: str(t.get("on")))
        if not found:
            continue
        first, last = _value(found[0], unit), _value(found[-1], unit)
        if len(found) == 1:
            lines.append(f"{words} {first}, not measured again")
        else:
            lines.append(f"{words} {first} to {last}")
    return lines


def outcomes(tests: Sequence[Mapping[str, Any]]) -> str:
    """Every measure in one line."""
    lines = measured(tests)
    return "; ".join(lines) + "." if lines else NOT_MEASURED


def days(dates: Sequence[date]) -> str:
    """3 November, 10 November and 17 November 2026; the year once."""
    words = [f"{day.day} {day:%B}" for day in dates[:-1]] + [f"{dates[-1].day} {dates[-1]:%B %Y}"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _value(test: Mapping[str, Any], unit: str) -> str:
    if test.get("unable"):
        return "not able"
    value = test.get("value")
    return f"{value:g}{unit}" if isinstance(value, int | float) else "not known"
