"""How facts from several people become one case: of two that differ, the more cautious one stands (F15)."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from clinic.referrals.rules.case_fields import FLAG_FIELDS, SECTIONS
from clinic.referrals.rules.dates import parse_partial

MEASURED = "measured"
_YES_IS_CAUTIOUS = {
    "mobility.needs_person",
    "mobility.walking_aid",
    "falls.injurious",
    "falls.could_not_get_up",
    "falls.lost_consciousness",
    "falls.unsteady",
    "falls.worried",
    "frailty.frail",
    "fracture.incidental",
    "fracture.cement",
}
_NO_IS_CAUTIOUS = {
    "mobility.walks_10m",
    "fracture.osteoporotic",
    "fracture.healed_on_imaging",
    "progress.stabilised",
}
_MORE_IS_CAUTIOUS = {
    "pain.rest",
    "pain.movement",
    "falls.count_12m",
    "falls.stay_independent",
    "frailty.clinical_frailty_scale",
    "observations.systolic",
    "observations.diastolic",
    "observations.pulse",
}
_ORDERS = {  # least cautious first; a word that is not listed counts as the least
    "pain.trend": ("better", "same", "worse"),
    "fracture.cause": ("none", "lifting", "other_low_trauma", "fall", "high_trauma"),
    "fracture.confirmed_by": ("dxa_vfa", "xray", "ct", "mri", "not_confirmed"),
}
_FLAG_ORDER = (False, "explained", True)


def broke_since(facts: Mapping[str, Any], referred_on: date) -> bool:
    """Whether a later referral tells of a fracture after the first referral: a new one (F4)."""
    said = at(facts, "fracture.date")
    return isinstance(said, str) and parse_partial(said).first > referred_on


def at(case: Mapping[str, Any], path: str) -> Any:
    """The fact at a dotted path; None when it is not known."""
    section, _, key = path.partition(".")
    value = case.get(section)
    if key:
        value = value.get(key) if isinstance(value, dict) else None
    return None if value == "unknown" else value


def put(case: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the case with one fact set. Raises KeyError for a path that no case has."""
    section, _, key = path.partition(".")
    if section != "flags" and key not in SECTIONS[section][1]:
        raise KeyError(path)
    if section == "flags" and key not in FLAG_FIELDS:
        raise KeyError(path)
    changed = deepcopy(dict(case))
    known = changed.get(section)
    changed[section] = {**(known if isinstance(known, dict) else {}), key: value}
    return changed


def chosen(path: str, old: Any, new: Any, *, old_source: str, new_source: str) -> Any:
    """Which of two answers stands: a newer one of the same source or a measured one, else the cautious."""
    if old is None or new is None:
        return new if old is None else old
    if new_source in (old_source, MEASURED):
        return new
    return more_cautious(path, old, new)


def more_cautious(path: str, old: Any, new: Any) -> Any:
    """The answer that asks for more care; where neither does, the newer."""
    return max((new, old), key=lambda value: _care(path, value))


def facts_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """Every known single fact of a case by its path; tests are not single facts."""
    return {
        f"{section}.{key}": value
        for section, known in case.items()
        if isinstance(known, dict) and (section in SECTIONS or section == "flags")
        for key, value in known.items()
        if value is not None and value != "unknown" and key != "phase_set"
    }


def _care(path: str, value: Any) -> Any:
    if path.startswith("flags."):
        return _FLAG_ORDER.index(value)
    if path in _YES_IS_CAUTIOUS:
        return value is True
    if path in _NO_IS_CAUTIOUS:
        return value is False
    if path in _MORE_IS_CAUTIOUS:
        return value
    if path in _ORDERS:
        return _ORDERS[path].index(value) if value in _ORDERS[path] else -1
    if path in ("fracture.date", "fracture.cement_procedure_on"):
        return parse_partial(value).last
    return 0
