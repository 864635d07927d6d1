"""This and following: from a day on a class has another weekday, time or venue, and so is another class.

A class keeps exactly one weekday and wall time: the old one ends the day before, a new one goes on from it.
Its members, their places and its sessions go with it, each date to its own new date. What was moved or
cancelled on its own stays as it is. The impact is worked out by the same code before and after the locks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select

from clinic.access import queries as access
from clinic.classes import candidates, holding, queries, staffing, venues
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Place,
    PlaceState,
    SessionState,
)
from clinic.classes.rules import edits, placement
from clinic.classes.rules.calendar import Occurrence, instant
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.extensions import db
from clinic.referrals.models import Episode

FURTHEST = timedelta(weeks=26)
NOT_HELD = {"holiday": "a public holiday", "closure": "closed that day"}


@dataclass(frozen=True)
class Following:
    """What somebody asks for: from `since` on, this weekday, wall time, venue and room."""

    class_id: int
    since: date
    weekday: int
    wall_time: time
    venue_id: int
    room_id: int | None = None


@dataclass
class Split:
    """What it comes to, row by row; `impact` is the same for people."""

    row: ExerciseClass
    starts_on: date
    room: int
    seats: int
    impact: Impact
    moving: list[tuple[ClassSession, Occurrence]] = field(default_factory=list)
    stopping: list[ClassSession] = field(default_factory=list)
    staying: list[ClassSession] = field(default_factory=list)
    clashes: list[Place] = field(default_factory=list)
    orphans: list[Member] = field(default_factory=list)
    doubtful: list[tuple[Member, str]] = field(default_factory=list)


def sessions_from(edit: Following, now: datetime) -> ColumnElement[bool]:
    """What belongs to the new class: every date from the day on, and one moved there from before."""
    later = (ClassSession.original_date >= edit.since) | (ClassSession.local_date >= edit.since)
    return (ClassSession.class_id == edit.class_id) & (ClassSession.starts_at > now) & later


def preview(edit: Following, now: datetime) -> Impact:
    """Who moves, who is left without, who must be rung; nothing is changed. Raises BadTimetable."""
    return work_out(edit, holding.look(sessions_from(edit, now), [edit.class_id]), now).impact


def work_out(edit: Following, held: Held, now: datetime) -> Split:
    """The whole edit, from rows alone. Raises BadTimetable when what is asked makes no sense."""
    row = queries.klass(edit.class_id)
    zone = access.zone_of(row.clinic_id)
    _check(edit, row, access.local(row.clinic_id, now).date())
    room = venues.room_for(row, edit.venue_id, edit.room_id)
    level, staff = Level(row.level_phase, row.level_band), [Staff(role) for role in row.staffing]
    seats = capacity(room, level, staff, beside=row.beside)
    starts_on = edit.since + timedelta(days=(edit.weekday - edit.since.weekday()) % 7)
    split = Split(row, starts_on, room, seats, Impact(asked=astuple(edit)))
    closed = _closed(row, edit, held)
    for session in held.sessions:
        _sort(split, session, edit, zone, closed)
    _find_clashes(split, edit, held)
    split.impact = _impact(split, edit, held, now)
    return split


def altered(session: ClassSession, row: ExerciseClass, zone: ZoneInfo) -> bool:
    """Somebody moved this one date on its own: an edit of the class leaves it where it is."""
    usual = instant(session.original_date, row.wall_time, zone)
    return session.starts_at != usual or session.venue_id != row.venue_id


def _check(edit: Following, row: ExerciseClass, today: date) -> None:
    queries.check_ours(row.clinic_id, venue_id=edit.venue_id)
    if edit.weekday not in range(7):
        raise BadTimetable("Choose a day of the week.")
    if not today <= edit.since <= today + FURTHEST:
        raise BadTimetable("Choose a first day from today to half a year ahead.")
    if row.ends_on is not None and edit.since > row.ends_on:
        raise BadTimetable("This class has ended by then.")
    before = (row.weekday, row.wall_time, row.venue_id, row.room_id)
    if before == (edit.weekday, edit.wall_time, edit.venue_id, edit.room_id):
        raise BadTimetable("Nothing would change. Choose another day, time, venue or room.")


def _closed(row: ExerciseClass, edit: Following, held: Held) -> set[date]:
    """Days on which nothing is held at the new venue, as far as these sessions may go."""
    days = [session.original_date for session in held.sessions]
    last = max(days, default=edit.since) + timedelta(days=7)
    return queries.closed_days(row.clinic_id, edit.venue_id, min(days, default=edit.since), last)


def _sort(
    split: Split, session: ClassSession, edit: Following, zone: ZoneInfo, closed: Collection[date]
) -> None:
    row = split.row
    if session.state is not SessionState.PLANNED or altered(session, row, zone):
        split.staying.append(session)
        return
    goes = edits.goes_to(
        session.original_date,
        row.weekday,
        edit.weekday,
        edit.wall_time,
        row.minutes,
        zone,
        access.holidays_of(row.clinic_id),
        closed,
    )
    if goes.skipped_reason:
        split.stopping.append(session)
    else:
        split.moving.append((session, goes))


def _find_clashes(split: Split, edit: Following, held: Held) -> None:
    """One place a day: who sits elsewhere on the new day cannot come along, that week or every week."""
    if edit.weekday == split.row.weekday:
        return
    going = {session.id: goes.original_date for session, goes in split.moving}
    split.orphans = [member for member in held.settled if _has_another(member, edit.weekday)]
    gone = {member.episode_id for member in split.orphans}
    mine = [place for place in held.booked if place.session_id in going]
    busy = _busy({place.episode_id for place in mine}, set(going.values()), set(going))
    for place in mine:
        if (place.episode_id, going[place.session_id]) in busy and place.episode_id not in gone:
            split.clashes.append(place)


def _has_another(member: Member, weekday: int) -> bool:
    others = queries.members_of(member.episode_id)
    return any(one.class_id != member.class_id and one.klass.weekday == weekday for one in others)


def _busy(
    episode_ids: Collection[int], days: Collection[date], but_not: Collection[int]
) -> set[tuple[int, date]]:
    query = select(Place.episode_id, Place.local_date).where(
        Place.episode_id.in_(episode_ids),
        Place.local_date.in_(days),
        Place.session_id.not_in(but_not),
        Place.state != PlaceState.RELEASED,
    )
    return {(row.episode_id, row.local_date) for row in db.session.execute(query)}


def _impact(split: Split, edit: Following, held: Held, now: datetime) -> Impact:
    people = People([*held.booked, *held.settled, *held.offers])
    gone = {member.episode_id for member in split.orphans}
    carried = [member for member in held.settled if member.episode_id not in gone]
    split.doubtful = _doubts(split, edit, carried, now)
    lost = {place.id for place in split.clashes}
    lines = [_line(split, session, goes, held, lost | _of(held, gone)) for session, goes in split.moving] + [
        _line(split, one, None, held, _of(held, gone)) for one in (*split.stopping, *split.staying)
    ]
    orphaned = [people.person(one, "has another class on that day") for one in sorted(gone)]
    orphaned += [
        people.person(place.episode_id, f"has another class on {_goes(split, place):%d %B}, that day only")
        for place in split.clashes
    ]
    changed = {session.id for session, _ in split.moving} | {one.id for one in split.stopping}
    dates = [p for p in held.booked if p.session_id in changed and p.kind == "visit" and p.id not in lost]
    paused = {member.episode_id for member in carried if member.state is MemberState.PAUSED}
    return Impact(
        asked=astuple(edit),
        lines=tuple(sorted(lines, key=lambda line: line.was)),
        told=people.each([*carried, *(p for p in dates if p.episode_id not in gone)], ring=paused),
        orphaned=tuple(orphaned),
        doubtful=tuple(people.person(member.episode_id, why) for member, why in split.doubtful),
        offers=people.each(held.offers),
        standing=len(carried),
        standing_seats=split.seats,
        refused=_refusal(split, lines, len(carried), now),
        warnings=_warnings(split),
        extra=(split.row.schedule_revision, split.room),
    )


def _warnings(split: Split) -> tuple[str, ...]:
    found = [staffing.warnings(one, goes.starts_at, goes.original_date) for one, goes in split.moving]
    return tuple(words for each in found for words in each)


def _of(held: Held, episode_ids: Collection[int]) -> set[int]:
    return {place.id for place in held.booked if place.episode_id in episode_ids}


def _goes(split: Split, place: Place) -> date:
    return next(goes.original_date for session, goes in split.moving if session.id == place.session_id)


def _line(
    split: Split, session: ClassSession, goes: Occurrence | None, held: Held, gone: Collection[int]
) -> Line:
    booked = [place for place in held.in_session(session.id) if place.id not in gone]
    stays, note = session in split.staying, ""
    if stays:
        off = session.state is SessionState.CANCELLED
        note = "cancelled already" if off else "was moved on its own and stays as it is"
    elif goes is None:
        note = "the new day is a holiday, or closed"
    return Line(
        session_id=session.id,
        revision=session.revision,
        name=split.row.name,
        was=session.starts_at,
        becomes=session.starts_at if stays and "cancelled" not in note else goes.starts_at if goes else None,
        venue=session.venue.name,
        people=len(booked),
        seats=seats_in(session, split.room) if not stays else session.capacity,
        note=note,
    )


def seats_in(session: ClassSession, room: int) -> int:
    """A session's seats in a room of this size, with the staff of that day."""
    level = Level(session.level_phase, session.level_band)
    return capacity(room, level, [Staff(role) for role in session.staffing], beside=session.beside)


def _doubts(
    split: Split, edit: Following, carried: Sequence[Member], now: datetime
) -> list[tuple[Member, str]]:
    """Who goes along, and may not be able to: their own days, travel, access or rest day speak against it."""
    today = access.local(split.row.clinic_id, now).date()
    known = candidates.known_of([member.episode_id for member in carried], today, now)
    venue = next(one for one in queries.venues(split.row.clinic_id) if one.id == edit.venue_id)
    new = replace(
        candidates.class_facts(split.row),
        weekday=edit.weekday,
        wall_time=edit.wall_time,
        venue=str(edit.venue_id),
        access=frozenset(venue.access),
    )
    found = []
    for member in carried:
        person = candidates.candidate(db.session.get_one(Episode, member.episode_id), known)
        person = replace(person, held_weekdays=person.held_weekdays - {split.row.weekday})
        why = [*placement.unsuitable(person, new), *placement.rest_day(person, new)]
        mine = [one.text for one in why if one.code in {"time", "travel", "access", "rest_day"}]
        if mine:
            found.append((member, " ".join(mine)))
    return found


def _refusal(split: Split, lines: Sequence[Line], standing: int, now: datetime) -> str | None:
    most = max([standing, *(line.people for line in lines if not line.note)], default=0)
    if most > split.room:
        return f"The room holds {split.room} and {most} people have a seat. Choose a larger room."
    if any(goes.starts_at <= now for _, goes in split.moving):
        return "That time is over. Choose one that is still to come."
    if split.seats == 0:
        return "With this room and staff nobody may be seated at this level."
    return None
