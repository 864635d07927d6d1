"""The numbers of a rule book as people say them."""

from __future__ import annotations

from collections.abc import Mapping

_UNITS = {
    "_m_s": "metres a second",
    "_s": "seconds",
    "_minutes": "minutes",
    "_hours": "hours",
    "_days": "days",
    "_weeks": "weeks",
    "_months": "months",
}
_ENDS = {"_from": "{} or more", "_to": "{} or less", "_below": "less than {}", "_above": "more than {}"}
_NAMES = {
    "tug": "Timed Up and Go",
    "cfs": "Clinical Frailty Scale",
    "gait": "walking speed",
    "tandem": "heel-to-toe stance",
    "p1": "phase 1",
    "p2": "phase 2",
    "p3": "phase 3",
}
# names that do not read well by rule
_LABELS: Mapping[str, tuple[str, str]] = {
    "p2_from_months": ("Phase 2 from", "{} months"),
    "p3_from_months": ("Phase 3 from", "{} months"),
    "group_from_day": ("Group from day", "{}"),
    "prone_release_from_day": ("Early release of front lying from day", "{}"),
    "same_pain_from_day": ("Unchanged pain counts from day", "{}"),
    "secondary_cause_below_age": ("Age", "less than {}"),
    "secondary_cause_from_levels": ("Broken vertebrae", "{} or more"),
    "frail_from_cfs": ("Frail: Clinical Frailty Scale", "{} or more"),
    "fit_to_cfs": ("Fit: Clinical Frailty Scale", "{} or less"),
    "chair_stand_from_ages": ("Chair stand, ages from", "{}"),
    "chair_stand_men": ("Chair stand, men below", "{}"),
    "chair_stand_women": ("Chair stand, women below", "{}"),
    "chair_stand_to_age": ("Chair stand, up to age", "{}"),
    "second_look_one_in": ("One in", "{}"),
}


def threshold(found: Mapping[str, float | tuple[float, ...]]) -> list[str]:
    """Each number of a criterion as one line: "Timed Up and Go abnormal: 12 seconds or more"."""
    return [_line(name, value) for name, value in found.items()]


def _line(name: str, value: float | tuple[float, ...]) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if name in _LABELS:
        label, words = _LABELS[name]
        return f"{label}: {words.format(said)}"
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            name, said = name.removesuffix(ending), f"{said} {unit}"
            break
    for ending, words in _ENDS.items():
        if name.endswith(ending):
            name, said = name.removesuffix(ending), words.format(said)
            break
    label = " ".join(_NAMES.get(word, word) for word in name.split("_"))
    return f"{label[:1].upper()}{label[1:]}: {said}"
