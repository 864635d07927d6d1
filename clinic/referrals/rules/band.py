"""FB-1: how much help a person needs in class. Not a score, not a prediction (NICE NG249)."""

from typing import NamedTuple

from clinic.protocol.model import Protocol
from clinic.referrals.rules.decision import BandDecision, Reason
from clinic.referrals.rules.facts import Answer, Case
from clinic.referrals.rules.falls import FallAnswers, read_falls
from clinic.referrals.rules.measures import Measures, measure
from clinic.referrals.rules.words import Band

_MIDDLE = {"falls.unsteady": "FB-1.8", "falls.worried": "FB-1.9", "mobility.walking_aid": "FB-1.17"}


class _Facts(NamedTuple):
    """What the band is judged by; `high` and `middle` are the answers that can be unknown, by path."""

    falls: FallAnswers
    measures: Measures
    frail: bool
    warning_score: bool
    high: dict[str, Answer]
    middle: dict[str, Answer]


def decide_band(case: Case, protocol: Protocol) -> BandDecision:
    """Evaluate once with unknown as no (floor) and once as yes (ceiling); differing means provisional."""
    facts = _gather(case, protocol)
    floor, ceiling = _evaluate(protocol, facts, unknown=False), _evaluate(protocol, facts, unknown=True)
    open_question, tested = floor is not ceiling, facts.measures.tested
    value, provisional, why = floor, False, []
    if open_question:
        value, provisional = _at_least_intermediate(floor), True
        why.append(("FB-1.19", f"answers give {floor} to {ceiling}"))
    if not tested and floor is not Band.HIGH:
        value, provisional = _at_least_intermediate(value), True
        ceiling = _at_least_intermediate(ceiling)
        why.append(("FB-1.21", "tests = none current"))
    if facts.falls.number is None and floor is not Band.HIGH and _warning(facts):
        value = Band.HIGH
        why.append(("FB-1.20", "falls.count_12m = unknown"))
    reasons = _reasons(case, protocol, facts, value, why)
    return BandDecision(value, provisional, floor, ceiling, reasons, _missing(facts), open_question, tested)


def _gather(case: Case, protocol: Protocol) -> _Facts:
    """A1: exactly these answers can be unknown; frailty, the score and tests only count when given."""
    falls, numbers = read_falls(case, protocol), protocol.numbers
    cfs, score = case.frailty.clinical_frailty_scale, case.falls.stay_independent
    return _Facts(
        falls,
        measure(case, protocol),
        frail=case.frailty.frail is True or (cfs is not None and cfs >= numbers.frail_from_cfs),
        warning_score=score is not None and score >= numbers.stay_independent_from,
        high={
            "falls.injurious": falls.injurious,
            "falls.could_not_get_up": falls.could_not_get_up,
            "falls.lost_consciousness": falls.lost_consciousness,
            "mobility.needs_person": case.mobility.needs_person,
        },
        middle={
            "falls.unsteady": case.falls.unsteady,
            "falls.worried": case.falls.worried,
            "mobility.walking_aid": case.mobility.walking_aid,
        },
    )


def _evaluate(protocol: Protocol, facts: _Facts, *, unknown: bool) -> Band:
    """FB-1 with every unknown answer read as `unknown`."""
    count = facts.falls.at_least
    if unknown and facts.falls.number is None:
        count = protocol.numbers.falls_high_from
    if (
        count >= protocol.numbers.falls_high_from
        or _any_yes(facts.high, unknown)
        or (count >= 1 and facts.frail)
    ):
        return Band.HIGH
    if (
        count >= 1
        or _any_yes(facts.middle, unknown)
        or facts.frail
        or facts.warning_score
        or facts.measures.abnormal
    ):
        return Band.INTERMEDIATE
    return Band.LOW


def _any_yes(answers: dict[str, Answer], unknown: bool) -> bool:
    given = answers.values()
    return True in given or (unknown and None in given)


def _missing(facts: _Facts) -> tuple[str, ...]:
    missing = [path for path, answer in (*facts.high.items(), *facts.middle.items()) if answer is None]
    return (*missing, "falls.count_12m") if facts.falls.number is None else tuple(missing)


def _at_least_intermediate(band: Band) -> Band:
    return Band.INTERMEDIATE if band is Band.LOW else band


def _warning(facts: _Facts) -> bool:
    """A11: what makes an unknown number of falls a provisional high."""
    return bool(
        _any_yes(facts.middle, unknown=False) or facts.warning_score or facts.measures.abnormal or facts.frail
    )


def _reasons(
    case: Case, protocol: Protocol, facts: _Facts, value: Band, found: list[tuple[str, str]]
) -> tuple[Reason, ...]:
    falls, numbers = facts.falls, protocol.numbers
    if falls.at_least >= numbers.falls_high_from:
        found.append(("FB-1.1", f"falls.count_12m = {falls.at_least}"))
    elif falls.at_least == 1:
        found.append(("FB-1.7", _one_fall(case, falls)))
    if falls.injurious:
        found.append(("FB-1.2", _injury(case)))
    if falls.could_not_get_up:
        found.append(("FB-1.3", "falls.could_not_get_up = true"))
    if case.falls.lost_consciousness:
        found.append(("FB-1.4", "falls.lost_consciousness = true"))
    if falls.by_blackouts:
        found.append(("FB-1.4", "flags.blackouts = true"))
    if facts.frail:
        found += [("FB-1.16", fact) for fact in _frail_facts(case, numbers.frail_from_cfs)]
        if falls.at_least >= 1:
            found += [("FB-1.5", fact) for fact in _frail_facts(case, numbers.frail_from_cfs)]
    if facts.high["mobility.needs_person"]:
        found.append(("FB-1.6", "mobility.needs_person = true"))
    found += [(_MIDDLE[path], f"{path} = true") for path, answer in facts.middle.items() if answer]
    if facts.warning_score:
        found.append(("FB-1.10", f"falls.stay_independent = {case.falls.stay_independent}"))
    if value is Band.LOW:
        found += [("FB-1.18", fact) for fact in facts.measures.normal_facts]
    found += [("FB-1.24", fact) for fact in falls.contradictions + _frailty_contradictions(case, protocol)]
    reasons = [Reason(protocol.criteria[criterion], fact) for criterion, fact in found]
    return (*reasons, *facts.measures.abnormal, *facts.measures.notes)


def _one_fall(case: Case, falls: FallAnswers) -> str:
    if case.falls.count_12m == 1:
        return "falls.count_12m = 1"
    return "fracture.cause = fall" if falls.by_fracture else "falls.count_12m = at least 1"


def _injury(case: Case) -> str:
    return "falls.injurious = true" if case.falls.injurious else "fracture.cause = fall"


def _frail_facts(case: Case, frail_from: int) -> list[str]:
    found = ["frailty.frail = true"] if case.frailty.frail else []
    cfs = case.frailty.clinical_frailty_scale
    if cfs is not None and cfs >= frail_from:
        found.append(f"frailty.clinical_frailty_scale = {cfs}")
    return found


def _frailty_contradictions(case: Case, protocol: Protocol) -> tuple[str, ...]:
    cfs, frail, numbers = case.frailty.clinical_frailty_scale, case.frailty.frail, protocol.numbers
    if cfs is None or frail is None:
        return ()
    if (frail and cfs <= numbers.fit_to_cfs) or (not frail and cfs >= numbers.frail_from_cfs):
        return (f"frailty.clinical_frailty_scale = {cfs} but frailty.frail = {str(frail).lower()}",)
    return ()
