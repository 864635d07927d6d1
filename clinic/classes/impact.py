"""What a change of one session would mean, before anybody confirms it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from clinic.classes.models import Place, PlaceState
from clinic.extensions import db
from clinic.patients.models import Contact, ContactKind, Patient


@dataclass(frozen=True)
class Told:
    """Who would be texted and who would have to be rung."""

    by_text: list[Patient]
    by_phone: list[Patient]
    held: int


def of_session(session_id: int) -> Told:
    """The people of one session by how they can be told; two queries."""
    query = (
        select(Patient, Place.state)
        .join(Place, Place.patient_id == Patient.id)
        .where(Place.session_id == session_id, Place.state != PlaceState.RELEASED)
        .order_by(Place.id)
    )
    found = [(patient, state) for patient, state in db.session.execute(query)]
    booked = [patient for patient, state in found if state is PlaceState.BOOKED]
    texted = _can_be_texted({patient.id for patient in booked})
    return Told(
        by_text=[patient for patient in booked if patient.id in texted],
        by_phone=[patient for patient in booked if patient.id not in texted],
        held=len(found) - len(booked),
    )


def _can_be_texted(patient_ids: set[int]) -> set[int]:
    query = select(Contact.patient_id).where(
        Contact.patient_id.in_(patient_ids),
        Contact.kind == ContactKind.MOBILE,
        Contact.main,
        Contact.stopped_at.is_(None),
        Contact.wrong_at.is_(None),
    )
    return set(db.session.scalars(query))
