"""What was measured and diagnosed: Observations and Conditions as case facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.codes import (
    CASE,
    CONDITIONS,
    LOINC,
    MEASURES,
    SNOMED,
    UNABLE,
    Measure,
)
from clinic.referrals.fhir.facts import STAFF_ONLY, Facts, field_of
from clinic.referrals.fhir.references import Part
from clinic.referrals.fhir.shape import Json, codings, day, dicts, number, obj, word, words_of

UNREAD = ("entered-in-error", "cancelled", "registered")
RULED_OUT = ("refuted", "entered-in-error")
PAIN_SCORE, USED_ARMS = (LOINC, "72514-3"), (CASE, "used_arms")
_LEVEL = re.compile(r"\b(T(?:1[0-2]|[1-9])|L[1-5])\b")
_FRACTURE = re.compile(r"fractur", re.IGNORECASE)
_SPINE = re.compile(r"vertebra", re.IGNORECASE)


def observations(opened: Opened, facts: Facts, zone: ZoneInfo) -> None:
    """Tests, and the newest of each single fact; what has no place in a case is kept as sent."""
    parts = [p for p in opened.of("Observation") if word(p.data.get("status")) not in UNREAD]
    for part in sorted(parts, key=lambda p: _on(p.data, zone) or "", reverse=True):
        on, found = _on(part.data, zone), 0
        for data, at in _measured(part):
            found += _observation(opened, facts, data, at, on)
        if not found:
            opened.warn("informational", "Kept as sent; the rules do not read this code.", f"{part.at}.code")


def conditions(opened: Opened, facts: Facts, request: Part | None, zone: ZoneInfo) -> list[str]:
    """The fracture from the Condition referred for; the words of the others, for a person to read."""
    parts = [p for p in opened.of("Condition") if not _ruled_out(p.data)]
    if not parts:
        opened.error("required", "Send the Condition the patient is referred for.", "Bundle.entry")
        return []
    main = _main(opened, parts, request)
    _fracture(opened, facts, main, zone)
    return [shown for p in parts if p is not main and (shown := words_of(p.data.get("code")))]


def _on(data: Json, zone: ZoneInfo) -> str | None:
    period = obj(data.get("effectivePeriod"))
    sent = data.get("effectiveDateTime") or data.get("effectiveInstant")
    return day(sent or period.get("end") or period.get("start"), zone)


def _measured(part: Part) -> Iterator[tuple[Json, str]]:
    """The Observation and those of its components that are findings of their own."""
    yield part.data, part.at
    for place, component in dicts(part.data.get("component")):
        yield component, f"{part.at}.component[{place}]"


def _observation(opened: Opened, facts: Facts, data: Json, at: str, on: str | None) -> bool:
    for system, code in codings(data.get("code")):
        if system == CASE and code not in STAFF_ONLY and field_of(code) is not None:
            _fact(opened, facts, code, _any_value(data), at)
            return True
        if (system, code) in MEASURES:
            measure = MEASURES[system, code]
            value = _number(opened, data, measure, at)
            if measure.test:
                _test(facts, measure, data, value, at, on)
            elif value is not None and measure.path:
                _fact(opened, facts, measure.path, value, at)
                _day_of(facts, measure.path, on, at)
                if (system, code) == PAIN_SCORE:
                    opened.warn("informational", "Taken as pain on movement; say pain.rest apart.", at)
            return True
        if (system, code) == USED_ARMS:
            return True  # read with its test
    return False


def _fact(opened: Opened, facts: Facts, path: str, value: Any, at: str) -> None:
    if value is not None and not facts.add(path, value, at):
        opened.warn("informational", "Another value of the same fact stands; this one is kept as sent.", at)


def _day_of(facts: Facts, path: str, on: str | None, at: str) -> None:
    if path.startswith("observations.") and on and len(on) == 10:
        facts.add("observations.on", on, at)


def _any_value(data: Json) -> Any:
    for key in ("valueBoolean", "valueInteger", "valueString"):
        if key in data:
            return data[key]
    if "valueQuantity" in data:
        return obj(data["valueQuantity"]).get("value")
    return next((code for _, code in codings(data.get("valueCodeableConcept"))), None)


def _number(opened: Opened, data: Json, measure: Measure, at: str) -> int | float | None:
    """The number sent, in the unit the rules use; another unit is an error, never a guess."""
    if "valueInteger" in data:
        return number(data["valueInteger"])
    quantity = obj(data.get("valueQuantity"))
    units = [word(quantity.get(key)).lower() for key in ("code", "unit") if word(quantity.get(key))]
    if quantity.get("comparator"):
        opened.warn(
            "informational", "A value with a comparator is not read.", f"{at}.valueQuantity.comparator"
        )
        return None
    if units and not measure.units.intersection(units):
        usual = ", ".join(sorted(measure.units))
        opened.error("value", f"The unit must be one of {usual}.", f"{at}.valueQuantity.code")
        return None
    value = number(quantity.get("value"))
    if value is None and not data.get("dataAbsentReason") and not data.get("component"):
        opened.warn("incomplete", "No number was sent.", at)
    return value


def _test(
    facts: Facts, measure: Measure, data: Json, value: int | float | None, at: str, on: str | None
) -> None:
    unable = any(code == UNABLE for _, code in codings(data.get("dataAbsentReason")))
    if value is None and not unable:
        return
    test: Json = {"name": measure.test, "on": on if on and len(on) == 10 else None}
    test |= {"unable": True} if unable else {"value": value}
    arms = True if measure.path == "used_arms" else _used_arms(data)
    if arms is not None:
        test["used_arms"] = arms
    facts.add_test(test, at)


def _used_arms(data: Json) -> bool | None:
    for _, component in dicts(data.get("component")):
        if USED_ARMS in codings(component.get("code")):
            value = component.get("valueBoolean")
            return value if isinstance(value, bool) else None
    return None


def _ruled_out(data: Json) -> bool:
    return any(code in RULED_OUT for _, code in codings(data.get("verificationStatus")))


def _main(opened: Opened, parts: list[Part], request: Part | None) -> Part:
    """The Condition the request names as its reason, else the first we know as a fracture, else the first."""
    if request is not None:
        for _, reason in dicts(request.data.get("reasonReference")):
            named = opened.target(reason, request)
            if named is not None and named in parts:
                return named
    return next((p for p in parts if _known(p.data)), parts[0])


def _known(data: Json) -> list[str]:
    return [code for system, code in codings(data.get("code")) if system == SNOMED and code in CONDITIONS]


def _fracture(opened: Opened, facts: Facts, part: Part, zone: ZoneInfo) -> None:
    """Answers given as such stand before what is read from a Condition."""
    code, known = part.data.get("code"), _known(part.data)
    shown = " ".join([words_of(code), *(words_of(site) for _, site in dicts(part.data.get("bodySite")))])
    levels = sorted(set(_LEVEL.findall(shown)))
    for one in known:
        for key, value in CONDITIONS[one].items():
            facts.add(f"fracture.{key}", value, f"{part.at}.code")
    if not known:
        opened.warn("code-invalid", "Not a code we know: a person reads the diagnosis.", f"{part.at}.code")
        if _FRACTURE.search(shown) and (levels or _SPINE.search(shown)):
            facts.add("fracture.site", "vertebral", f"{part.at}.code")
    if levels:
        facts.add("fracture.levels", levels, f"{part.at}.bodySite")
    onset = part.data.get("onsetDateTime") or obj(part.data.get("onsetPeriod")).get("start")
    if on := day(onset, zone):
        if facts.known.get("fracture.date", on) != on:
            opened.warn("informational", "The answer fracture.date stands.", f"{part.at}.onset")
        facts.add("fracture.date", on, f"{part.at}.onsetDateTime")
        facts.add("fracture.dated_by", "referrer", f"{part.at}.onsetDateTime")
