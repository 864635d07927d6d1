"""Advice that goes to the GP beside the decision; none of it ever blocks a class."""

from clinic.referrals.rules.decision import BandDecision, FlagDecision
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.words import Band

_BONE_HEALTH = (
    "Bone density result not stated: please consider a DXA scan, a vitamin D level and bone-protecting "
    "medicine. This does not hold up the class."
)
_INCIDENTAL = "Fracture found by chance: please arrange bone-health follow-up."
_SECONDARY = "Has a secondary cause of the fracture been considered?"
_HIGH = "High supervision suggested: please consider a comprehensive falls assessment."


def notes_to_gp(case: Case, band: BandDecision, flags: tuple[FlagDecision, ...]) -> tuple[str, ...]:
    """The notes that apply, sorted."""
    notes = []
    if case.fracture.osteoporotic is None:
        notes.append(_BONE_HEALTH)
    if case.fracture.incidental:
        notes.append(_INCIDENTAL)
    if any(r.criterion.id in ("RF3.1", "RF3.2") for f in flags for r in f.reasons):
        notes.append(_SECONDARY)
    if band.value is Band.HIGH:
        notes.append(_HIGH)
    return tuple(sorted(notes))
