"""Sessions that will not be held: one, a day's, a fortnight's; everybody is told once, by one text.

A day or a range is closed for the clinic, a venue, or one colleague's classes. For the first two a closure is
written too, so that no session is made there later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement

from clinic import audit
from clinic.access import queries as access
from clinic.classes import holding, impact, queries, reminders, reoffers, seats, telling, timetable
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import ClassSession, Offer, Outcome, Place, SessionState
from clinic.classes.reoffers import Withdrawn
from clinic.classes.takes import VisitRelease
from clinic.extensions import db, emit, transaction
from clinic.viewer import Viewer

LONGEST = timedelta(days=60)
REASON = "session_cancelled"


@dataclass(frozen=True)
class Days:
    """What somebody asks for: these clinic dates, for all, one venue, or one colleague's classes."""

    clinic_id: int
    first: date
    last: date
    venue_id: int | None = None
    staff_id: int | None = None


def of_days(days: Days, now: datetime) -> ColumnElement[bool]:
    """The sessions that would not be held."""
    which = holding.coming(now) & (ClassSession.clinic_id == days.clinic_id)
    which &= ClassSession.local_date.between(days.first, days.last)
    if days.venue_id is not None:
        which &= ClassSession.venue_id == days.venue_id
    if days.staff_id is not None:
        which &= (ClassSession.instructor_id == days.staff_id) | (ClassSession.second_id == days.staff_id)
    return which


def preview(days: Days, now: datetime) -> Impact:
    """Who would be told, and how; nothing is changed. Raises BadTimetable."""
    _check(days, now)
    return work_out(astuple(days), holding.look(of_days(days, now)))


def preview_one(session_id: int, now: datetime) -> Impact:
    """The same for one session."""
    return work_out((session_id,), holding.look(_just(session_id, now)))


@transaction()
def cancel_days(*, days: Days, reason: str, by: Viewer, now: datetime, seen: str | None = None) -> Impact:
    """Close these days and tell everybody, once. Raises ImpactChanged, BadTimetable."""
    _check(days, now)
    today = access.local(days.clinic_id, now).date()
    weekly = queries.running_classes(days.clinic_id, today)
    held = holding.hold(of_days(days, now), still=[row.id for row in weekly])
    found = work_out(astuple(days), held)
    impact.agree(found, seen)
    if days.staff_id is None:
        timetable.close_days(
            clinic_id=days.clinic_id,
            first=days.first,
            last=days.last,
            reason=reason,
            venue_id=days.venue_id,
            by=by,
        )
    call_off(held, reason=reason, by=by, now=now)
    return found


@transaction()
def cancel_one(
    *, session_id: int, reason: str, by: Viewer, now: datetime, seen: str | None = None
) -> list[int]:
    """No session that day; the ids of the places freed. Raises SessionIsOver, ImpactChanged."""
    held = holding.hold(_just(session_id, now))
    if not held.sessions:
        raise SessionIsOver
    impact.agree(work_out((session_id,), held), seen)
    return call_off(held, reason=reason, by=by, now=now)


def work_out(asked: tuple[object, ...], held: Held) -> Impact:
    """What it comes to for people."""
    people = People([*held.booked, *held.offers])
    lines = [
        Line(
            session_id=session.id,
            revision=session.revision,
            name=session.klass.name,
            was=session.starts_at,
            becomes=None,
            venue=session.venue.name,
            people=len(held.in_session(session.id)),
            seats=session.capacity,
        )
        for session in held.sessions
    ]
    single = [offer for offer in held.offers if _of_dates(offer, held)]
    return Impact(
        asked=asked,
        lines=tuple(sorted(lines, key=lambda line: (line.was, line.session_id))),
        told=people.each(held.booked),
        offers=people.each(single),
    )


def call_off(
    held: Held, *, reason: str, by: Viewer, now: datetime, but_not: Collection[int] = ()
) -> list[int]:
    """Cancel what is held and tell its people, but not those who hear otherwise; the places freed.

    Takes part in the caller's transaction, under the locks of `held`. An offer of such a date ends with it;
    an offer of a weekly seat stays, less these dates.
    """
    single = [offer for offer in held.offers if _of_dates(offer, held)]
    withdrawn: list[Withdrawn] = reoffers.withdraw(single, by=by, now=now)
    places = [place for session in held.sessions for place in queries.places_of(session.id)]
    releases = [VisitRelease(place.id, REASON, Outcome.CANCELLED_BY_SERVICE) for place in places]
    done = seats.change(releases=releases, by=by, now=now)
    for session in held.sessions:
        session.state, session.revision = SessionState.CANCELLED, session.revision + 1
    db.session.flush()
    reminders.follow(done, now=now)
    _tell(telling.again([place.id for place in held.booked if place.id not in but_not]), now)
    reoffers.again(withdrawn, {}, by=by, now=now)
    for session in held.sessions:
        audit.record("session.cancelled", by=by, about=session, reason=reason[:40])
        emit("session_changed", session_id=session.id, kind="cancelled")
    return done.released


def _tell(places: Iterable[Place], now: datetime) -> None:
    """One text a person, however many dates."""
    mine = sorted(places, key=lambda place: (place.patient_id, place.session.starts_at))
    for _, group in groupby(mine, key=lambda place: place.patient_id):
        telling.of_cancelled(list(group), now=now)


def _of_dates(offer: Offer, held: Held) -> bool:
    ids = {session.id for session in held.sessions}
    return any(line.session_id in ids for line in offer.lines)


def _just(session_id: int, now: datetime) -> ColumnElement[bool]:
    return holding.coming(now) & (ClassSession.id == session_id)


def _check(days: Days, now: datetime) -> None:
    today = access.local(days.clinic_id, now).date()
    if days.last < days.first:
        raise BadTimetable("The last day comes before the first.")
    if days.first < today or days.last > days.first + LONGEST:
        raise BadTimetable("Choose days from today on, and 60 days at most.")
    if days.staff_id is not None and days.last > today + timetable.HORIZON:
        raise BadTimetable("So far ahead, record the absence: the sessions are made six weeks before.")
    queries.check_ours(days.clinic_id, venue_id=days.venue_id, staff_id=days.staff_id)
