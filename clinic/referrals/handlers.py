"""What this room does when another one says something; named in `clinic.wiring.EVENTS`."""

from __future__ import annotations

from sqlalchemy import select

from clinic.access import queries as access
from clinic.extensions import db, now
from clinic.patients import duplicates
from clinic.patients.models import Patient, Registration
from clinic.referrals import clocks, joining
from clinic.referrals.models import EndReason, Episode, State
from clinic.referrals.states import locked, move
from clinic.viewer import system
from clinic.worklist import services as worklist
from clinic.worklist.models import Task

UNDECIDED = (State.BEING_DECIDED, State.WITH_REFERRER)
ASK_WHO_DECIDES_DAYS = 7


def patient_died(*, patient_id: int) -> None:
    """Her time with us ends in the same transaction (F7)."""
    episode = _open(patient_id)
    if episode is not None:
        by = system("patient died", episode.clinic_id)
        move(episode, State.ENDED, by=by, reason="died", ended_reason=EndReason.DIED)


def practice_changed(*, patient_id: int, registration_id: int) -> None:
    """The new practice is told, by us: a person writes or rings, and ticks it off (F11)."""
    new = db.session.get_one(Registration, registration_id)
    episode = _open(patient_id)
    if episode is None:
        return
    name = new.practice_name or access.organisation(new.organisation_id or 0).name
    by = system("practice changed", new.clinic_id)
    worklist.open_task(
        kind="tell_new_practice",
        patient_id=patient_id,
        cause_kind="registrations",
        cause_id=new.id,
        clinic_id=new.clinic_id,
        organisation_id=new.organisation_id,
        due_at=clocks.end_of_working_day(new.clinic_id, now() + clocks.ASKED_WITHIN),
        note=f"Registered with {name} since {new.since.isoformat()}",
        by=by,
    )


def cannot_consent(*, patient_id: int) -> None:
    """Nobody may decide for her yet: it is held and somebody asks; it never ends by itself (F16)."""
    episode = _open(patient_id)
    if episode is None:
        return
    by = system("cannot consent", episode.clinic_id)
    if locked(episode.id).state in UNDECIDED:
        today = clocks.today(episode.clinic_id, now())
        until = clocks.working_days_later(episode.clinic_id, today, ASK_WHO_DECIDES_DAYS)
        move(episode, State.ON_HOLD, by=by, reason="consent", next_on=until)
    worklist.open_task(
        kind="ask_who_decides",
        patient_id=patient_id,
        cause_kind="episodes",
        cause_id=episode.id,
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        due_at=clocks.end_of_working_day(episode.clinic_id, now() + clocks.ASKED_WITHIN),
        note="Cannot consent and nobody is named: ask the practice and the family who may decide",
        by=by,
    )


def patients_merging(*, merge_id: int) -> None:
    """Two rows of one person: one open episode, the referrals of both, the facts of both."""
    joining.join(merge_id)


def patients_unmerged(*, merge_id: int) -> None:
    """They were two after all: each has her own episode and facts again."""
    joining.part(merge_id)


def patients_told_apart(*, patient_ids: tuple[int, ...]) -> None:
    """Nobody is asked any more whether they are one person, unless another pair of theirs is left."""
    for patient_id in patient_ids:
        patient = db.session.get_one(Patient, patient_id)
        if not duplicates.of_patient(patient):
            worklist.close_open(
                Task,
                ("possible_duplicate",),
                cause_kind="patients",
                cause_id=patient_id,
                outcome="two_people",
                by=system("told apart", patient.clinic_id),
            )


def _open(patient_id: int) -> Episode | None:
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
    return db.session.scalars(query).first()
