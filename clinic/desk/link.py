"""The patient's own page and calendar, by link: first name, sessions, exercises; no clinical word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.guards import public
from clinic.access.models import Clinic
from clinic.classes.models import ClassSession, Place, PlaceState
from clinic.desk.calendar import calendar_of, places_of
from clinic.exercises.models import Plan
from clinic.extensions import db, limiter, now
from clinic.patients.models import Patient, PatientLink
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import Exercise
from clinic.viewer import acting_as, patient_link, system

bp = Blueprint("link", __name__, template_folder="templates")
ENDPOINTS = {"page": "link.page", "calendar": "link.calendar"}
PUBLIC = "the holder of a personal link; the token is 128 bits, hashed, expiring and revocable"
COMING = 6  # sessions on the page; the calendar has them all


@dataclass(frozen=True, slots=True)
class PersonalPage:
    first_name: str
    clinic: Clinic
    places: list[Place]
    exercises: list[Exercise]


@bp.get("/p/<token>")
@public(PUBLIC)
@limiter.limit("30 per minute")
def page(token: str) -> ResponseReturnValue:
    """Shows, and changes nothing: phones and scanners fetch links ahead of people."""
    with _holder(token, "page") as patient:
        if patient is None:
            return _over()
        clinic = access.clinic(patient.clinic_id)
        found = PersonalPage(patient.first_name, clinic, _coming(patient.id)[:COMING], _exercises(patient.id))
        return render_template("desk/personal.html", page=found)


@bp.get("/calendar/<token>.ics")
@public(PUBLIC)
@limiter.limit("30 per minute")
def calendar(token: str) -> ResponseReturnValue:
    """The same sessions for the phone's own calendar, which asks again by itself."""
    with _holder(token, "calendar") as patient:
        if patient is None:
            return _over()
        body = calendar_of(access.clinic(patient.clinic_id), places_of(patient.id, now()), now())
        return Response(body, mimetype="text/calendar")


def _over() -> ResponseReturnValue:
    """The same words whether it expired, was ended, was altered or never was."""
    return render_template("desk/link_over.html"), 404


@contextmanager
def _holder(token: str, purpose: str) -> Iterator[Patient | None]:
    """Act as the holder of a living link of this purpose; None when there is none, or she has died."""
    digest = hashlib.sha256(token.encode()).hexdigest()
    with acting_as(system("patient link")):
        link = db.session.scalars(
            select(PatientLink).where(
                PatientLink.token_hash == digest,
                PatientLink.purpose == purpose,
                PatientLink.revoked_at.is_(None),
                PatientLink.expires_at > now(),
            )
        ).first()
    if link is None:
        yield None
        return
    with acting_as(patient_link(link.id, link.clinic_id, link.patient_id)):
        patient = db.session.get_one(Patient, link.patient_id)
        yield None if patient.died_on else patient


def _coming(patient_id: int) -> list[Place]:
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Place.patient_id == patient_id, Place.state == PlaceState.BOOKED, ClassSession.ends_at > now())
        .order_by(Place.local_date)
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
