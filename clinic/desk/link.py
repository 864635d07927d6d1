"""The patient's own page, by a link she was given: first name, sessions and exercises; no clinical word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.guards import public
from clinic.access.models import Clinic
from clinic.classes.models import ClassSession, Place, PlaceState
from clinic.exercises.models import Plan
from clinic.extensions import db, limiter, now
from clinic.patients.models import Patient, PatientLink
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import Exercise
from clinic.viewer import acting_as, patient_link, system

bp = Blueprint("link", __name__, template_folder="templates")


@dataclass(frozen=True, slots=True)
class PersonalPage:
    first_name: str
    clinic: Clinic
    places: list[Place]
    exercises: list[Exercise]


@bp.get("/p/<token>")
@public("the holder of a personal link; the token is 128 bits, hashed, expiring and revocable")
@limiter.limit("30 per minute")
def page(token: str) -> ResponseReturnValue:
    """Shows, and changes nothing: phones and scanners fetch links ahead of people."""
    found = _read(token)
    if found is None:
        return render_template("desk/link_over.html"), 404
    return render_template("desk/personal.html", page=found)


def _read(token: str) -> PersonalPage | None:
    digest = hashlib.sha256(token.encode()).hexdigest()
    with acting_as(system("patient link")):
        link = db.session.scalars(
            select(PatientLink).where(
                PatientLink.token_hash == digest,
                PatientLink.purpose == "page",
                PatientLink.revoked_at.is_(None),
                PatientLink.expires_at > now(),
            )
        ).first()
    if link is None:
        return None
    with acting_as(patient_link(link.id, link.clinic_id, link.patient_id)):
        patient = db.session.get_one(Patient, link.patient_id)
        if patient.died_on:
            return None
        return PersonalPage(
            patient.first_name, access.clinic(link.clinic_id), _coming(patient.id), _exercises(patient.id)
        )


def _coming(patient_id: int) -> list[Place]:
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Place.patient_id == patient_id, Place.state == PlaceState.BOOKED, ClassSession.ends_at > now())
        .order_by(Place.local_date)
        .limit(6)
    )
    return list(db.session.scalars(query))


def _exercises(patient_id: int) -> list[Exercise]:
    plan = db.session.scalars(
        select(Plan).where(Plan.patient_id == patient_id, Plan.ended_at.is_(None)).limit(1)
    ).first()
    if plan is None:
        return []
    book = library(plan.library)
    return [book.exercises[i] for i in plan.items if i in book.exercises]
