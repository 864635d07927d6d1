"""A decision in plain words: the answer, then why, then what is missing and what it would need."""

from collections.abc import Iterable

from clinic.referrals.rules.decision import Decision, Reason
from clinic.referrals.rules.words import Outcome

OUTCOME_WORDS = {
    Outcome.DO_NOT_ENROL: "Do not enrol: a red flag needs medical help first.",
    Outcome.ASK: "Ask: facts are missing that could change the answer.",
    Outcome.CLINICIAN_REVIEW: "A clinician looks at it before anything is booked.",
    Outcome.HOLD: "Hold: not yet walking ten metres.",
    Outcome.ONE_TO_ONE: "Start one to one: too early or too sore for a group.",
    Outcome.ASSESS_FIRST: "A first assessment, then a class.",
    Outcome.SUGGEST_CLASS: "A group class is suggested. A person decides.",
}


def explain(decision: Decision) -> list[str]:
    """The lines a person reads; the first one is the answer."""
    name = "case" if decision.id is None else str(decision.id)
    lines = [f"{name}: {OUTCOME_WORDS[decision.outcome]}"]
    lines += [f"  also: {OUTCOME_WORDS[outcome]}" for outcome in decision.also]
    if decision.call_today:
        lines.append("  The call is due the same working day.")
    phase, band = decision.phase, decision.band
    lines.append(f"  phase {phase.value}{', for now' if phase.provisional else ''}")
    lines += _because(phase.reasons)
    span = "" if band.floor is band.ceiling else f" (between {band.floor} and {band.ceiling})"
    lines.append(f"  supervision band {band.value}{span}{', for now' if band.provisional else ''}")
    lines += _because(band.reasons)
    for found in decision.flags:
        lines.append(f"  {found.flag.id} {found.state}, {found.flag.urgency}: {found.tell_referrer}")
        lines += _because(found.reasons)
    for gate in decision.gates:
        when = f" from {gate.opens_on}" if gate.opens_on else ""
        lines.append(f"  gate {gate.name} {'open' if gate.open else 'closed'}{when}")
        lines += _because(gate.reasons)
    lines += [f"  missing: {path}" for path in decision.missing]
    lines += [f"  note to the GP: {note}" for note in decision.notes_to_gp]
    return lines


def _because(reasons: Iterable[Reason]) -> list[str]:
    return [
        f"    {reason.fact}: {reason.criterion.statement} [{reason.criterion.id}, {reason.criterion.cited}]"
        for reason in reasons
    ]
