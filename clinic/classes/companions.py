"""Who sits beside a patient: a carer who supports in the room, an interpreter at the first class (F16, F19).

They take no seat of the class and need no staff, but they stand in the room: what it holds for patients is
less by them. `brings` of a standing seat or a place is how many come with it, `beside` of a class or a
session their sum; both are written here alone, under the locks of `seats.change`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from clinic.classes.models import ClassSession, ExerciseClass, Member, MemberState, Place, PlaceState
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.extensions import db
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.referrals.models import Episode

FRESH = {"populate_existing": True}
JUST_BEFORE = timedelta(seconds=1)
_ROWS: dict[Any, tuple[Any, ...]] = {
    ExerciseClass: (Member.class_id == ExerciseClass.id, Member.state != MemberState.LEFT),
    ClassSession: (Place.session_id == ClassSession.id, Place.state != PlaceState.RELEASED),
}
People = Mapping[int, Any]
"""Locked episodes by id, each with the patient's `needs` and its `first_class_on`."""


def of(people: People) -> set[int]:
    """Those of these episodes whom somebody accompanies."""
    return {key for key, person in people.items() if needs.brings(person.needs, first=True)}


def beside(person: Any, *, first: bool) -> int:
    """How many come with them: to a first class the interpreter too."""
    return needs.brings(person.needs, first=first and person.first_class_on is None)


def sessions_of(episode_ids: Collection[int], now: datetime) -> set[int]:
    """Every session to come in which one of these has a place: which is the first may change."""
    return {place.session_id for place in _places(episode_ids, now)} if episode_ids else set()


def with_interpreter(people: People) -> set[int]:
    """Those whose interpreter goes to whichever of their classes comes first."""
    return {key for key, person in people.items() if beside(person, first=True) > beside(person, first=False)}


def settle(
    people: People, *, class_ids: Collection[int] = (), session_ids: Collection[int], now: datetime
) -> list[ExerciseClass | ClassSession]:
    """Write who is beside whom in these rows, all locked, and what room that leaves; those now over."""
    first = set(people)
    for place in _places(people, now):
        brings = beside(people[place.episode_id], first=place.episode_id in first)
        first.discard(place.episode_id)
        if place.session_id in session_ids:
            place.brings = brings
    for member in _members(people):
        if member.class_id in class_ids:
            member.brings = beside(people[member.episode_id], first=False)
    db.session.flush()
    return [*_fit(ExerciseClass, class_ids), *_fit(ClassSession, session_ids)]


def enter(session: ClassSession, episode_ids: Collection[int]) -> None:
    """Who accompanies these into a session just made; the caller holds the lock of its class."""
    people = known(episode_ids)
    accompanied = {key: people[key] for key in of(people)}
    if accompanied:
        settle(accompanied, session_ids=[session.id], now=session.starts_at - JUST_BEFORE)


def known(episode_ids: Collection[int]) -> dict[int, Any]:
    """The needs of these people, unlocked."""
    query = select(Episode.id, Episode.first_class_on, Patient.needs)
    query = query.join(Patient, Patient.id == Episode.patient_id)
    found = db.session.execute(query.where(Episode.id.in_(sorted(episode_ids)))) if episode_ids else ()
    return {row.id: row for row in found}


def count_check() -> list[str]:
    """One line for every sum that differs from the rows it sums; empty when all is well."""
    wrong = []
    sums: tuple[tuple[Any, Any], ...] = ((ExerciseClass, Member.brings), (ClassSession, Place.brings))
    for model, brings in sums:
        summed = (
            select(func.coalesce(func.sum(brings), 0)).where(*_ROWS[model]).correlate(model).scalar_subquery()
        )
        query = select(model.id, model.beside, summed.label("rows")).where(model.beside != summed)
        wrong += [
            f"{model.__tablename__} {r.id}: beside {r.beside}, rows {r.rows}"
            for r in db.session.execute(query)
        ]
    return wrong


def _fit(model: Any, ids: Collection[int]) -> list[Any]:
    """The room's share of each, counted from its rows; those with more people than seats."""
    over = []
    rows = select(model).where(model.id.in_(sorted(ids))).order_by(model.id).execution_options(**FRESH)
    for row in db.session.scalars(rows) if ids else ():
        standing = model is ExerciseClass
        brings, mine = Member.brings if standing else Place.brings, _ROWS[model]
        theirs = select(func.coalesce(func.sum(brings), 0)).where(*mine, model.id == row.id)
        row.beside = db.session.execute(theirs).scalar_one()
        if row.capacity or model is ClassSession:  # a class that is about to end takes nobody
            level = Level(row.level_phase, row.level_band)
            staff = [Staff(role) for role in row.staffing]
            row.capacity = capacity(row.room, level, staff, beside=row.beside)
        if row.taken > row.capacity:
            over.append(row)
    db.session.flush()
    return over


def _places(episode_ids: Collection[int], now: datetime) -> list[Place]:
    """Their places in sessions to come, soonest first."""
    query = (
        select(Place)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(
            Place.episode_id.in_(sorted(episode_ids)),
            Place.state != PlaceState.RELEASED,
            ClassSession.starts_at > now,
        )
        .order_by(ClassSession.starts_at, Place.id)
    )
    return list(db.session.scalars(query.execution_options(**FRESH)))


def _members(episode_ids: Collection[int]) -> list[Member]:
    query = select(Member).where(Member.episode_id.in_(sorted(episode_ids)), Member.state != MemberState.LEFT)
    return list(db.session.scalars(query.execution_options(**FRESH)))
