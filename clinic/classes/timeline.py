"""This room's dated lines about a patient, for the timeline of the house."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import select

from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Offer,
    OfferState,
    Outcome,
    Place,
)
from clinic.extensions import db
from clinic.patients.timeline import Line

OFFER_WORDS = {
    OfferState.ACCEPTED: "Accepted the class offered",
    OfferState.DECLINED: "Declined the class offered",
    OfferState.EXPIRED: "The offer of a class lapsed without an answer",
    OfferState.WITHDRAWN: "The offer of a class was taken back",
}
OUTCOME_WORDS = {
    Outcome.ATTENDED: "Came to class",
    Outcome.LATE: "Came to class, late",
    Outcome.ATTENDED_NOT_EXERCISED: "Came to class and did not exercise",
    Outcome.DID_NOT_ATTEND: "Did not come to class",
    Outcome.CANCELLED_BY_PATIENT: "Cancelled one class",
    Outcome.CANCELLED_LATE: "Cancelled one class, within 24 hours",
    Outcome.CANCELLED_BY_SERVICE: "A class was cancelled by us",
}


def lines(patient_id: int) -> list[Line]:
    """Offers and what came of them, standing seats given up, and every session's outcome; three queries."""
    return [*_offers(patient_id), *_left(patient_id), *_sessions(patient_id)]


def _offers(patient_id: int) -> list[Line]:
    found: list[Line] = []
    for offer in db.session.scalars(select(Offer).where(Offer.patient_id == patient_id)):
        found.append(Line(at=offer.made_at, room="classes", text="A class was offered"))
        if offer.answered_at is not None:
            found.append(Line(at=offer.answered_at, room="classes", text=OFFER_WORDS[offer.state]))
    return found


def _left(patient_id: int) -> list[Line]:
    query = (
        select(Member.left_on, ExerciseClass.name)
        .join(ExerciseClass, ExerciseClass.id == Member.class_id)
        .where(Member.patient_id == patient_id, Member.state == MemberState.LEFT, Member.left_on.is_not(None))
    )
    return [
        Line(
            at=datetime.combine(row.left_on, time(12), UTC),
            room="classes",
            text="Gave up a weekly place",
            detail=row.name,
            staff_only=True,
        )
        for row in db.session.execute(query)
    ]


def _sessions(patient_id: int) -> list[Line]:
    query = (
        select(ClassSession.id, ClassSession.starts_at, Place.outcome, ExerciseClass.name)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .join(ExerciseClass, ExerciseClass.id == ClassSession.class_id)
        .where(Place.patient_id == patient_id, Place.outcome != Outcome.EXPECTED)
    )
    return [
        Line(
            at=row.starts_at,
            room="classes",
            text=OUTCOME_WORDS[row.outcome],
            detail=row.name,
            href=f"/sessions/{row.id}",
            staff_only=True,
        )
        for row in db.session.execute(query)
    ]
