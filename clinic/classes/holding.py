"""What an edit of the timetable may touch, read under everybody's locks, in the house's order.

Episodes come first, then classes, then sessions, each by id. A booking may come between looking and locking:
then we look once more. Nobody else changes these seats until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from clinic.classes import seats
from clinic.classes.errors import BadTimetable
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    Member,
    MemberState,
    Offer,
    OfferLine,
    OfferState,
    Place,
    PlaceState,
    SessionState,
)
from clinic.extensions import db, transaction

ATTEMPTS = 20  # each is lost to somebody who took a seat, and seats are few
FRESH = {"populate_existing": True}


class _SomebodyCame(Exception):
    """A seat was taken between looking and locking: look again."""


@dataclass(frozen=True)
class Held:
    """Sessions with their places, standing seats, and open offers of any of these.

    `booked` and `settled` are what somebody has, as it was when read; what is only promised is not in them.
    """

    sessions: tuple[ClassSession, ...]
    booked: tuple[Place, ...]
    settled: tuple[Member, ...]
    offers: tuple[Offer, ...]
    owners: frozenset[int]

    def in_session(self, session_id: int) -> list[Place]:
        return [place for place in self.booked if place.session_id == session_id]


def look(sessions: ColumnElement[bool], class_ids: Collection[int] = ()) -> Held:
    """The same without a lock, to show what would happen; members are those of the classes named."""
    found = db.session.scalars(
        select(ClassSession).where(sessions).order_by(ClassSession.id).execution_options(**FRESH)
    ).all()
    ids = [session.id for session in found]
    places, members, open_offers = _places(ids), _members(class_ids), _offers(ids, class_ids)
    everybody: tuple[Any, ...] = (*places, *members, *open_offers)
    return Held(
        sessions=tuple(found),
        booked=tuple(place for place in places if place.state is PlaceState.BOOKED),
        settled=tuple(member for member in members if member.state is not MemberState.HELD),
        offers=tuple(open_offers),
        owners=frozenset(row.episode_id for row in everybody),
    )


def hold(
    sessions: ColumnElement[bool], class_ids: Collection[int] = (), *, still: Collection[int] = ()
) -> Held:
    """Everything `look` finds, locked; the caller is in a transaction. Raises BadTimetable if it fails.

    `still` are classes that get no new session meanwhile, though their members do not matter.
    """
    for _ in range(ATTEMPTS):
        try:
            with transaction():
                return _hold(sessions, class_ids, still)
        except _SomebodyCame:
            continue
    raise BadTimetable("Seats are being booked here at this moment. Try again.")


def coming(now: datetime) -> ColumnElement[bool]:
    """Planned sessions that have not begun."""
    return (ClassSession.state == SessionState.PLANNED) & (ClassSession.starts_at > now)


def _hold(sessions: ColumnElement[bool], class_ids: Collection[int], still: Collection[int]) -> Held:
    before = look(sessions, class_ids)
    seats.lock_people(before.owners)
    offered = {line.class_id for offer in before.offers for line in offer.lines if line.class_id}
    beside = {line.session_id for offer in before.offers for line in offer.lines if line.session_id}
    classes = {*class_ids, *still, *offered}
    _lock(ExerciseClass, ExerciseClass.id.in_(sorted(classes)), bool(classes))
    # an offer of two classes lets go of both: the other's sessions are locked now, not out of order later
    others = offered - set(class_ids)
    wanted = [sessions, ClassSession.id.in_(sorted(beside))]
    wanted += [ClassSession.class_id.in_(sorted(others))] if others else []
    _lock(ClassSession, or_(*wanted), True)
    after = look(sessions, class_ids)
    new_sessions = {one.id for one in after.sessions} - {one.id for one in before.sessions}
    if after.owners - before.owners or new_sessions:
        raise _SomebodyCame
    return after


def _lock(
    model: type[ExerciseClass] | type[ClassSession], which: ColumnElement[bool], any_at_all: bool
) -> None:
    if any_at_all:
        query = select(model.id).where(which).order_by(model.id)
        db.session.execute(query.with_for_update(key_share=True)).all()


def _places(session_ids: Sequence[int]) -> Sequence[Place]:
    query = select(Place).where(Place.session_id.in_(session_ids), Place.state != PlaceState.RELEASED)
    return db.session.scalars(query.order_by(Place.id).execution_options(**FRESH)).all()


def _members(class_ids: Collection[int]) -> Sequence[Member]:
    query = select(Member).where(Member.class_id.in_(sorted(class_ids)), Member.state != MemberState.LEFT)
    return db.session.scalars(query.order_by(Member.id).execution_options(**FRESH)).all()


def _offers(session_ids: Sequence[int], class_ids: Collection[int]) -> Sequence[Offer]:
    """Open offers with a line in one of these sessions or classes."""
    about = select(OfferLine.offer_id).where(
        OfferLine.session_id.in_(session_ids) | OfferLine.class_id.in_(sorted(class_ids))
    )
    query = select(Offer).where(Offer.state == OfferState.OPEN, Offer.id.in_(about))
    return db.session.scalars(query.order_by(Offer.id).execution_options(**FRESH)).all()
