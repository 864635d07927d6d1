"""The one door to a seat: nothing else in the house writes a counter.

Two kinds of seat: a standing one (counter on the class) and one in a session (counter on the session). Locks
are taken in one order everywhere: episodes, classes, sessions, each by id. The guard is the conditional
UPDATE: a counter rises only while it is below its capacity. What only moves between states (held to active,
held to booked) comes through here too, under the same locks: where one skips them, seats are sold twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, update

from clinic import audit
from clinic.classes import companions, seat_locks
from clinic.classes import seat_rows as rows
from clinic.classes.errors import AlreadyHasAPlace, CannotTakeASeat, ClassIsFull, SessionIsOver
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Place,
    PlaceState,
    SessionState,
)
from clinic.classes.takes import Change, Release, Skipped, StandingRelease, StandingTake, Take, VisitTake
from clinic.extensions import db, in_transaction
from clinic.referrals.models import State
from clinic.viewer import Viewer

Counted = type[ExerciseClass] | type[ClassSession]
FULL, BUSY_THAT_DAY = "full", "another place that day"


def change(
    *, takes: Sequence[Take] = (), releases: Sequence[Release] = (), by: Viewer, now: datetime
) -> Change:
    """Release, then take, all or nothing, inside the caller's transaction(); releasing twice frees once.

    Raises ClassIsFull, AlreadyHasAPlace, SessionIsOver or CannotTakeASeat: the caller's transaction is then
    to be undone. A standing seat skips a date whose session is full, and says so.
    """
    if not in_transaction():
        raise RuntimeError("seats.change() outside transaction()")
    standing = [take for take in takes if isinstance(take, StandingTake)]
    visits = [take for take in takes if isinstance(take, VisitTake)]
    leaving, going = rows.members(releases), rows.places(releases)
    whose = {row.episode_id for row in (*takes, *leaving, *going)}
    people = lock_people(whose)
    _may_take(people, takes)
    done = Change()

    seat_locks.classes({row.class_id for row in (*standing, *leaving)})
    ends = {r.member_id: r for r in releases if isinstance(r, StandingRelease)}
    _unseated(ExerciseClass, [freed for end in ends.values() for freed in rows.end_member(end)])
    done.members = [_join(take, people[take.episode_id]) for take in standing]

    going = [*going, *(place for row in leaving for place in rows.later_places(row, ends[row.id], now))]
    accompanied = {key: people[key] for key in companions.of(people)}
    theirs = companions.sessions_of(companions.with_interpreter(accompanied), now)
    touched = {row.session_id for row in (*visits, *going)} | theirs
    sessions = seat_locks.sessions(touched, standing, whose, now)
    freed = rows.release_places({row.id for row in going}, releases, now)
    _unseated(ClassSession, freed.values())
    done.released = sorted(freed)
    busy = {row.local_date for row in sessions.values() if row.busy}
    mine = rows.places_on(whose, busy) if takes and busy else {}
    for take in standing:
        _take_every_week(take, sessions, mine, people[take.episode_id], done)
    for visit in visits:
        session, person = sessions[visit.session_id], people[visit.episode_id]
        done.seat(session, _take_one(visit, session, mine, person, now))
    if accompanied:
        classes = {row.class_id for row in (*standing, *leaving)}
        companions.settle(accompanied, class_ids=classes, session_ids=sessions.keys(), now=now)
    _forget_loaded_rows()
    audit.record(
        "seats.changed",
        by=by,
        clinic_id=next(iter(people.values())).clinic_id if people else None,
        members=done.members,
        places=done.places,
        released=done.released,
        skipped=[one.session_id for one in done.skipped],
        episodes=sorted(whose),
    )
    return done


def lock_people(episode_ids: Collection[int], *, skip_locked: bool = False) -> dict[int, Any]:
    """Lock these episodes by id, first of all locks; `skip_locked` leaves out who is being changed now.

    Raises LookupError when one is missing and nobody may be left out.
    """
    if not episode_ids:
        return {}
    found = seat_locks.people(episode_ids, skip_locked=skip_locked)
    if len(found) < len(set(episode_ids)) and not skip_locked:
        raise LookupError(f"no such episode among {sorted(episode_ids)}")
    return found


def open_session(session: ClassSession) -> None:
    """Insert a session with its members' and held lines' seats taken; the caller holds the class's lock.

    Someone with another place that day gets none here.
    """
    db.session.add(session)
    db.session.flush()
    members = rows.seated_members(session)
    for member in members:
        state = PlaceState.HELD if member.state is MemberState.HELD else PlaceState.BOOKED
        rows.add_places([session], member, member.episode_id, state, "standing")
    session.taken = len(members)
    db.session.flush()
    companions.enter(session, [member.episode_id for member in members])


def carry_over(
    row: ExerciseClass, members: Sequence[tuple[Member, MemberState]], since: date, now: datetime
) -> list[int]:
    """Seat these members, in these states, in a class that goes on from theirs; the ids of their new rows.

    The caller has just inserted the class, holds the old one's lock and has released their seats there.
    Nobody is refused: the seats are theirs already, even where the new class would not give so many.
    """
    made = [rows.add_member(StandingTake(row.id, m.episode_id, since, state), m) for m, state in members]
    row.taken = len(made)
    db.session.flush()
    who = companions.known([member.episode_id for member, _ in members])
    companions.settle(who, class_ids=[row.id], session_ids=(), now=now)
    return made


def count_check() -> list[str]:
    """One line for every counter that differs from the rows it counts; empty when all is well."""
    standing = select(func.count()).where(
        Member.class_id == ExerciseClass.id, Member.state != MemberState.LEFT
    )
    dated = select(func.count()).where(
        Place.session_id == ClassSession.id, Place.state != PlaceState.RELEASED
    )
    wrong = []
    for model, kept in ((ExerciseClass, standing), (ClassSession, dated)):
        counted = kept.correlate(model).scalar_subquery()
        query = select(model.id, model.taken, counted.label("rows")).where(model.taken != counted)
        wrong += [
            f"{model.__tablename__} {r.id}: taken {r.taken}, rows {r.rows}" for r in db.session.execute(query)
        ]
    return [*wrong, *companions.count_check()]


# --- the counters: with open_session and carry_over, the only statements that write one ---


def _seated(model: Any, ids: Collection[int], *, with_them: int = 0) -> set[int]:
    """The guard: one more in each of these that is below its capacity, and has room for who comes along."""
    if not ids:
        return set()
    given: dict[str, Any] = {"ids": sorted(ids), **({"with_them": with_them} if with_them else {})}
    return set(db.session.scalars(_rise(model, accompanied=with_them > 0), given))


@cache
def _rise(model: Any, *, accompanied: bool) -> Any:
    rise = update(model).where(model.id.in_(bindparam("ids", expanding=True)), model.taken < model.capacity)
    if accompanied:
        rise = rise.where(model.taken + model.beside + 1 + bindparam("with_them") <= model.room)
    rise = rise.values(taken=model.taken + 1).returning(model.id)
    return rise.execution_options(**rows.UNSYNCED)


def _unseated(model: Counted, freed: Iterable[int]) -> None:
    for row_id, count in sorted(Counter(freed).items()):
        fall = update(model).where(model.id == row_id).values(taken=model.taken - count)
        db.session.execute(fall, execution_options=rows.UNSYNCED)


# --- taking, under the locks ---


def _may_take(people: dict[int, Any], takes: Sequence[Take]) -> None:
    for take in takes:
        person = people[take.episode_id]
        if person.state in (State.ENDED, State.PAUSED) or person.suspended_at is not None:
            raise CannotTakeASeat(episode_id=take.episode_id)


def _join(take: StandingTake, person: Any) -> int:
    """The member row, new or confirmed; only a new one needs a free standing seat."""
    member = rows.holding(take)
    if member is None:
        if not _seated(ExerciseClass, {take.class_id}, with_them=companions.beside(person, first=False)):
            raise ClassIsFull(class_id=take.class_id)
        return rows.add_member(take, person)
    if member.state is MemberState.ACTIVE or member.state is take.state:
        raise AlreadyHasAPlace(episode_id=take.episode_id, class_id=take.class_id)
    member.state = take.state
    db.session.flush()
    return member.id


def _take_every_week(
    take: StandingTake, sessions: dict[int, Any], mine: rows.Mine, person: Any, done: Change
) -> None:
    state = PlaceState.HELD if take.state is MemberState.HELD else PlaceState.BOOKED
    here, free = [], []
    for session in sessions.values():
        if session.class_id != take.class_id or session.local_date < take.from_date:
            continue
        place = mine.get((take.episode_id, session.local_date))
        if place is None:
            free.append(session)
        elif place.session_id == session.id:
            here.append(place.id)
            done.seat(session, place.id)
        elif place.kind == "standing":
            raise AlreadyHasAPlace(episode_id=take.episode_id, on=session.local_date)
        else:
            done.skipped.append(Skipped(session.id, session.local_date, BUSY_THAT_DAY))
    rows.confirm(here, state, kind="standing")
    with_them = companions.beside(person, first=False)
    seated = _seated(ClassSession, {session.id for session in free}, with_them=with_them)
    done.skipped += [Skipped(s.id, s.local_date, FULL) for s in free if s.id not in seated]
    taken = [session for session in free if session.id in seated]
    made = rows.add_places(taken, person, take.episode_id, state, "standing")
    for session, place_id in zip(taken, made, strict=True):
        done.seat(session, place_id)


def _take_one(take: VisitTake, session: Any, mine: rows.Mine, person: Any, now: datetime) -> int:
    if session.state is not SessionState.PLANNED or session.starts_at <= now:
        raise SessionIsOver
    place = mine.get((take.episode_id, session.local_date))
    if place is None:
        if not _seated(ClassSession, {session.id}, with_them=companions.beside(person, first=True)):
            raise ClassIsFull(session_id=session.id)
        return rows.add_places([session], person, take.episode_id, take.state, take.kind)[0]
    held = place.session_id == session.id and place.state is PlaceState.HELD
    if not held or take.state is PlaceState.HELD:
        raise AlreadyHasAPlace(episode_id=take.episode_id, on=session.local_date)
    rows.confirm([place.id], take.state)
    return place.id


def _forget_loaded_rows() -> None:
    """Rows were changed by UPDATE: what a caller loaded before is read again when next looked at."""
    for row in list(db.session.identity_map.values()):
        if isinstance(row, ExerciseClass | ClassSession | Member | Place):
            db.session.expire(row)
