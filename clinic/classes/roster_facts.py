"""Today's waiting list and timetable as the roster's rules see them: the same few queries for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.classes import candidates, offer_rows, queries
from clinic.classes.models import ClassSession, ExerciseClass, SessionState, WaitingEntry
from clinic.classes.rules.capacity import Staff
from clinic.classes.rules.placement import Misfit
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_help import SEATS, Hall, Option, new_classes
from clinic.classes.rules.roster_model import Problem, problem
from clinic.extensions import db
from clinic.referrals.models import Episode

USUAL_STAFF = (Staff("physiotherapist"), Staff("instructor"))
NO_CLASS = 0
SAID_NO = Misfit("said_no", candidates.SAID_NO)
NO_SESSION = Misfit("no_session", "No session of this class is planned that the person could begin with.")


@dataclass(frozen=True)
class Today:
    """What a proposal is made of; people are keyed by the id the waiting list sorts by.

    Who has an offer that waits for an answer is in `answering` and no part of the problem.
    """

    clinic_id: int
    problem: Problem
    rows: Mapping[str, ExerciseClass]
    people: Mapping[str, tuple[WaitingEntry, Episode]]
    begins: Mapping[tuple[str, str], date]
    venues: Mapping[str, str]
    answering: tuple[Episode, ...]
    options: tuple[Option, ...]

    @property
    def over(self) -> list[str]:
        """Classes that hold more people than they may today, in words."""
        return [
            f"{row.name} has {row.taken} people and may hold {row.capacity}."
            for row in self.rows.values()
            if row.taken > row.capacity
        ]


def today(clinic_id: int, now: datetime) -> Today:
    """Everybody who waits for a standing seat, every running class, and who could begin where and when."""
    day = access.local(clinic_id, now).date()
    entries = queries.waiting(clinic_id)  # with their names, which the line leaves out
    line = candidates.line_of(clinic_id, day, now)
    known = line.known
    people = {key(one.id): (entry, one) for entry, one in entries}
    found = candidates.waiters(line, class_id=NO_CLASS)
    waiters = [one for one in found if int(one.id) not in known.offered]
    rows = {str(row.id): row for row in queries.running_classes(clinic_id, day)}
    begins = _begins(clinic_id, waiters, now)
    may_start = [one for one in waiters if one.candidate.group_start is not None]
    barred = {
        (one.id, cls): NO_SESSION for one in may_start for cls in rows if (one.id, cls) not in begins
    } | {
        (key(episode), str(cls)): SAID_NO
        for episode, refused in known.refused.items()
        for cls, session in refused
        if session is None
    }
    facts = [candidates.class_facts(row) for row in rows.values()]
    if not any(one.candidate.brings for one in waiters):  # the seats say it all
        facts = [replace(one, room_left=None) for one in facts]
    week = {int(day) for day in access.clinic(clinic_id).opening}
    options = _more_seats(rows) + new_classes(_halls(clinic_id, rows), waiters, week, USUAL_STAFF)
    venues = {str(venue.id): venue.name for venue in queries.venues(clinic_id)}
    answering = tuple(people[one.id][1] for one in found if int(one.id) in known.offered)
    of = problem(waiters, facts, barred)
    return Today(clinic_id, of, rows, people, begins, venues, answering, options)


def key(episode_id: int) -> str:
    """The waiting list's own id of an episode: by age where tier and date are equal."""
    return f"{episode_id:012d}"


def _begins(clinic_id: int, waiters: list[Waiter], now: datetime) -> dict[tuple[str, str], date]:
    """The date on which each person would begin in each class, as `handover.first_line` finds it."""
    lapses = offer_rows.expiry(clinic_id, offer_rows.STANDING, None, now) or now
    planned = (
        select(ClassSession.class_id, ClassSession.local_date)
        .where(
            ClassSession.clinic_id == clinic_id,
            ClassSession.starts_at > lapses + timedelta(hours=1),
            ClassSession.state == SessionState.PLANNED,
        )
        .order_by(ClassSession.starts_at)
    )
    dates: dict[str, list[date]] = defaultdict(list)
    for class_id, on in db.session.execute(planned):
        dates[str(class_id)].append(on)
    found = {}
    for one in waiters:
        opens = one.candidate.group_start
        for cls, days in dates.items():
            first = next((on for on in days if opens is not None and on >= opens), None)
            if first is not None:
                found[one.id, cls] = first
    return found


def _more_seats(rows: Mapping[str, ExerciseClass]) -> tuple[Option, ...]:
    """What the room of each full class would still hold, with the staff for it."""
    return tuple(
        Option(SEATS, replace(candidates.class_facts(row), free_standing=row.room - row.capacity))
        for row in rows.values()
        if row.taken >= row.capacity and row.room > row.capacity
    )


def _halls(clinic_id: int, rows: Mapping[str, ExerciseClass]) -> list[Hall]:
    """Venues with classes: their largest room, since that one exists."""
    room: dict[int, int] = {}
    for row in rows.values():
        room[row.venue_id] = max(room.get(row.venue_id, 0), row.room)
    return [
        Hall(str(venue.id), room[venue.id], frozenset(venue.access))
        for venue in queries.venues(clinic_id)
        if venue.id in room
    ]
