"""A class ends: its members are named and told, and each has work open until they have another seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement

from clinic import audit
from clinic.access import queries as access
from clinic.classes import (
    cancelling,
    holding,
    impact,
    queries,
    reoffers,
    seats,
    standing,
    telling,
    timetable,
)
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState
from clinic.classes.rules.edits import last_day_before
from clinic.classes.rules.placement import DAY_NAMES
from clinic.classes.takes import StandingRelease
from clinic.extensions import transaction
from clinic.viewer import Viewer

FURTHEST = timedelta(weeks=26)
TO_DECIDE = timedelta(days=1)
REASON = "class_ended"


@dataclass(frozen=True)
class End:
    """What somebody asks for: from `since` on there is no such class."""

    class_id: int
    since: date


def preview(asked: End, now: datetime) -> Impact:
    """Who loses a seat, who keeps another, who must be rung; nothing is changed. Raises BadTimetable."""
    return _work_out(asked, holding.look(_later(asked, now), [asked.class_id]), now)


def end(*, asked: End, by: Viewer, now: datetime, seen: str | None = None) -> Impact:
    """End it and tell everybody, once. Raises BadTimetable, ImpactChanged."""
    row = queries.klass(asked.class_id)
    today = access.local(row.clinic_id, now).date()
    # the dates that are still to be held are made while the class has its members
    timetable.materialise(class_id=row.id, until=last_day_before(asked.since), by=by, since=today)
    return _end(asked, seen, by, now)


@transaction()
def _end(asked: End, seen: str | None, by: Viewer, now: datetime) -> Impact:
    held = holding.hold(_later(asked, now), [asked.class_id])
    found = _work_out(asked, held, now)
    impact.agree(found, seen)
    row = queries.klass(asked.class_id)
    row.ends_on = last_day_before(asked.since)
    active = [member for member in held.settled if member.state is not MemberState.PAUSED]
    paused = [member for member in held.settled if member.state is MemberState.PAUSED]
    first = min((session.starts_at for session in held.sessions), default=None) or _next_time(row, asked)
    withdrawn = reoffers.withdraw(held.offers, by=by, now=now)
    hear_otherwise = {member.episode_id for member in held.settled}
    told = {
        place.id for place in held.booked if place.kind == "standing" and place.episode_id in hear_otherwise
    }
    cancelling.call_off(held, reason=REASON, by=by, now=now, but_not=told)
    releases = [StandingRelease(member.id, asked.since, REASON) for member in held.settled]
    seats.change(releases=releases, by=by, now=now)
    row.capacity = 0  # nobody joins it any more
    for member in active:
        telling.of_ended_seat(member, row.ends_on, first, now=now)
    for member in paused:
        telling.ring_member(member, REASON, due_at=max(now, first - TO_DECIDE), by=by)
    for member in held.settled:
        telling.task_of_member(member, "needs_new_seat", due_at=now + TO_DECIDE, by=by)
        standing.settle(episode_id=member.episode_id, by=by, now=now)
    reoffers.again(withdrawn, {asked.class_id: None}, by=by, now=now)
    audit.record("class.ended", by=by, about=row, orphaned=len(held.settled))
    return found


def _work_out(asked: End, held: Held, now: datetime) -> Impact:
    row = queries.klass(asked.class_id)
    today = access.local(row.clinic_id, now).date()
    if not today <= asked.since <= today + FURTHEST:
        raise BadTimetable("Choose a first day without the class, from today to half a year ahead.")
    if row.ends_on is not None and asked.since > row.ends_on:
        raise BadTimetable("This class has ended by then.")
    people = People([*held.booked, *held.settled, *held.offers])
    paused = {member.episode_id for member in held.settled if member.state is MemberState.PAUSED}
    lines = [
        Line(
            session_id=session.id,
            revision=session.revision,
            name=row.name,
            was=session.starts_at,
            becomes=None,
            venue=session.venue.name,
            people=len(held.in_session(session.id)),
            seats=session.capacity,
        )
        for session in held.sessions
    ]
    return Impact(
        asked=astuple(asked),
        lines=tuple(sorted(lines, key=lambda line: line.was)),
        told=people.each([*held.settled, *held.booked], ring=paused),
        orphaned=tuple(people.person(member.episode_id, _left_with(member)) for member in held.settled),
        offers=people.each(held.offers),
        standing=len(held.settled),
        extra=(row.schedule_revision,),
    )


def _left_with(member: Member) -> str:
    others: Sequence[Member] = [
        m for m in queries.members_of(member.episode_id) if m.class_id != member.class_id
    ]
    days = " and ".join(DAY_NAMES[other.klass.weekday] for other in others)
    return f"keeps {days}, needs a second class or a home plan" if days else "has no other class"


def _later(asked: End, now: datetime) -> ColumnElement[bool]:
    dates = (ClassSession.original_date >= asked.since) | (ClassSession.local_date >= asked.since)
    return holding.coming(now) & (ClassSession.class_id == asked.class_id) & dates


def _next_time(row: ExerciseClass, asked: End) -> datetime:
    days = timedelta(days=(row.weekday - asked.since.weekday()) % 7)
    return timetable.instant_of(row, asked.since + days)
