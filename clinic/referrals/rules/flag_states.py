"""The state of each red flag: its answer, and the facts that speak for themselves (A15, A19, A23, A27)."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from clinic.protocol.model import Protocol
from clinic.protocol.numbers import Numbers
from clinic.referrals.rules.dates import age_on
from clinic.referrals.rules.decision import FlagDecision, Reason
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.flags import FLAGS, Flag
from clinic.referrals.rules.phase import fracture_day
from clinic.referrals.rules.words import EXPLAINED, Cause, ConfirmedBy, FlagState, Site, Trend

_ORDER = {FlagState.NO: 0, FlagState.UNKNOWN: 1, FlagState.REVIEW: 2, FlagState.YES: 3}


class Finding(NamedTuple):
    """One thing that speaks for a flag; `missing` is the unknown fact behind an unknown state."""

    state: FlagState
    criterion: str
    fact: str
    missing: str | None = None


def decide_flags(case: Case, protocol: Protocol) -> tuple[FlagDecision, ...]:
    """Every flag that is yes, in review or unknown, in the order of the list."""
    decided = []
    for flag in FLAGS:
        findings = [*_answer(flag, case), *_from_facts(flag, case, protocol.numbers)]
        if not findings:
            continue
        state = max((finding.state for finding in findings), key=_ORDER.__getitem__)
        reasons = tuple(Reason(protocol.criteria[found.criterion], found.fact) for found in findings)
        missing = tuple(f.missing for f in findings if f.missing and state is not FlagState.YES)
        decided.append(FlagDecision(flag, state, reasons, missing))
    return tuple(decided)


def _answer(flag: Flag, case: Case) -> Iterator[Finding]:
    answer = case.flags.get(flag.key)
    if answer is None:
        yield Finding(FlagState.UNKNOWN, flag.id, f"{flag.path} = unknown", flag.path)
    elif answer is True:
        yield Finding(FlagState.YES, flag.id, f"{flag.path} = true")
    elif answer == EXPLAINED and not flag.explainable:
        yield Finding(FlagState.REVIEW, "RF-0", f"{flag.path} = explained")


def _from_facts(flag: Flag, case: Case, numbers: Numbers) -> Iterator[Finding]:
    look = _FACTS.get(flag.key)
    return look(case, numbers) if look else iter(())


def _cancer(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Age at the fracture; at `as_of` when undated or only an image is dated (A19, A29)."""
    birth, levels = case.person.birth_date, case.fracture.levels
    if birth is not None:
        age = age_on(birth, fracture_day(case) or case.as_of)
        if age < numbers.secondary_cause_below_age:
            yield Finding(FlagState.REVIEW, "RF3.1", f"age at the fracture = {age}")
    if len(levels) >= numbers.secondary_cause_from_levels:
        yield Finding(FlagState.REVIEW, "RF3.2", f"fracture.levels = {', '.join(sorted(levels))}")


def _unstable(case: Case, numbers: Numbers) -> Iterator[Finding]:
    if case.fracture.cause is Cause.HIGH_TRAUMA:
        yield Finding(FlagState.YES, "RF5.1", "fracture.cause = high_trauma")


def _severe_pain(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """The six weeks run from the fracture, not from a later cement procedure (A14)."""
    pain = case.pain
    for name, points in (("rest", pain.rest), ("movement", pain.movement)):
        if points is not None and points >= numbers.severe_pain_from:
            yield Finding(FlagState.YES, "RF6.1", f"pain.{name} = {points}")
    if pain.trend is Trend.WORSE:
        yield Finding(FlagState.YES, "RF6.2", "pain.trend = worse")
    if pain.trend is Trend.SAME:
        day = fracture_day(case)
        if day is None:
            yield Finding(FlagState.UNKNOWN, "RF6.4", "pain.trend = same", "fracture.date")
        elif (case.as_of - day).days >= numbers.same_pain_from_day:
            yield Finding(FlagState.YES, "RF6.3", f"pain.trend = same on day {(case.as_of - day).days}")


def _blackouts(case: Case, numbers: Numbers) -> Iterator[Finding]:
    if case.falls.lost_consciousness:
        yield Finding(FlagState.YES, "RF7.1", "falls.lost_consciousness = true")


def _heart(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Not measured is not unknown: the question is (A15)."""
    seen = case.observations
    if seen.systolic is not None:
        if seen.systolic >= numbers.systolic_high_from:
            yield Finding(FlagState.YES, "RF8.1", f"observations.systolic = {seen.systolic:g}")
        if seen.systolic < numbers.systolic_low_below:
            yield Finding(FlagState.REVIEW, "RF8.4", f"observations.systolic = {seen.systolic:g}")
    if seen.diastolic is not None and seen.diastolic >= numbers.diastolic_high_from:
        yield Finding(FlagState.YES, "RF8.2", f"observations.diastolic = {seen.diastolic:g}")
    if seen.pulse is not None:
        if seen.pulse > numbers.pulse_high_above:
            yield Finding(FlagState.YES, "RF8.3", f"observations.pulse = {seen.pulse:g}")
        if seen.pulse < numbers.pulse_low_below:
            yield Finding(FlagState.REVIEW, "RF8.5", f"observations.pulse = {seen.pulse:g}")


def _scope(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Low bone density is in scope; a site not known is asked for and is no flag (A3, A31)."""
    fracture = case.fracture
    if fracture.confirmed_by is None:
        yield Finding(FlagState.UNKNOWN, "RF9.4", "fracture.confirmed_by = unknown", "fracture.confirmed_by")
    elif fracture.confirmed_by is ConfirmedBy.NOT_CONFIRMED:
        yield Finding(FlagState.YES, "RF9.1", "fracture.confirmed_by = not_confirmed")
    if fracture.osteoporotic is False:
        yield Finding(FlagState.REVIEW, "RF9.2", "fracture.osteoporotic = false")
    if fracture.site is not None and fracture.site is not Site.VERTEBRAL:
        yield Finding(FlagState.YES, "RF9.3", f"fracture.site = {fracture.site}")


_FACTS: Mapping[str, Callable[[Case, Numbers], Iterator[Finding]]] = {
    "cancer": _cancer,
    "unstable_fracture": _unstable,
    "severe_pain": _severe_pain,
    "blackouts": _blackouts,
    "heart_or_pressure": _heart,
    "not_this_fracture": _scope,
}
