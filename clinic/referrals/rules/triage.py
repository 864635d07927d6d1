"""The triage engine: facts and a rule book in, a suggestion with its reasons out."""

from clinic.protocol.model import Protocol
from clinic.referrals.rules.band import decide_band
from clinic.referrals.rules.decision import BandDecision, Decision, FlagDecision, PhaseDecision
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.flag_states import decide_flags
from clinic.referrals.rules.gates import decide_gates
from clinic.referrals.rules.notes import notes_to_gp
from clinic.referrals.rules.phase import decide_phase
from clinic.referrals.rules.words import FlagState, Outcome

ENGINE = "1"


def decide(case: Case, protocol: Protocol) -> Decision:
    """Suggest what should happen next; missing evidence is never read as low. Only a person decides."""
    phase, band = decide_phase(case, protocol), decide_band(case, protocol)
    flags = decide_flags(case, protocol)
    outcome, also = _outcomes(case, protocol, phase, band, flags)
    return Decision(
        id=case.id,
        as_of=case.as_of,
        protocol=protocol.id,
        engine=ENGINE,
        outcome=outcome,
        also=also,
        phase=phase,
        band=band,
        flags=flags,
        gates=decide_gates(case, protocol, phase=phase, band=band, flags=flags),
        missing=_missing(case, phase, band, flags),
        notes_to_gp=notes_to_gp(case, band, flags),
    )


def _outcomes(
    case: Case,
    protocol: Protocol,
    phase: PhaseDecision,
    band: BandDecision,
    flags: tuple[FlagDecision, ...],
) -> tuple[Outcome, tuple[Outcome, ...]]:
    """The first that applies, and the others; suggest_class only when nothing else does (A33)."""
    stop = any(f.flag.stops and f.state is FlagState.YES for f in flags)
    emergency = any(f.flag.emergency_first and f.state is FlagState.UNKNOWN for f in flags)
    review = any(
        f.state is FlagState.REVIEW or (f.state is FlagState.YES and not f.flag.stops) for f in flags
    )
    ladder = (
        (Outcome.DO_NOT_ENROL, stop),
        (Outcome.ASK, emergency),
        (Outcome.CLINICIAN_REVIEW, review),
        (Outcome.HOLD, case.mobility.walks_10m is False),
        (Outcome.ONE_TO_ONE, _one_to_one(case, protocol, phase)),
        (Outcome.ASK, _ask(case, phase, band, flags)),
        (Outcome.ASSESS_FIRST, band.provisional or phase.provisional or not band.tested),
    )
    applying = list(dict.fromkeys(outcome for outcome, applies in ladder if applies))
    if not applying:
        return Outcome.SUGGEST_CLASS, ()
    return applying[0], tuple(applying[1:])


def _one_to_one(case: Case, protocol: Protocol, phase: PhaseDecision) -> bool:
    """A14, A23: too sore or too early for a group, not sore enough for a pain review."""
    numbers, rest, movement = protocol.numbers, case.pain.rest, case.pain.movement
    return (
        (rest is not None and numbers.group_rest_pain_to < rest < numbers.severe_pain_from)
        or (movement is not None and numbers.group_movement_pain_to < movement < numbers.severe_pain_from)
        or (phase.day is not None and phase.day < numbers.group_from_day)
    )


def _ask(case: Case, phase: PhaseDecision, band: BandDecision, flags: tuple[FlagDecision, ...]) -> bool:
    """An unknown flag, or a fact without which the band, phase or start cannot be settled."""
    return bool(
        any(f.state is FlagState.UNKNOWN for f in flags)
        or band.open_question
        or phase.missing
        or _unknown_start_facts(case)
    )


def _unknown_start_facts(case: Case) -> list[str]:
    facts = {
        "pain.rest": case.pain.rest,
        "pain.movement": case.pain.movement,
        "pain.trend": case.pain.trend,
        "mobility.walks_10m": case.mobility.walks_10m,
        "fracture.site": case.fracture.site,
    }
    return [path for path, value in facts.items() if value is None]


def _missing(
    case: Case, phase: PhaseDecision, band: BandDecision, flags: tuple[FlagDecision, ...]
) -> tuple[str, ...]:
    """Every fact worth asking for, whether or not it alone leads to `ask`."""
    missing = {*phase.missing, *band.missing, *_unknown_start_facts(case)}
    for found in flags:
        missing.update(found.missing)
    if case.person.birth_date is None:
        missing.add("person.birth_date")
    return tuple(sorted(missing))
