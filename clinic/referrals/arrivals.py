"""What follows a new referral in the same transaction: its facts, its suggestion and its clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clinic.patients import duplicates, registrations
from clinic.patients.models import Patient
from clinic.referrals import answers, clocks, engine, reassessment
from clinic.referrals.models import Decision, Referral, Source, State
from clinic.referrals.origins import BY_STAFF, Origin
from clinic.referrals.rules import merging
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.referrals.suspension import suspend
from clinic.viewer import Viewer
from clinic.worklist import services as worklist


def decide(
    referral: Referral,
    *,
    joined: bool,
    flags: tuple[str, ...],
    facts: Mapping[str, Any],
    by: Viewer,
    source: str = "colleague",
    suggestion: Suggestion | None = None,
) -> Decision:
    """Run the rules, unless `suggestion` is what they said of these facts alone; a joining referral adds its
    facts, the more cautious standing, and resets no clock.

    A colleague's answers count as another source, so that they cannot soften what is known; the same
    referrer's, amended and sent again, take the place of their own.
    """
    episode = referral.episode
    if not joined:
        return engine.suggest(episode, found=suggestion)
    before = reassessment.known(episode)
    _add_facts(referral, facts, source=source, by=by)
    decision = engine.suggest(episode)
    reassessment.follow(episode, before=before, decision=decision, by=by)
    if flags and episode.state is not State.BEING_DECIDED:
        suspend(episode, reason="red_flag", by=by)
    return decision


def _add_facts(referral: Referral, facts: Mapping[str, Any], *, source: str, by: Viewer) -> None:
    episode = referral.episode
    added: dict[str, Any] = {
        path: value
        for path, value in merging.facts_of(facts).items()
        if not path.startswith("person.")
        and path != "fracture.reported_on"
        and merging.at(episode.case, path) != value
    }
    tests, known = facts.get("tests"), episode.case.get("tests") or []
    if isinstance(tests, list) and (fresh := [test for test in tests if test not in known]):
        added["tests"] = fresh
    on = clocks.today(referral.clinic_id, referral.received_at)
    answers.add(episode, added, source=source, answered_on=on, by=by)


def look_for_new_fracture(referral: Referral, *, facts: Mapping[str, Any], by: Viewer) -> None:
    """A second referral that tells of a later one: no class and no prompt before somebody has looked (F4)."""
    if not merging.broke_since(facts, referral.episode.referred_on):
        return
    suspend(referral.episode, reason="new_fracture", by=by)
    worklist.raise_alert(
        kind="told_new_fracture",
        patient_id=referral.patient_id,
        cause_kind="referrals",
        cause_id=referral.id,
        clinic_id=referral.clinic_id,
        organisation_id=referral.organisation_id,
        due_at=clocks.end_of_working_day(referral.clinic_id, referral.received_at),
        note=f"{referral.reference} gives a date of fracture after the first referral",
        by=by,
    )


def start_clocks(
    referral: Referral,
    *,
    flags: tuple[str, ...],
    suggestion: Suggestion,
    since: datetime,
    at: datetime,
    by: Viewer,
) -> None:
    """F6: an act-today flag telephones the practice within the hour, the duty contact is told; A18: an
    emergency question nobody answered is asked the same working day; a birth date that differs is looked at.
    """
    about: dict[str, Any] = {
        "patient_id": referral.patient_id,
        "cause_kind": "referrals",
        "cause_id": referral.id,
        "clinic_id": referral.clinic_id,
        "organisation_id": referral.organisation_id,
        "by": by,
    }
    same_day = clocks.end_of_working_day(referral.clinic_id, at)
    if flags:
        words = f"{', '.join(flags)} answered yes on {referral.reference}"
        due = since + clocks.RED_FLAG_CALL
        worklist.open_task(kind="telephone_practice", due_at=due, note=words, **about)
        worklist.raise_alert(kind="red_flag_referral", due_at=due, note=words, **about)
    if suggestion.call_today:
        worklist.add_call(kind="ask_red_flags", due_at=same_day, note=referral.reference, **about)
    if _differs(referral.patient, referral.person):
        note = f"{referral.reference}: the NHS number is known with another name or date of birth"
        worklist.open_task(kind="check_identity", due_at=same_day, note=note, **about)


def ask_what_is_missing(referral: Referral, *, consent: bool | None, at: datetime, by: Viewer) -> None:
    """What a letter or a call left out is asked, never a reason to refuse: agreement, a number, a screen.

    One who referred herself is rung with the screen's questions.
    """
    about: dict[str, Any] = {
        "patient_id": referral.patient_id,
        "cause_kind": "referrals",
        "cause_id": referral.id,
        "clinic_id": referral.clinic_id,
        "organisation_id": referral.organisation_id,
        "note": referral.reference,
        "by": by,
    }
    by_staff = referral.source in BY_STAFF
    due = clocks.end_of_working_day(referral.clinic_id, at + clocks.ASKED_WITHIN)
    if referral.source is Source.SELF:
        worklist.add_call(kind="phone_screen", due_at=due, **about)
    if consent is False or (by_staff and consent is None):
        worklist.add_call(kind="ask_consent", due_at=due, **about)
    if not (referral.person.get("mobile") or referral.person.get("landline")) and by_staff:
        worklist.open_task(kind="find_number", due_at=due, **about)


def look_for_others(referral: Referral, *, origin: Origin, at: datetime, by: Viewer) -> None:
    """Is she here already under another number; and is she registered where the sender says? (F11, F32)"""
    about: dict[str, Any] = {
        "patient_id": referral.patient_id,
        "cause_kind": "patients",
        "cause_id": referral.patient_id,
        "clinic_id": referral.clinic_id,
        "organisation_id": referral.organisation_id,
        "due_at": clocks.end_of_working_day(referral.clinic_id, at + clocks.ASKED_WITHIN),
        "by": by,
    }
    if pairs := duplicates.of_patient(referral.patient):
        worklist.open_task(
            kind="possible_duplicate", note=f"{referral.reference}: {', '.join(pairs[0].why)}", **about
        )
    if origin.practice_unknown:
        note = f"{referral.reference}: the practice's ODS code is not one of ours: {origin.practice_unknown}"
        worklist.open_task(kind="check_practice", note=note, **about)
        return
    known = registrations.practice_of(referral.patient_id) if origin.practice_id else None
    if known is not None and known.organisation_id != origin.practice_id:
        note = f"{referral.reference} names another practice than the one we have"
        worklist.open_task(kind="check_practice", note=note, **about)


def _differs(patient: Patient, person: Mapping[str, Any]) -> bool:
    """A valid NHS number may be somebody else's (F32)."""
    return (
        patient.birth_date != person["birth_date"]
        or patient.family_name.casefold() != person["family_name"].casefold()
    )
