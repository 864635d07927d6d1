"""The rows behind the counters: members and places, written only for `seats`, under its locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update

from clinic.classes.models import ClassSession, Member, MemberState, Outcome, Place, PlaceState
from clinic.classes.takes import Release, StandingRelease, StandingTake, VisitRelease
from clinic.extensions import db
from clinic.referrals.models import Episode, State

UNSYNCED = {"synchronize_session": False}
RETURN = "return"  # the next step of an episode that is paused until its next date
Mine = dict[tuple[int, date], Any]


def members(releases: Sequence[Release]) -> Sequence[Any]:
    """Who is behind these standing releases; only what never changes, so it may be read before the locks."""
    ids = [r.member_id for r in releases if isinstance(r, StandingRelease)]
    query = select(Member.id, Member.class_id, Member.episode_id).where(Member.id.in_(ids))
    return db.session.execute(query).all() if ids else ()


def places(releases: Sequence[Release]) -> Sequence[Any]:
    """Who is behind these visit releases, and where."""
    ids = [r.place_id for r in releases if isinstance(r, VisitRelease)]
    query = select(Place.id, Place.session_id, Place.episode_id).where(Place.id.in_(ids))
    return db.session.execute(query).all() if ids else ()


def later_places(member: Any, release: StandingRelease, now: datetime) -> Sequence[Any]:
    """The places a standing seat holds in sessions still to come."""
    query = (
        select(Place.id, Place.session_id, Place.episode_id)
        .join(ClassSession, ClassSession.id == Place.session_id)
        .where(
            ClassSession.class_id == member.class_id,
            ClassSession.starts_at > now,
            Place.episode_id == member.episode_id,
            Place.local_date >= release.from_date,
            Place.kind == "standing",
            Place.state != PlaceState.RELEASED,
        )
    )
    if release.until is not None:
        query = query.where(Place.local_date < release.until)
    return db.session.execute(query).all()


def places_on(episode_ids: Collection[int], days: Collection[date]) -> Mine:
    """What these people already have on these days; one place a day is a unique index too."""
    columns = (Place.id, Place.session_id, Place.episode_id, Place.local_date, Place.kind, Place.state)
    query = select(*columns).where(
        Place.episode_id.in_(sorted(episode_ids)),
        Place.local_date.in_(sorted(days)),
        Place.state != PlaceState.RELEASED,
    )
    return {(row.episode_id, row.local_date): row for row in db.session.execute(query)}


def holding(take: StandingTake) -> Member | None:
    """The standing seat this person has in this class already: held, active or paused."""
    query = select(Member).where(
        Member.class_id == take.class_id,
        Member.episode_id == take.episode_id,
        Member.state != MemberState.LEFT,
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def seated_members(session: ClassSession) -> list[Member]:
    """Whose standing seat covers a new session's date, never more than it may hold: who joined first sits.

    Those with another place that day are left out. Whoever is paused and will be back by then has the seat.
    """
    query = (
        select(Member)
        .join(Episode, Episode.id == Member.episode_id)
        .where(
            Member.class_id == session.class_id,
            Member.from_date <= session.local_date,
            or_(Member.state.in_([MemberState.ACTIVE, MemberState.HELD]), back_by(session.local_date)),
        )
    )
    found = {member.episode_id: member for member in db.session.scalars(query)}
    busy = {episode_id for episode_id, _ in places_on(found, {session.local_date})}
    free = sorted((m for m in found.values() if m.episode_id not in busy), key=lambda member: member.id)
    return free[: session.capacity]


def back_by(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """A paused member whose date of return is no later than this day (F35); for a query with both rows."""
    return and_(
        Member.state == MemberState.PAUSED,
        Episode.state == State.PAUSED,
        Episode.suspended_at.is_(None),
        Episode.next_step == RETURN,
        Episode.next_on <= day,
    )


def add_member(take: StandingTake, person: Any) -> int:
    member = Member(
        class_id=take.class_id,
        episode_id=take.episode_id,
        patient_id=person.patient_id,
        clinic_id=person.clinic_id,
        organisation_id=person.organisation_id,
        state=take.state,
        from_date=take.from_date,
    )
    db.session.add(member)
    db.session.flush()
    return member.id


# of the table: a row nobody looks at again needs no object, and no flush
_PLACES = Place.__table__
_NEW_PLACES = insert(_PLACES).returning(_PLACES.c.id, sort_by_parameter_order=True)


def add_places(
    sessions: Iterable[Any], person: Any, episode_id: int, state: PlaceState, kind: str
) -> list[int]:
    """A place in each of these sessions; their ids, in order."""
    alike = {
        "episode_id": episode_id,
        "patient_id": person.patient_id,
        "clinic_id": person.clinic_id,
        "organisation_id": person.organisation_id,
        "kind": kind,
        "state": state,
        "outcome": Outcome.EXPECTED,
    }
    made = [{"session_id": one.id, "local_date": one.local_date, **alike} for one in sessions]
    return list(db.session.scalars(_NEW_PLACES, made)) if made else []


def confirm(place_ids: Collection[int], state: PlaceState, **more: str) -> None:
    """Places that stay where they are and change what they are: held to booked, a visit to standing."""
    if place_ids:
        stay = update(Place).where(Place.id.in_(sorted(place_ids))).values(state=state, **more)
        db.session.execute(stay, execution_options=UNSYNCED)


def end_member(release: StandingRelease) -> list[int]:
    """The class whose standing seat this frees: none when it was free already or is only paused."""
    end = update(Member).where(Member.id == release.member_id, Member.state != MemberState.LEFT)
    left_on = release.from_date if release.state is MemberState.LEFT else None
    end = end.values(state=release.state, left_on=left_on).returning(Member.class_id)
    freed = list(db.session.scalars(end, execution_options=UNSYNCED))
    return freed if release.state is MemberState.LEFT else []


def release_places(place_ids: Collection[int], releases: Sequence[Release], now: datetime) -> dict[int, int]:
    """Free these places, each once: {place: its session} of those that were not free already."""
    by_hand = {r.place_id: r for r in releases if isinstance(r, VisitRelease)}
    reason = next((r.reason for r in releases if isinstance(r, StandingRelease)), "left")
    freed: dict[int, int] = {}
    alike: dict[tuple[str, Outcome | None], list[int]] = {}
    for place_id in place_ids:
        asked = by_hand.get(place_id)
        alike.setdefault((asked.reason, asked.outcome) if asked else (reason, None), []).append(place_id)
    for (why, outcome), ids in alike.items():
        go = update(Place).where(Place.id.in_(sorted(ids)), Place.state != PlaceState.RELEASED)
        go = go.values(state=PlaceState.RELEASED, released_at=now, released_reason=why)
        go = go.values(outcome=outcome) if outcome else go
        rows = db.session.execute(go.returning(Place.id, Place.session_id), execution_options=UNSYNCED)
        freed |= {row.id: row.session_id for row in rows}
    return freed
