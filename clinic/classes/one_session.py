"""One session changed for good reason: moved, cancelled, or short of staff. Everybody in it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from clinic import audit
from clinic.access import queries as access
from clinic.classes import offers, queries, reminders, seats
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.models import (
    ClassSession,
    Offer,
    OfferLine,
    OfferState,
    Outcome,
    Place,
    PlaceState,
    SessionState,
)
from clinic.classes.rules.calendar import instant
from clinic.classes.rules.capacity import Level, Staff, capacity, over
from clinic.classes.takes import VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.notifications import outbox, wording
from clinic.notifications.rules.window import Purpose
from clinic.patients import queries as patients
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist

ATTEMPTS = 5
OVER_CAPACITY = "session_over_capacity"


class _SomebodyCame(Exception):
    """A place was booked between looking and locking: look again."""


@transaction()
def cancel(*, session_id: int, reason: str, by: Viewer, now: datetime) -> list[int]:
    """No session that day: every place is freed, everybody told by text or telephone; the place ids."""
    session, places = _locked_with_places(session_id, now)
    booked = [place.id for place in places if place.state is PlaceState.BOOKED]
    _withdraw_single_offers(session_id, by=by, now=now)
    releases = [VisitRelease(place.id, "session_cancelled", Outcome.CANCELLED_BY_SERVICE) for place in places]
    done = seats.change(releases=releases, by=by, now=now)
    session.state = SessionState.CANCELLED
    db.session.flush()
    reminders.follow(done, now=now)
    for place in _again(booked):
        _tell(place, session, "session_cancelled", Purpose.CANCELLATION, now)
    audit.record("session.cancelled", by=by, about=session, places=done.released, reason=reason[:40])
    emit("session_changed", session_id=session_id, kind="cancelled")
    return done.released


@transaction()
def move(
    *, session_id: int, on: date, wall_time: time, venue_id: int, by: Viewer, now: datetime
) -> list[int]:
    """Another day, time or venue for this one date: a new revision, new reminders, everybody told.

    Who has another place on the new day is taken out and rung; their ids. Raises BadTimetable for the past.
    """
    session, places = _locked_with_places(session_id, now)
    starts_at = instant(on, wall_time, access.zone_of(session.clinic_id))
    queries.check_ours(session.clinic_id, venue_id=venue_id)
    if starts_at <= now:
        raise BadTimetable("That time is over. Choose one that is still to come.")
    orphaned = _busy_on(on, places) if on != session.local_date else []
    staying = [place.id for place in places if place not in orphaned]
    booked = [place.id for place in places if place.id in staying and place.state is PlaceState.BOOKED]
    releases = [VisitRelease(place.id, "session_moved", Outcome.CANCELLED_BY_SERVICE) for place in orphaned]
    seats.change(releases=releases, by=by, now=now)
    length, before = session.ends_at - session.starts_at, _spoken(session)
    session.local_date, session.starts_at, session.ends_at = on, starts_at, starts_at + length
    session.venue_id, session.revision = venue_id, session.revision + 1
    there = update(Place).where(Place.id.in_(staying)).values(local_date=on)
    db.session.execute(there)
    for place_id in staying:
        outbox.supersede(cause_kind="place", cause_id=place_id, rules=[reminders.RULE], reason="moved")
    reminders.plan_for(booked, now=now)
    for place in _again(booked):
        _tell(place, session, "session_moved", Purpose.CHANGE, now, facts=before)
    for place in orphaned:
        outbox.supersede(cause_kind="place", cause_id=place.id, rules=[reminders.RULE], reason="moved")
        _ring(place, session, "moved_onto_another_place", now)
    audit.record("session.moved", by=by, about=session, orphaned=[place.id for place in orphaned])
    emit("session_changed", session_id=session_id, kind="moved")
    return [place.id for place in orphaned]


@transaction()
def set_staffing(*, session_id: int, staffing: Sequence[str], by: Viewer, now: datetime) -> list[int]:
    """Who is there that day decides the seats; places over capacity get a task, nobody is dropped silently.

    The places over, the last booked first to look at: visits before standing seats.
    """
    session = db.session.get_one(ClassSession, session_id, with_for_update={"of": ClassSession})
    db.session.refresh(session)
    level = Level(session.level_phase, session.level_band)
    session.staffing = list(staffing)
    session.capacity = capacity(session.room, level, [Staff(role) for role in staffing])
    db.session.flush()
    extra = over(session.capacity, session.taken)
    audit.record("session.staffed", by=by, about=session, capacity=session.capacity, over=extra)
    emit("session_changed", session_id=session_id, kind="staffing")
    if not extra:
        return []
    worklist.open_task(
        kind=OVER_CAPACITY,
        patient_id=None,
        cause_kind="session",
        cause_id=session.id,
        clinic_id=session.clinic_id,
        organisation_id=None,
        due_at=max(now, session.starts_at - timedelta(hours=24)),
        by=by,
    )
    return over_list(session)


def over_list(session: ClassSession) -> list[int]:
    """Places to look at when a session is over capacity: visits, then the latest booked standing seats."""
    return [place.id for place in those_over(session, queries.places_of(session.id))]


def those_over(session: ClassSession, places: Sequence[Place]) -> list[Place]:
    """The same among places already at hand."""
    latest_first = sorted(places, key=lambda place: (place.kind == "standing", -place.id))
    return latest_first[: over(session.capacity, session.taken)]


# --- locks and texts ---


def _locked_with_places(session_id: int, now: datetime) -> tuple[ClassSession, list[Place]]:
    """The session and its places, under the locks of everybody in it.

    Episodes come first, so a booking may come between looking and locking: then once more.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction():
                return _look_and_lock(session_id, now)
        except _SomebodyCame:
            continue
    raise BadTimetable("This session is being booked at this moment. Try again.")


def _look_and_lock(session_id: int, now: datetime) -> tuple[ClassSession, list[Place]]:
    owners = {place.episode_id for place in queries.places_of(session_id)}
    seats.lock_people(owners)
    session = db.session.scalars(
        select(ClassSession)
        .where(ClassSession.id == session_id)
        .with_for_update(of=ClassSession, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if session.state is not SessionState.PLANNED or session.starts_at <= now:
        raise SessionIsOver
    places = queries.places_of(session_id)
    if {place.episode_id for place in places} - owners:
        raise _SomebodyCame
    return session, places


def _withdraw_single_offers(session_id: int, *, by: Viewer, now: datetime) -> None:
    """Offers of this one session end with it; an offer of a standing seat stays, less this date."""
    query = select(Offer.id).join(OfferLine, OfferLine.offer_id == Offer.id)
    query = query.where(OfferLine.session_id == session_id, Offer.state == OfferState.OPEN)
    for offer_id in db.session.scalars(query.order_by(Offer.id)).all():
        offers.withdraw(offer_id=offer_id, by=by, now=now, hand_on=False)


def _busy_on(day: date, places: Sequence[Place]) -> list[Place]:
    owners = [place.episode_id for place in places]
    query = select(Place.episode_id).where(
        Place.episode_id.in_(owners), Place.local_date == day, Place.state != PlaceState.RELEASED
    )
    busy = set(db.session.scalars(query))
    return [place for place in places if place.episode_id in busy]


def _again(place_ids: Sequence[int]) -> Sequence[Place]:
    """These places as they are now, in one query."""
    query = select(Place).where(Place.id.in_(place_ids)).order_by(Place.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _tell(
    place: Place,
    session: ClassSession,
    text: str,
    purpose: Purpose,
    now: datetime,
    facts: dict[str, str] | None = None,
) -> None:
    contact = patients.main_contact(place.patient_id)
    if contact is None or not contact.can_text:
        _ring(place, session, text, now)
        return
    outbox.plan_one(
        patient=patients.patient(place.patient_id),
        text=text,
        purpose=purpose,
        cause_kind="place_news",
        cause_id=place.id,
        cause_revision=session.revision,
        rule=text,
        due_at=now,
        expires_at=session.starts_at,
        now=now,
        event_start=session.starts_at,
        facts=facts,
    )


def _spoken(session: ClassSession) -> dict[str, str]:
    """When a session was, for the text that says where it has gone."""
    said = wording.moment(session.starts_at, access.zone_of(session.clinic_id))
    return {f"old_{name}": words for name, words in said.items()}


def _ring(place: Place, session: ClassSession, kind: str, now: datetime) -> None:
    worklist.add_call(
        kind=kind,
        patient_id=place.patient_id,
        cause_kind="place",
        cause_id=place.id,
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        due_at=max(now, session.starts_at - timedelta(hours=2)),
        by=system("timetable", place.clinic_id),
    )
