"""Rides to sessions: booked by a person, never left standing when a session moves or falls out (F33)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from clinic import audit
from clinic.classes.models import ClassSession, Place, PlaceState, Ride, RideState, SessionState
from clinic.extensions import db, transaction
from clinic.patients.models import Patient
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import Task

CANCEL, CHANGE, BOOK, INTERPRETER = "cancel_ride", "change_ride", "book_ride", "book_interpreter"
CAUSE = "places"
AHEAD = timedelta(days=14)  # how early a ride or an interpreter is asked for
WITHIN = timedelta(hours=4)  # how soon a ride that no longer fits is rung about
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class RideProblem(ValueError):
    """What is wrong with a ride, by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def coming(patient_id: int, moment: datetime) -> list[tuple[Place, Ride | None]]:
    """A person's sessions to come, each with its ride if there is one."""
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Place.patient_id == patient_id, Place.state == PlaceState.BOOKED)
        .where(ClassSession.starts_at > moment, ClassSession.state == SessionState.PLANNED)
        .order_by(ClassSession.starts_at)
    )
    places = db.session.scalars(query).unique().all()
    booked = select(Ride).where(Ride.patient_id == patient_id, Ride.state == RideState.BOOKED)
    rides = {ride.place_id: ride for ride in db.session.scalars(booked).unique()}
    return [(place, rides.get(place.id)) for place in places]


def one(place_id: int) -> tuple[Place, Ride | None] | None:
    """A place that the viewer may see, with whatever ride was written down for it."""
    place = db.session.scalars(select(Place).where(Place.id == place_id)).first()
    if place is None:
        return None
    return place, db.session.scalars(select(Ride).where(Ride.place_id == place_id)).first()


@transaction()
def book(
    *,
    place_id: int,
    booked_with: str,
    reference: str,
    pick_up: str,
    way_back: str,
    by: Viewer,
) -> Ride:
    """The ride of one place, new or put right; times are the clinic's wall time. Raises RideProblem."""
    errors = (
        {} if booked_with.strip() else {"booked_with": "Enter who drives, such as the firm or the charity"}
    )
    for name, typed in (("pick_up", pick_up), ("way_back", way_back)):
        if typed and not CLOCK.fullmatch(typed):
            errors[name] = "Enter a time such as 09:45, or leave it empty"
    if errors:
        raise RideProblem(errors)
    place = db.session.get_one(Place, place_id, with_for_update=True)
    row = db.session.scalars(select(Ride).where(Ride.place_id == place_id)).first()
    if row is None:
        row = Ride(
            place_id=place_id,
            patient_id=place.patient_id,
            clinic_id=place.clinic_id,
            organisation_id=place.organisation_id,
        )
        db.session.add(row)
    row.state, row.booked_for, row.booked_with = (
        RideState.BOOKED,
        place.session.starts_at,
        booked_with.strip(),
    )
    row.reference, row.pick_up, row.way_back = reference.strip() or None, pick_up or None, way_back or None
    audit.record("ride.booked", by=by, about=row)
    _answered(place_id, (BOOK, CHANGE), "booked", by)
    return row


@transaction()
def cancel(*, place_id: int, by: Viewer) -> None:
    """A person has told whoever drives; doing it twice is once."""
    row = db.session.scalars(select(Ride).where(Ride.place_id == place_id).with_for_update()).first()
    if row is None or row.state is RideState.CANCELLED:
        return
    row.state = RideState.CANCELLED
    audit.record("ride.cancelled", by=by, about=row)
    _answered(place_id, (CANCEL, CHANGE), "cancelled", by)


@transaction()
def sweep(moment: datetime) -> int:
    """Rides that no longer fit their session, and rides and interpreters still to book: work for the team.

    Looks at the rows as they are, so that no way of moving or losing a session can be forgotten; each
    mismatch is told once. Returns how many tasks were opened.
    """
    with acting_as(system("transport")):
        return sum(_told(*found, moment) for found in [*_misfits(moment), *_wanted(moment)])


def _misfits(moment: datetime) -> list[tuple[Place, str, datetime]]:
    query = (
        select(Ride)
        .join(Place, Place.id == Ride.place_id)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Ride.state == RideState.BOOKED, Ride.booked_for > moment)
        .where(
            or_(
                Place.state == PlaceState.RELEASED,
                ClassSession.state == SessionState.CANCELLED,
                ClassSession.starts_at != Ride.booked_for,
            )
        )
    )
    found = []
    for ride in db.session.scalars(query).unique():
        gone = ride.place.state is PlaceState.RELEASED or ride.place.session.state is SessionState.CANCELLED
        due = min(moment + WITHIN, ride.booked_for)
        found.append((ride.place, CANCEL if gone else CHANGE, due))
    return found


def _wanted(moment: datetime) -> list[tuple[Place, str, datetime]]:
    """What the needs on record ask for: a ride to every session, an interpreter to the first (F19)."""
    people = {
        row.id: row.needs or {}
        for row in db.session.scalars(select(Patient).where(Patient.needs.is_not(None)))
        if row.died_on is None and row.merged_into_id is None
    }
    found = []
    for patient_id, needs in people.items():
        rows = [(p, ride) for p, ride in coming(patient_id, moment) if p.session.starts_at <= moment + AHEAD]
        if needs.get("transport") == "we_book":
            found += [(p, BOOK, p.session.starts_at - timedelta(days=2)) for p, ride in rows if ride is None]
        if needs.get("interpreter") and rows and not _came_before(patient_id, moment):
            found.append((rows[0][0], INTERPRETER, rows[0][0].session.starts_at - timedelta(days=3)))
    return found


def _came_before(patient_id: int, moment: datetime) -> bool:
    query = select(Place.id).join(ClassSession).where(Place.patient_id == patient_id)
    return db.session.scalars(query.where(ClassSession.starts_at <= moment).limit(1)).first() is not None


def _told(place: Place, kind: str, due: datetime, moment: datetime) -> bool:
    """Opens the work unless somebody has had it already, open or done."""
    cause = f"{CAUSE}:{place.session.revision}" if kind == CHANGE else CAUSE
    seen = select(Task.id).where(Task.kind == kind, Task.cause_kind == cause, Task.cause_id == place.id)
    if db.session.scalars(seen).first() is not None:
        return False
    worklist.open_task(
        kind=kind,
        patient_id=place.patient_id,
        cause_kind=cause,
        cause_id=place.id,
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        due_at=max(due, moment),
        by=system("transport"),
    )
    return True


def _answered(place_id: int, kinds: tuple[str, ...], outcome: str, by: Viewer) -> None:
    query = select(Task).where(Task.kind.in_(kinds), Task.cause_id == place_id, Task.closed_at.is_(None))
    for task in db.session.scalars(query.where(Task.cause_kind.startswith(CAUSE))):
        worklist.close(work=task, outcome=outcome, by=by)
