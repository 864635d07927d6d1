"""Reads of classes, sessions and seats, for services and pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from clinic.access import queries as access
from clinic.classes.errors import BadTimetable
from clinic.classes.models import (
    ClassSession,
    Closure,
    ExerciseClass,
    Member,
    MemberState,
    Offer,
    OfferState,
    Place,
    PlaceState,
    Room,
    SessionState,
    Slot,
    Venue,
    WaitingEntry,
)
from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals.models import Episode, State


def find_class(class_id: int) -> ExerciseClass | None:
    return db.session.scalars(select(ExerciseClass).where(ExerciseClass.id == class_id)).first()


def find_session(session_id: int) -> ClassSession | None:
    return db.session.scalars(select(ClassSession).where(ClassSession.id == session_id)).first()


def find_place(place_id: int) -> Place | None:
    return db.session.scalars(select(Place).where(Place.id == place_id)).first()


def find_offer(offer_id: int) -> Offer | None:
    return db.session.scalars(select(Offer).where(Offer.id == offer_id)).first()


def find_member(member_id: int) -> Member | None:
    return db.session.scalars(select(Member).where(Member.id == member_id)).first()


def find_waiting_entry(entry_id: int) -> WaitingEntry | None:
    return db.session.scalars(
        select(WaitingEntry).where(WaitingEntry.id == entry_id, WaitingEntry.closed_at.is_(None))
    ).first()


def find_slot(slot_id: int) -> Slot | None:
    return db.session.scalars(select(Slot).where(Slot.id == slot_id)).first()


def find_episode(episode_id: int) -> Episode | None:
    return db.session.scalars(select(Episode).where(Episode.id == episode_id)).first()


def patient_of(place: Place) -> Patient:
    return db.session.get_one(Patient, place.patient_id)


def episode_of(place: Place) -> Episode:
    return db.session.get_one(Episode, place.episode_id)


def members_in(class_id: int) -> list[tuple[Member, Episode]]:
    """Standing seats of a class with their people, those who still have one."""
    query = (
        select(Member, Episode)
        .join(Episode, Episode.id == Member.episode_id)
        .where(Member.class_id == class_id, Member.state != MemberState.LEFT)
        .order_by(Member.id)
    )
    return [(member, episode) for member, episode in db.session.execute(query)]


def sessions_of(class_id: int, since: date) -> list[ClassSession]:
    """Sessions of a class from a date on."""
    query = select(ClassSession).where(ClassSession.class_id == class_id, ClassSession.local_date >= since)
    return list(db.session.scalars(query.order_by(ClassSession.local_date)))


def klass(class_id: int) -> ExerciseClass:
    return db.session.get_one(ExerciseClass, class_id)


def session(session_id: int) -> ClassSession:
    return db.session.get_one(ClassSession, session_id)


def place(place_id: int) -> Place:
    return db.session.get_one(Place, place_id)


def running_classes(clinic_id: int, today: date) -> list[ExerciseClass]:
    """Classes that have not ended, in the order of the week."""
    query = select(ExerciseClass).where(
        ExerciseClass.clinic_id == clinic_id,
        (ExerciseClass.ends_on.is_(None)) | (ExerciseClass.ends_on >= today),
    )
    return list(db.session.scalars(query.order_by(ExerciseClass.weekday, ExerciseClass.wall_time)))


def classes_in_room(room_id: int) -> list[ExerciseClass]:
    """Classes of a room, as they are in the database now."""
    query = select(ExerciseClass).where(ExerciseClass.room_id == room_id).order_by(ExerciseClass.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def venues(clinic_id: int) -> list[Venue]:
    return list(db.session.scalars(select(Venue).where(Venue.clinic_id == clinic_id).order_by(Venue.name)))


def room_of(venue_id: int, room_id: int) -> Room:
    """A room of this venue; raises BadTimetable."""
    row = db.session.scalars(select(Room).where(Room.id == room_id)).first()
    if row is None or row.venue_id != venue_id:
        raise BadTimetable("Choose a room of this venue.")
    return row


def check_ours(clinic_id: int, *, venue_id: int | None = None, staff_id: int | None = None) -> None:
    """A venue and a colleague named in a form belong to the clinic; raises BadTimetable."""
    if venue_id is not None and venue_id not in {venue.id for venue in venues(clinic_id)}:
        raise BadTimetable("Choose a venue of this clinic.")
    if staff_id is not None and staff_id not in {user.id for user in access.staff_of(clinic_id)}:
        raise BadTimetable("Choose a colleague of this clinic.")


def closures(clinic_id: int, first: date, last: date) -> list[Closure]:
    query = select(Closure).where(
        Closure.clinic_id == clinic_id, Closure.first <= last, Closure.last >= first
    )
    return list(db.session.scalars(query))


def closed_days(clinic_id: int, venue_id: int, first: date, last: date) -> set[date]:
    """Days of this span on which the clinic or this venue is closed."""
    return {
        closed.first + timedelta(days=day)
        for closed in closures(clinic_id, first, last)
        if closed.venue_id in (None, venue_id)
        for day in range((closed.last - closed.first).days + 1)
    }


def free_and_waiting(
    model: type[ExerciseClass] | type[ClassSession], row_id: int, episode_id: int
) -> tuple[int, int, bool]:
    """Free seats of a class or session, how many wait for any, and whether this person has a seat, or the
    hold on one, here already; one statement for the usual case."""
    given = {"row_id": row_id, "episode_id": episode_id}
    free, count, mine = db.session.execute(_free_and_waiting(model), given).one()  # type: ignore[arg-type]
    return int(free), int(count), bool(mine)


@cache
def _free_and_waiting(model: Any) -> Any:
    row_id: Any = bindparam("row_id")
    episode_id: Any = bindparam("episode_id")
    waits = select(func.count()).select_from(WaitingEntry)
    waits = waits.where(WaitingEntry.clinic_id == model.clinic_id, WaitingEntry.closed_at.is_(None))
    if model is ExerciseClass:
        theirs = exists().where(Member.class_id == row_id, Member.state != MemberState.LEFT)
        theirs = theirs.where(Member.episode_id == episode_id)
    else:
        theirs = exists().where(Place.session_id == row_id, Place.state != PlaceState.RELEASED)
        theirs = theirs.where(Place.episode_id == episode_id)
    waiting = waits.correlate(model).scalar_subquery()
    return select(model.capacity - model.taken, waiting, theirs).where(model.id == row_id)


def next_session(class_id: int, after: datetime, *, since: date | None = None) -> ClassSession | None:
    """The first session of a class that starts after a moment, and not before a local date."""
    query = select(ClassSession).where(
        ClassSession.class_id == class_id,
        ClassSession.starts_at > after,
        ClassSession.state == SessionState.PLANNED,
    )
    if since is not None:
        query = query.where(ClassSession.local_date >= since)
    return db.session.scalars(query.order_by(ClassSession.starts_at).limit(1)).first()


def session_from(class_id: int, day: date) -> ClassSession | None:
    """The first session of a class on or after a local date."""
    query = select(ClassSession).where(
        ClassSession.class_id == class_id,
        ClassSession.local_date >= day,
        ClassSession.state == SessionState.PLANNED,
    )
    return db.session.scalars(query.order_by(ClassSession.local_date).limit(1)).first()


def sessions_between(clinic_id: int, first: date, last: date) -> list[ClassSession]:
    query = select(ClassSession).where(
        ClassSession.clinic_id == clinic_id, ClassSession.local_date.between(first, last)
    )
    return list(db.session.scalars(query.order_by(ClassSession.starts_at, ClassSession.id)))


def sessions_with_room(clinic_id: int, after: datetime, until: datetime) -> list[ClassSession]:
    """Planned sessions that start between these moments and are not full, soonest first."""
    query = select(ClassSession).where(
        ClassSession.clinic_id == clinic_id,
        ClassSession.state == SessionState.PLANNED,
        ClassSession.taken < ClassSession.capacity,
        ClassSession.starts_at > after,
        ClassSession.starts_at <= until,
    )
    return list(db.session.scalars(query.order_by(ClassSession.starts_at, ClassSession.id)))


def places_of(session_id: int, *states: PlaceState) -> list[Place]:
    """Places of a session that still hold a seat, or those in the states named."""
    wanted = states or (PlaceState.HELD, PlaceState.BOOKED)
    query = select(Place).where(Place.session_id == session_id, Place.state.in_(wanted))
    return list(db.session.scalars(query.order_by(Place.id)))


def members_of(episode_id: int) -> list[Member]:
    """Standing seats an episode still has: held, active or paused."""
    query = select(Member).where(Member.episode_id == episode_id, Member.state != MemberState.LEFT)
    return list(db.session.scalars(query.order_by(Member.id)))


def coming_places(episode_id: int, after: datetime) -> list[Place]:
    """Places an episode holds in sessions still to come, soonest first."""
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Place.episode_id == episode_id, Place.state != PlaceState.RELEASED)
        .where(ClassSession.starts_at > after)
    )
    return list(db.session.scalars(query.order_by(ClassSession.starts_at)))


def waiting(clinic_id: int) -> list[tuple[WaitingEntry, Episode]]:
    """Open entries of the waiting list with their episodes, in no order."""
    query = (
        select(WaitingEntry, Episode)
        .join(Episode, Episode.id == WaitingEntry.episode_id)
        .where(WaitingEntry.clinic_id == clinic_id, WaitingEntry.closed_at.is_(None))
    )
    return [(entry, episode) for entry, episode in db.session.execute(query)]


def clinic_of(episode_id: int) -> int:
    return db.session.execute(select(Episode.clinic_id).where(Episode.id == episode_id)).scalar_one()


def episode_of_patient(patient_id: int) -> Episode:
    """The patient's newest episode."""
    query = select(Episode).where(Episode.patient_id == patient_id).order_by(Episode.id.desc()).limit(1)
    return db.session.scalars(query).one()


def open_episodes(patient_id: int) -> list[Episode]:
    """What a patient has with us that has not ended."""
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
    return list(db.session.scalars(query.order_by(Episode.id)))


def next_place(patient_id: int, now: datetime) -> Place | None:
    """The next booked place of a patient; a session that has begun and not ended is still the next."""
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(Place.patient_id == patient_id, Place.state == PlaceState.BOOKED, ClassSession.ends_at > now)
    )
    return db.session.scalars(query.order_by(ClassSession.starts_at).limit(1)).first()


def open_offers(episode_id: int) -> Sequence[Offer]:
    query = select(Offer).where(Offer.episode_id == episode_id, Offer.state == OfferState.OPEN)
    return db.session.scalars(query.order_by(Offer.id)).all()


def waiting_entry(episode_id: int) -> WaitingEntry | None:
    query = select(WaitingEntry).where(
        WaitingEntry.episode_id == episode_id, WaitingEntry.closed_at.is_(None)
    )
    return db.session.scalars(query).first()
