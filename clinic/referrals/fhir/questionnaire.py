"""Case facts without a resource of their own: QuestionnaireResponse, linkId = case path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from clinic.referrals.fhir.bundle import Opened
from clinic.referrals.fhir.facts import STAFF_ONLY, Facts, field_of, looks_like_a_path
from clinic.referrals.fhir.shape import Json, codings, day, dicts, obj, word
from clinic.referrals.rules.fields import Flag, FullDay, ListOf, YesNo

UNREAD = ("entered-in-error", "stopped")
_WORDS = {"Y": True, "N": False, "yes": True, "no": False, "asked-unknown": None, "unknown": None}
_WRITTEN = {"true": True, "false": False, "yes": True, "no": False}
_SNOMED_WORDS = {"373066001": True, "373067005": False, "261665006": None}  # yes, no, unknown


def read(opened: Opened, facts: Facts, zone: ZoneInfo) -> None:
    """Every answer to a case path; the same path answered twice, differently, is an error."""
    for part in opened.of("QuestionnaireResponse"):
        if word(part.data.get("status")) in UNREAD:
            opened.warn("informational", "These answers are withdrawn and not read.", f"{part.at}.status")
            continue
        for item, at in _items(part.data, part.at):
            _answer(opened, facts, zone, item, at)


def _items(holder: Json, at: str) -> Iterator[tuple[Json, str]]:
    for place, item in dicts(holder.get("item")):
        here = f"{at}.item[{place}]"
        yield item, here
        yield from _items(item, here)
        for n, answer in dicts(item.get("answer")):
            yield from _items(answer, f"{here}.answer[{n}]")


def _answer(opened: Opened, facts: Facts, zone: ZoneInfo, item: Json, at: str) -> None:
    path, answers = word(item.get("linkId")), dicts(item.get("answer"))
    kind = field_of(path)
    if kind is None or path in STAFF_ONLY:
        _unread(opened, path, bool(answers), at)
        return
    values = [(_value(answer, zone), f"{at}.answer[{place}]") for place, answer in answers]
    if isinstance(kind, YesNo | Flag):
        values = [(_WRITTEN.get(v.lower(), v) if isinstance(v, str) else v, place) for v, place in values]
    known = [(value, place) for value, place in values if value is not None and value != "unknown"]
    if not known:
        return
    if isinstance(kind, ListOf):
        value: Any = [one for one, _ in known]
    else:
        value = known[0][0]
        if any(one != value for one, _ in known[1:]):
            opened.error("business-rule", "Answered twice, differently.", known[1][1])
    if isinstance(kind, FullDay) and isinstance(value, str):
        value = value[:10]
    if not facts.add(path, value, known[0][1]):
        opened.error("business-rule", "Answered twice, differently.", known[0][1])


def _unread(opened: Opened, path: str, answered: bool, at: str) -> None:
    if path in STAFF_ONLY:
        opened.warn("informational", "Only the service's own staff can say this; it is not read.", at)
    elif looks_like_a_path(path):
        opened.error("code-invalid", "No fact of a case has this name.", f"{at}.linkId")
    elif answered:
        opened.warn("informational", "Kept as sent; the rules do not read this answer.", at)


def _value(answer: Json, zone: ZoneInfo) -> Any:
    """The answer as the case writes it; dates as text, moments as the clinic's date, codes as their words."""
    for key in ("valueBoolean", "valueInteger", "valueDecimal", "valueString"):
        if key in answer:
            value = answer[key]
            return value.strip() if isinstance(value, str) else value
    for key in ("valueDate", "valueDateTime"):
        if key in answer:
            return day(answer[key], zone) or answer[key]
    if "valueQuantity" in answer:
        return obj(answer["valueQuantity"]).get("value")
    return _coded(answer.get("valueCoding"))


def _coded(coding: Any) -> Any:
    for _, code in codings({"coding": [coding]}):
        return _SNOMED_WORDS.get(code, _WORDS.get(code, code or None))
    return None
