"""The five gates. All stay closed on any open flag or a hold; time alone never opens impact."""

from datetime import date

from clinic.protocol.model import Protocol
from clinic.protocol.numbers import Numbers
from clinic.referrals.rules.dates import add_days, add_months
from clinic.referrals.rules.decision import (
    BandDecision,
    FlagDecision,
    GateDecision,
    PhaseDecision,
    Reason,
)
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.words import Band, GateName, Phase, Release

_Facts = list[tuple[str, str]]


def decide_gates(
    case: Case,
    protocol: Protocol,
    *,
    phase: PhaseDecision,
    band: BandDecision,
    flags: tuple[FlagDecision, ...],
) -> tuple[GateDecision, ...]:
    """A gate is open only when its own conditions hold and nothing closes them all (A16, A26, A32)."""
    closing: _Facts = [("GT-1.1", f"{found.flag.id} = {found.state}") for found in flags]
    if case.mobility.walks_10m is False:
        closing.append(("GS-1.5", "mobility.walks_10m = false"))
    criteria, gates = protocol.criteria, []
    for name, (is_open, opens_on, facts) in (
        (GateName.GROUP_START, _group_start(case, protocol.numbers, phase)),
        (GateName.PRONE, _prone(case, protocol.numbers, phase)),
        (GateName.BONE_LOADING, _bone_loading(case, protocol.numbers, phase, band)),
        (GateName.IMPACT, _impact(case)),
        (GateName.TAUGHT, _taught(case)),
    ):
        if closing:
            is_open, opens_on = False, None
        reasons = [Reason(criteria[criterion], fact) for criterion, fact in closing + facts]
        gates.append(GateDecision(name, is_open, opens_on, tuple(reasons)))
    return tuple(gates)


def _group_start(case: Case, numbers: Numbers, phase: PhaseDecision) -> tuple[bool, date | None, _Facts]:
    pain = case.pain
    facts: _Facts = [
        ("GS-1.2", f"pain.rest = {_shown(pain.rest)}"),
        ("GS-1.3", f"pain.movement = {_shown(pain.movement)}"),
        ("GS-1.4", f"mobility.walks_10m = {_shown(case.mobility.walks_10m)}"),
    ]
    able = (
        pain.rest is not None
        and pain.rest <= numbers.group_rest_pain_to
        and pain.movement is not None
        and pain.movement <= numbers.group_movement_pain_to
        and case.mobility.walks_10m is True
    )
    if phase.anchor is None or phase.day is None:
        return False, None, [*facts, ("GS-1.6", "day = unknown")]
    facts.append(("GS-1.1", f"day = {phase.day}"))
    start = add_days(phase.anchor, numbers.group_from_day) if able else None
    return able and phase.day >= numbers.group_from_day, start, facts


def _prone(case: Case, numbers: Numbers, phase: PhaseDecision) -> tuple[bool, date | None, _Facts]:
    stabilised, released = case.progress.stabilised is True, Release.PRONE in case.progress.released
    facts: _Facts = [
        ("GT-1.2", f"phase = {phase.value}"),
        ("GT-1.2", f"progress.stabilised = {_shown(case.progress.stabilised)}"),
    ]
    ways: list[date] = []
    if stabilised and (starts := _reaches(phase, Phase.P2, numbers)):
        ways.append(starts)
    if released:
        facts.append(("GT-1.3", f"progress.released = prone, day = {_shown(phase.day)}"))
        if phase.anchor is not None:
            ways.append(add_days(phase.anchor, numbers.prone_release_from_day))
    by_tick = stabilised and phase.value is not Phase.P1
    by_release = released and phase.day is not None and phase.day >= numbers.prone_release_from_day
    return by_tick or by_release, min(ways, default=None), facts


def _bone_loading(
    case: Case, numbers: Numbers, phase: PhaseDecision, band: BandDecision
) -> tuple[bool, date | None, _Facts]:
    if band.value is Band.HIGH:
        released = Release.BONE_LOADING in case.progress.released
        return released, None, [("GT-1.5", f"progress.released = {'' if released else 'not '}bone_loading")]
    weeks = case.progress.strength_weeks
    facts: _Facts = [
        ("GT-1.4", f"band = {band.value}"),
        ("GT-1.4", f"phase = {phase.value}"),
        ("GT-1.4", f"progress.strength_weeks = {_shown(weeks)}"),
    ]
    strong = weeks is not None and weeks >= numbers.bone_strength_weeks
    if not strong:
        return False, None, facts
    needed = Phase.P2 if band.value is Band.LOW else Phase.P3
    return phase.value >= needed, _reaches(phase, needed, numbers), facts


def _impact(case: Case) -> tuple[bool, date | None, _Facts]:
    released = Release.IMPACT in case.progress.released
    return released, None, [("GT-1.6", f"progress.released = {'' if released else 'not '}impact")]


def _taught(case: Case) -> tuple[bool, date | None, _Facts]:
    taught = sorted(case.progress.taught)
    return bool(taught), None, [("GT-1.7", f"progress.taught = {', '.join(taught) or 'nothing yet'}")]


def _reaches(phase: PhaseDecision, needed: Phase, numbers: Numbers) -> date | None:
    """The day the phase was or will be reached; None when a person, not the calendar, sets it."""
    if phase.anchor is None:
        return None
    if phase.set_by_person:
        return phase.since if phase.value >= needed else None
    months = numbers.p2_from_months if needed is Phase.P2 else numbers.p3_from_months
    return add_months(phase.anchor, months)


def _shown(value: object) -> str:
    return "unknown" if value is None else str(value).lower()
