"""One session moved: another day, time or venue for this date; the weekly class stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, select, update

from clinic import audit
from clinic.access import queries as access
from clinic.classes import (
    absences,
    holding,
    impact,
    promotion,
    queries,
    reminders,
    reoffers,
    seats,
    staffing,
    telling,
)
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import ClassSession, Offer, Outcome, Place, PlaceState
from clinic.classes.rules.calendar import instant
from clinic.classes.takes import VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.viewer import Viewer


@dataclass(frozen=True)
class Move:
    """What somebody asks for."""

    session_id: int
    on: date
    wall_time: time
    venue_id: int


def preview(asked: Move, now: datetime) -> Impact:
    """Who moves, who has another place that day, who must be rung. Raises SessionIsOver, BadTimetable."""
    return _work_out(asked, holding.look(_just(asked.session_id, now)), now)


@transaction()
def move(
    *,
    session_id: int,
    on: date,
    wall_time: time,
    venue_id: int,
    by: Viewer,
    now: datetime,
    seen: str | None = None,
) -> list[int]:
    """A new revision, new reminders, everybody told; who has another place on the new day is out and rung.

    The ids of those places. Raises SessionIsOver, BadTimetable for the past, and ImpactChanged when `seen` is
    no longer what would happen.
    """
    asked = Move(session_id, on, wall_time, venue_id)
    held = holding.hold(_just(session_id, now))
    impact.agree(_work_out(asked, held, now), seen)
    (session,) = held.sessions
    orphaned = _busy_on(on, held.booked) if on != session.local_date else []
    staying = [place.id for place in held.booked if place not in orphaned]
    withdrawn = reoffers.withdraw(_single(held), by=by, now=now)
    promised = queries.places_of(session_id, PlaceState.HELD)  # of weekly seats: the offer stays
    lost = _busy_on(on, promised) if on != session.local_date else []
    releases = [VisitRelease(place.id, "session_moved", Outcome.CANCELLED_BY_SERVICE) for place in orphaned]
    releases += [VisitRelease(place.id, "session_moved") for place in lost]
    going = [*staying, *(place.id for place in promised if place not in lost)]
    before = telling.spoken(session)
    seats.change(releases=releases, by=by, now=now)
    _to(session, asked, going)
    absences.follow_moved(session, by=by, now=now)
    for place_id in staying:
        outbox.supersede(cause_kind="place", cause_id=place_id, rules=reminders.RULES, reason="moved")
    reminders.plan_for(staying, now=now)
    for place in telling.again(staying):
        telling.of_place(place, "session_moved", Purpose.CHANGE, now=now, facts=before)
    for place in telling.again([place.id for place in orphaned]):
        outbox.supersede(cause_kind="place", cause_id=place.id, rules=reminders.RULES, reason="moved")
        telling.ring(place, "moved_onto_another_place", now=now)
    reoffers.again(withdrawn, {}, by=by, now=now)
    promotion.hand_on_session(session_id=session_id, by=by, now=now)
    audit.record("session.moved", by=by, about=session, orphaned=[place.id for place in orphaned])
    emit("session_changed", session_id=session_id, kind="moved")
    return [place.id for place in orphaned]


def _work_out(asked: Move, held: Held, now: datetime) -> Impact:
    if not held.sessions:
        raise SessionIsOver
    (session,) = held.sessions
    starts_at = instant(asked.on, asked.wall_time, access.zone_of(session.clinic_id))
    queries.check_ours(session.clinic_id, venue_id=asked.venue_id)
    if starts_at <= now:
        raise BadTimetable("That time is over. Choose one that is still to come.")
    if (starts_at, asked.venue_id) == (session.starts_at, session.venue_id):
        raise BadTimetable("Nothing would change. Choose another day, time or venue.")
    orphaned = _busy_on(asked.on, held.booked) if asked.on != session.local_date else []
    people = People([*held.booked, *held.offers])
    line = Line(
        session_id=session.id,
        revision=session.revision,
        name=session.klass.name,
        was=session.starts_at,
        becomes=starts_at,
        venue=session.venue.name,
        people=len(held.booked) - len(orphaned),
        seats=session.capacity,
    )
    return Impact(
        asked=astuple(asked),
        lines=(line,),
        told=people.each([place for place in held.booked if place not in orphaned]),
        orphaned=tuple(
            people.person(place.episode_id, "has another class on that day") for place in orphaned
        ),
        offers=people.each(_single(held)),
        warnings=tuple(staffing.warnings(session, starts_at, asked.on)),
    )


def _to(session: ClassSession, asked: Move, going: Sequence[int]) -> None:
    length = session.ends_at - session.starts_at
    session.starts_at = instant(asked.on, asked.wall_time, access.zone_of(session.clinic_id))
    session.local_date, session.ends_at = asked.on, session.starts_at + length
    if asked.venue_id != session.venue_id:
        session.venue_id, session.room_id = asked.venue_id, None
    session.revision += 1
    db.session.flush()
    db.session.execute(update(Place).where(Place.id.in_(going)).values(local_date=asked.on))


def _single(held: Held) -> list[Offer]:
    """Open offers of this one date; an offer of the weekly seat stays, less this date."""
    ids = {session.id for session in held.sessions}
    return [offer for offer in held.offers if any(line.session_id in ids for line in offer.lines)]


def _busy_on(day: date, places: Sequence[Place]) -> list[Place]:
    owners = [place.episode_id for place in places]
    query = select(Place.episode_id).where(
        Place.episode_id.in_(owners), Place.local_date == day, Place.state != PlaceState.RELEASED
    )
    busy = set(db.session.scalars(query))
    return [place for place in places if place.episode_id in busy]


def _just(session_id: int, now: datetime) -> ColumnElement[bool]:
    return holding.coming(now) & (ClassSession.id == session_id)
