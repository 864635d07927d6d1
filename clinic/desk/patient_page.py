"""Everything about one patient for the staff's page, in few queries; the reading itself is audited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.classes.models import ClassSession, Member, MemberState, Offer, OfferState, Place, PlaceState
from clinic.desk import timeline
from clinic.exercises import plans
from clinic.exercises.models import ExerciseLog, Plan
from clinic.extensions import db, now, transaction
from clinic.patients import needs, numbers
from clinic.patients import queries as patients
from clinic.patients.models import Contact, Patient
from clinic.patients.timeline import Line
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import Exercise
from clinic.referrals import engine
from clinic.referrals.models import Decision, Episode
from clinic.viewer import Viewer
from clinic.worklist import queries as worklist
from clinic.worklist.models import Work, WorkState


@dataclass(frozen=True, slots=True)
class PatientPage:
    patient: Patient
    contacts: list[Contact]
    episode: Episode | None
    suggestion: Decision | None
    members: list[Member]
    places: list[Place]
    offers: list[Offer]
    plan: Plan | None
    exercises: list[Exercise]
    log: list[ExerciseLog]
    names: dict[str, str]
    open_work: list[Work]
    lines: list[Line]
    needs: list[str]
    ask_numbers: list[Contact]


@transaction()
def read(patient_id: int, *, by: Viewer) -> PatientPage:
    """One patient's page; raises NotFound through the view when she is not of this clinic."""
    patient = db.first_or_404(select(Patient).where(Patient.id == patient_id))
    episode = newest_episode(patient_id)
    plan = plans.current(episode.id) if episode else None
    contacts = patients.contacts(patient_id)
    audit.record("patient.read", by=by, about=patient)
    return PatientPage(
        patient=patient,
        contacts=contacts,
        episode=episode,
        suggestion=engine.latest(episode.id) if episode else None,
        members=_of(Member, Member.patient_id == patient_id, Member.state != MemberState.LEFT),
        places=_coming(patient_id),
        offers=_of(Offer, Offer.patient_id == patient_id, Offer.state == OfferState.OPEN),
        plan=plan,
        exercises=_exercises(plan),
        log=_reported(patient_id),
        names={one.id: one.name for one in library().exercises.values()},
        open_work=[w for w in worklist.of_patient(patient_id) if w.state is WorkState.OPEN],
        lines=timeline.of_patient(patient_id, by),
        needs=needs.in_words(patient.needs),
        ask_numbers=numbers.to_ask_of(contacts, now()),
    )


def newest_episode(patient_id: int) -> Episode | None:
    """The open episode, or the last one."""
    query = select(Episode).where(Episode.patient_id == patient_id).order_by(Episode.id.desc()).limit(1)
    return db.session.scalars(query).first()


def _of(model: type[Any], *where: Any) -> list[Any]:
    return list(db.session.scalars(select(model).where(*where).order_by(model.id)))


def _reported(patient_id: int) -> list[ExerciseLog]:
    query = select(ExerciseLog).where(ExerciseLog.patient_id == patient_id)
    return list(db.session.scalars(query.order_by(ExerciseLog.id.desc()).limit(10)))


def _coming(patient_id: int) -> list[Place]:
    query = (
        select(Place)
        .join(Place.session)
        .where(
            Place.patient_id == patient_id,
            Place.state != PlaceState.RELEASED,
            ClassSession.ends_at >= now(),
        )
        .order_by(Place.local_date)
        .limit(8)
    )
    return list(db.session.scalars(query))


def open_episode(episode_id: int) -> Episode | None:
    """An episode that the viewer may see."""
    return db.session.scalars(select(Episode).where(Episode.id == episode_id)).first()


def seats_of(episode: Episode) -> tuple[list[Member], list[Place]]:
    """What somebody holds: standing seats, and sessions to come in order."""
    members = _of(Member, Member.episode_id == episode.id, Member.state != MemberState.LEFT)
    return members, _coming(episode.patient_id)


def _exercises(plan: Plan | None) -> list[Exercise]:
    if plan is None:
        return []
    book = library(plan.library)
    return [book.exercises[i] for i in plan.items if i in book.exercises]
