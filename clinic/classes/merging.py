"""Merge: one session's people go into another of that day; who does not fit is named and rung (F29)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, select

from clinic import audit
from clinic.access import queries as access
from clinic.classes import cancelling, candidates, holding, impact, reminders, seats, telling
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.holding import Held
from clinic.classes.impact import Impact, Line, People
from clinic.classes.models import ClassSession, Outcome, Place
from clinic.classes.rules import placement
from clinic.classes.rules.capacity import Level, strictest
from clinic.classes.takes import VisitRelease, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.rules.window import Purpose
from clinic.referrals.models import Episode
from clinic.viewer import Viewer

REASON = "merged"
NO_ROOM = "there is no free seat left"
MATTERS = frozenset({"phase", "band", "travel", "access", "modality", "water", "time"})


@dataclass(frozen=True)
class Merge:
    """What somebody asks for; `first` are the episodes a person ranked before the others."""

    session_id: int
    into_id: int
    first: tuple[int, ...] = ()


def suitable(session: ClassSession, now: datetime) -> list[ClassSession]:
    """Other sessions of that day for this level or a stricter one, with a free seat, soonest first."""
    query = select(ClassSession).where(
        holding.coming(now),
        ClassSession.clinic_id == session.clinic_id,
        ClassSession.local_date == session.local_date,
        ClassSession.id != session.id,
        ClassSession.taken < ClassSession.capacity,
    )
    wanted = Level(session.level_phase, session.level_band)
    found = db.session.scalars(query.order_by(ClassSession.starts_at, ClassSession.id))
    return [one for one in found if strictest([wanted, _level(one)]) == _level(one)]


def preview(asked: Merge, now: datetime) -> Impact:
    """Who goes, who does not fit and why, who must be rung. Raises BadTimetable, SessionIsOver."""
    return _work_out(asked, holding.look(_both(asked, now)), now)[0]


@transaction()
def merge(*, asked: Merge, by: Viewer, now: datetime, seen: str | None = None) -> Impact:
    """Move who fits, cancel the date for the others, tell everybody once; who did not fit is rung too.

    Whoever waits is not asked first: these people have a seat on that date already, and only where they sit
    changes. Raises BadTimetable, SessionIsOver, ImpactChanged.
    """
    held = holding.hold(_both(asked, now))
    found, going = _work_out(asked, held, now)
    impact.agree(found, seen)
    source, target = _pair(asked, held)
    before = telling.spoken(source)
    done = seats.change(
        takes=[VisitTake(target.id, place.episode_id) for place in going],
        releases=[VisitRelease(place.id, REASON, Outcome.CANCELLED_BY_SERVICE) for place in going],
        by=by,
        now=now,
    )
    reminders.follow(done, now=now)
    for place in telling.again(done.places):
        telling.of_place(place, "session_moved", Purpose.CHANGE, now=now, facts=before)
    left = [place for place in held.in_session(source.id) if place not in going]
    cancelling.call_off(_rest(held, source), reason=REASON, by=by, now=now, but_not={p.id for p in going})
    for place in telling.again([place.id for place in left]):
        telling.ring(place, "merge_did_not_fit", now=now)
    audit.record("session.merged", by=by, about=source, into=target.id, moved=len(going), left=len(left))
    return found


def _work_out(asked: Merge, held: Held, now: datetime) -> tuple[Impact, list[Place]]:
    source, target = _pair(asked, held)
    if source.local_date != target.local_date or source.clinic_id != target.clinic_id:
        raise BadTimetable("Choose another session of the same day.")
    if strictest([_level(source), _level(target)]) != _level(target):
        raise BadTimetable("That session is not staffed for people who need this much help.")
    places = _in_order(held.in_session(source.id), asked.first)
    misfits = _misfits(places, source, target, now)
    going, left = _seat([place for place in places if place.id not in misfits], target)
    why = {**misfits, **{place.id: NO_ROOM for place in left}}
    people = People([*held.booked, *held.offers])
    single = [o for o in held.offers if any(line.session_id == source.id for line in o.lines)]
    lines = (_line(source, None, len(going)), _line(target, target.starts_at, target.taken + len(going)))
    found = Impact(
        asked=astuple(asked),
        lines=lines,
        told=people.each(places),
        orphaned=tuple(people.person(place.episode_id, why[place.id]) for place in places if place.id in why),
        offers=people.each(single),
        extra=tuple(place.episode_id for place in going),
    )
    return found, going


def _seat(places: Sequence[Place], target: ClassSession) -> tuple[list[Place], list[Place]]:
    """In this order, who finds a seat, and room for who comes with them; and who does not."""
    seats, room = target.capacity - target.taken, target.room - target.beside - target.taken
    going: list[Place] = []
    left: list[Place] = []
    for place in places:
        fits = seats > 0 and room > place.brings
        (going if fits else left).append(place)
        seats, room = seats - fits, room - fits * (1 + place.brings)
        seats = min(seats, room)
    return going, left


def _misfits(
    places: Sequence[Place], source: ClassSession, target: ClassSession, now: datetime
) -> dict[int, str]:
    """Why a person cannot sit in the other session, by place: level, travel, access, their own hours."""
    today = access.local(source.clinic_id, now).date()
    known = candidates.known_of([place.episode_id for place in places], today, now)
    zone = access.zone_of(source.clinic_id)
    facts = replace(
        candidates.class_facts(target.klass),
        level=_level(target),
        weekday=target.local_date.weekday(),
        wall_time=target.starts_at.astimezone(zone).time(),
        venue=str(target.venue_id),
        access=frozenset(target.venue.access),
    )
    matters = MATTERS - ({"travel", "access"} if target.venue_id == source.venue_id else set())
    found = {}
    for place in places:
        person = candidates.candidate(db.session.get_one(Episode, place.episode_id), known)
        why = [one.text for one in placement.unsuitable(person, facts) if one.code in matters]
        if why:
            found[place.id] = " ".join(why)
    return found


def _in_order(places: Sequence[Place], first: Collection[int]) -> list[Place]:
    """Those a person ranked first, then standing seats, then who booked first."""
    rank = {episode_id: n for n, episode_id in enumerate(first)}
    last = len(rank)
    return sorted(places, key=lambda p: (rank.get(p.episode_id, last), p.kind != "standing", p.id))


def _pair(asked: Merge, held: Held) -> tuple[ClassSession, ClassSession]:
    by_id = {session.id: session for session in held.sessions}
    if asked.session_id == asked.into_id or not {asked.session_id, asked.into_id} <= by_id.keys():
        raise SessionIsOver
    return by_id[asked.session_id], by_id[asked.into_id]


def _rest(held: Held, source: ClassSession) -> Held:
    """What is held, for the source alone."""
    mine = tuple(place for place in held.booked if place.session_id == source.id)
    return replace(held, sessions=(source,), booked=mine)


def _line(session: ClassSession, becomes: datetime | None, people: int) -> Line:
    return Line(
        session_id=session.id,
        revision=session.revision,
        name=session.klass.name,
        was=session.starts_at,
        becomes=becomes,
        venue=session.venue.name,
        people=people,
        seats=session.capacity,
    )


def _level(session: ClassSession) -> Level:
    return Level(session.level_phase, session.level_band)


def _both(asked: Merge, now: datetime) -> ColumnElement[bool]:
    return holding.coming(now) & ClassSession.id.in_([asked.session_id, asked.into_id])
