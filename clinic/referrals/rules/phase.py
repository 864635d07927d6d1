"""PH-1: the phase of healing, from the fracture or a later cement procedure."""

from dataclasses import dataclass
from datetime import date

from clinic.protocol.model import Protocol
from clinic.referrals.rules.dates import PartialDate, add_months
from clinic.referrals.rules.decision import PhaseDecision, Reason
from clinic.referrals.rules.facts import Case, Fracture
from clinic.referrals.rules.words import DatedBy, Phase

_AFTER_CEMENT, _SET_BY_PERSON = "PH-1.9", "PH-1.11"


@dataclass(frozen=True, slots=True)
class _Reading:
    """The phase if the fracture was on one particular day; `since` is the day the phase began."""

    value: Phase
    anchor: date
    since: date
    criterion: str


def fracture_day(case: Case) -> date | None:
    """The day of the fracture, read cautiously; None when undated or only an image date is known."""
    fracture = case.fracture
    return None if _only_an_image_date(fracture) else _read(case, fracture.date)


def image_or_fracture_day(case: Case) -> date | None:
    """The date given, whether of the fracture or only of its image, read cautiously."""
    return _read(case, case.fracture.date)


def decide_phase(case: Case, protocol: Protocol) -> PhaseDecision:
    """Never later than the facts allow: whatever is not firmly dated is provisional phase 1."""
    fracture, cement = case.fracture, case.fracture.cement_procedure_on
    day, cement_day = fracture_day(case), _read(case, cement)
    doubts, missing = _doubts(fracture)
    if doubts:
        return _provisional(protocol, doubts, missing)
    assert fracture.date is not None and day is not None
    reading = _read_phase(case, protocol, day, cement_day)
    facts = [(reading.criterion, _anchor_fact(case, reading, cement_day))]
    if not fracture.date.full:
        facts.append(("PH-1.4", f"fracture.date = {fracture.date.text}"))
        earliest = _read_phase(case, protocol, fracture.date.first, cement_day)
        if _differ(case, protocol, earliest, reading):
            facts.append(("PH-1.5", f"fracture.date = {fracture.date.text}"))
            missing.append("fracture.date")
    if cement is not None and not cement.full:
        facts.append(("PH-1.4", f"fracture.cement_procedure_on = {cement.text}"))
    if cement is not None and fracture.cement is False:
        facts.append(("PH-1.13", f"fracture.cement = false but fracture.cement_procedure_on = {cement.text}"))
    if _may_be_incidental(fracture):
        facts.append(("PH-1.8", "fracture.incidental = unknown"))
        missing.append("fracture.incidental")
    return PhaseDecision(
        value=reading.value,
        provisional=False,
        anchor=reading.anchor,
        day=(case.as_of - reading.anchor).days,
        since=reading.since,
        set_by_person=reading.criterion in (_AFTER_CEMENT, _SET_BY_PERSON),
        reasons=_reasons(protocol, facts),
        missing=tuple(missing),
    )


def _only_an_image_date(fracture: Fracture) -> bool:
    return fracture.incidental is True and fracture.dated_by is not DatedBy.PHYSIOTHERAPIST


def _may_be_incidental(fracture: Fracture) -> bool:
    return fracture.incidental is None and fracture.dated_by is not DatedBy.PHYSIOTHERAPIST


def _read(case: Case, partial: PartialDate | None) -> date | None:
    if partial is None:
        return None
    return min(partial.read(case.fracture.reported_on or case.as_of), case.as_of)


def _doubts(fracture: Fracture) -> tuple[list[tuple[str, str]], list[str]]:
    """Why there is no firm date, and which facts would help a person on the phone."""
    facts: list[tuple[str, str]] = []
    missing: list[str] = []
    if fracture.date is None:
        facts.append(("PH-1.6", "fracture.date = unknown"))
        missing.append("fracture.date")
        if _may_be_incidental(fracture):
            missing.append("fracture.incidental")
    if _only_an_image_date(fracture):
        facts.append(("PH-1.7", "fracture.incidental = true"))
    if facts and fracture.cement_procedure_on is not None:
        facts.append(("PH-1.12", f"fracture.cement_procedure_on = {fracture.cement_procedure_on.text}"))
    if fracture.cement is True and fracture.cement_procedure_on is None:
        facts.append(("PH-1.10", "fracture.cement_procedure_on = unknown"))
        missing.append("fracture.cement_procedure_on")
    return facts, missing


def _provisional(protocol: Protocol, facts: list[tuple[str, str]], missing: list[str]) -> PhaseDecision:
    reasons = _reasons(protocol, facts)
    return PhaseDecision(Phase.P1, True, None, None, None, False, reasons, tuple(missing))


def _read_phase(case: Case, protocol: Protocol, day: date, cement_day: date | None) -> _Reading:
    if cement_day is None or cement_day <= day:
        return _by_calendar(case.as_of, protocol, day)
    phase_set = case.progress.phase_set
    if phase_set is not None and phase_set.on >= cement_day:
        return _Reading(phase_set.value, cement_day, phase_set.on, _SET_BY_PERSON)
    return _Reading(Phase.P1, cement_day, cement_day, _AFTER_CEMENT)


def _by_calendar(as_of: date, protocol: Protocol, day: date) -> _Reading:
    numbers = protocol.numbers
    p2, p3 = add_months(day, numbers.p2_from_months), add_months(day, numbers.p3_from_months)
    if as_of >= p3:
        return _Reading(Phase.P3, day, p3, "PH-1.3")
    if as_of >= p2:
        return _Reading(Phase.P2, day, p2, "PH-1.2")
    return _Reading(Phase.P1, day, day, "PH-1.1")


def _differ(case: Case, protocol: Protocol, earliest: _Reading, latest: _Reading) -> bool:
    """True when the first and the last day lead to another phase or lie on both sides of day 28."""
    start = protocol.numbers.group_from_day
    days = ((case.as_of - earliest.anchor).days, (case.as_of - latest.anchor).days)
    return earliest.value is not latest.value or (days[0] >= start > days[1])


def _anchor_fact(case: Case, reading: _Reading, cement_day: date | None) -> str:
    if reading.criterion == _SET_BY_PERSON and case.progress.phase_set is not None:
        return f"progress.phase_set.value = {reading.value}"
    if reading.anchor == cement_day and reading.criterion == _AFTER_CEMENT:
        return f"fracture.cement_procedure_on = {reading.anchor}"
    return f"fracture.date = {reading.anchor}"


def _reasons(protocol: Protocol, facts: list[tuple[str, str]]) -> tuple[Reason, ...]:
    return tuple(Reason(protocol.criteria[criterion], fact) for criterion, fact in facts)
