"""All of a class: its name, venue, room, staff or level, for every date to come; its day and time stay.

A date that differs on its own (another venue, other staff, a raised level) keeps what is its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement

from clinic.access import queries as access
from clinic.classes import candidates, holding, queries, staffing, venues
from clinic.classes.errors import BadTimetable
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState
from clinic.classes.rules import placement
from clinic.classes.rules.capacity import BANDS, PHASES, SUPERVISING_ROLES, Level, Staff, capacity
from clinic.classes.splitting import altered
from clinic.extensions import db
from clinic.referrals.models import Episode

TO_DECIDE = timedelta(days=1)
SUITS = frozenset({"travel", "access", "phase", "band"})


@dataclass(frozen=True)
class Always:
    """What the class is to be like."""

    class_id: int
    name: str
    venue_id: int
    room_id: int | None
    instructor_id: int | None
    second_id: int | None
    level_phase: str
    level_band: str
    staffing: tuple[str, ...]


@dataclass
class Change:
    """What it comes to, row by row."""

    row: ExerciseClass
    room: int
    seats: int
    moves: bool  # another venue: everybody is told
    judged: bool  # another venue or level: open offers are looked at again
    sessions: list[ClassSession]
    doubtful: list[tuple[Member, str]]
    impact: Impact


def preview(asked: Always, now: datetime) -> Impact:
    """Who is told, whom it may not suit, where there are too many; nothing changes. Raises BadTimetable."""
    return work_out(asked, holding.look(later(asked, now), [asked.class_id]), now).impact


def later(asked: Always, now: datetime) -> ColumnElement[bool]:
    """Every date to come."""
    return holding.coming(now) & (ClassSession.class_id == asked.class_id)


def work_out(asked: Always, held: Held, now: datetime) -> Change:
    """The whole edit, from rows alone."""
    row = queries.klass(asked.class_id)
    _check(asked, row)
    size = venues.room_for(row, asked.venue_id, asked.room_id)
    level = Level(asked.level_phase, asked.level_band)
    seats = capacity(size, level, [Staff(role) for role in asked.staffing], beside=row.beside)
    moves = asked.venue_id != row.venue_id
    change = Change(
        row=row,
        room=size,
        seats=seats,
        moves=moves,
        judged=moves or level != Level(row.level_phase, row.level_band),
        sessions=list(held.sessions),
        doubtful=[],
        impact=Impact(asked=astuple(asked)),
    )
    change.doubtful = _doubts(asked, row, held, now) if change.judged else []
    people = People([*held.booked, *held.settled, *held.offers])
    paused = {member.episode_id for member in held.settled if member.state is MemberState.PAUSED}
    lines = [_line(asked, change, session, held) for session in held.sessions]
    change.impact = Impact(
        asked=astuple(asked),
        lines=tuple(sorted(lines, key=lambda line: line.was)),
        told=people.each([*held.settled, *held.booked], ring=paused) if moves else (),
        doubtful=tuple(people.person(member.episode_id, why) for member, why in change.doubtful),
        offers=people.each(held.offers) if change.judged else (),
        standing=len(held.settled),
        standing_seats=seats,
        refused=_refusal(asked, change, lines),
        extra=(row.schedule_revision, size),
    )
    return change


def as_it_would_be(asked: Always, change: Change, session: ClassSession) -> dict[str, object]:
    """The columns of one date after the edit: what differs from the class on its own stays its own."""
    row = change.row
    own_place = altered(session, row, access.zone_of(row.clinic_id))
    new: dict[str, object] = {}
    if not own_place:
        new |= {"venue_id": asked.venue_id, "room_id": asked.room_id, "room": change.room}
    if (session.level_phase, session.level_band) == (row.level_phase, row.level_band):
        new |= {"level_phase": asked.level_phase, "level_band": asked.level_band}
    if session.staffing == row.staffing:
        new["staffing"] = list(asked.staffing)
    if session.instructor_id == row.instructor_id:
        new["instructor_id"] = asked.instructor_id
    if session.second_id == row.second_id:
        new["second_id"] = asked.second_id
    return new


def seats_after(session: ClassSession, new: dict[str, object]) -> int:
    """A date's seats with these columns changed."""

    def of(name: str) -> object:
        return new.get(name, getattr(session, name))

    level = Level(str(of("level_phase")), str(of("level_band")))
    staff: Sequence[str] = of("staffing")  # type: ignore[assignment]
    return capacity(int(str(of("room"))), level, [Staff(role) for role in staff], beside=session.beside)


def _line(asked: Always, change: Change, session: ClassSession, held: Held) -> Line:
    new = as_it_would_be(asked, change, session)
    note = "" if "venue_id" in new or not change.moves else "was moved on its own and stays as it is"
    return Line(
        session_id=session.id,
        revision=session.revision,
        name=asked.name,
        was=session.starts_at,
        becomes=session.starts_at,
        venue=session.venue.name,
        people=len(held.in_session(session.id)),
        seats=seats_after(session, new),
        note=note,
    )


def _doubts(asked: Always, row: ExerciseClass, held: Held, now: datetime) -> list[tuple[Member, str]]:
    """Who keeps the seat and may not be able to come, or needs more help than the class would give."""
    today = access.local(row.clinic_id, now).date()
    known = candidates.known_of([member.episode_id for member in held.settled], today, now)
    venue = next(one for one in queries.venues(row.clinic_id) if one.id == asked.venue_id)
    new = replace(
        candidates.class_facts(row),
        level=Level(asked.level_phase, asked.level_band),
        venue=str(asked.venue_id),
        access=frozenset(venue.access),
    )
    found = []
    for member in held.settled:
        person = candidates.candidate(db.session.get_one(Episode, member.episode_id), known)
        why = [one.text for one in placement.unsuitable(person, new) if one.code in SUITS]
        if why:
            found.append((member, " ".join(why)))
    return found


def _refusal(asked: Always, change: Change, lines: Sequence[Line]) -> str | None:
    most = max([change.impact.standing, *(line.people for line in lines)], default=0)
    most = max(most, change.row.taken)
    if most > change.room:
        return f"The room holds {change.room} and {most} people have a seat. Choose a larger room."
    if change.seats == 0:
        return "With this room and staff nobody may be seated at this level. Add staff."
    for staff_id, seat in ((asked.instructor_id, "instructor_id"), (asked.second_id, "second_id")):
        if staff_id is None or staff_id == getattr(change.row, seat):
            continue
        for session in change.sessions:
            why = staffing.why_not_free(staff_id, session)
            if why and not staffing.away_on(staff_id, session):
                return f"{access.user(staff_id).name} {why}: {session.local_date:%d %B}."
    return None


def _check(asked: Always, row: ExerciseClass) -> None:
    for staff_id in (asked.instructor_id, asked.second_id):
        queries.check_ours(row.clinic_id, venue_id=asked.venue_id, staff_id=staff_id)
    if asked.instructor_id is not None and asked.instructor_id == asked.second_id:
        raise BadTimetable("The lead and the second are two people.")
    known = asked.level_phase in PHASES and asked.level_band in BANDS
    if not asked.name.strip() or not known or not set(asked.staffing) <= SUPERVISING_ROLES:
        raise BadTimetable("A class needs a name, a level and staff who may supervise.")
    if row.modality == "video" and asked.level_band != "low":
        raise BadTimetable("A video class is for low supervision only.")
    as_it_is = (
        row.name,
        row.venue_id,
        row.room_id,
        row.instructor_id,
        row.second_id,
        row.level_phase,
        row.level_band,
        sorted(row.staffing),
    )
    if (*astuple(asked)[1:-1], sorted(asked.staffing)) == as_it_is:
        raise BadTimetable("Nothing would change.")
