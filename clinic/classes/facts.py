"""What a text needs when it leaves, or why it should not leave: one query a kind of cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from clinic.access.models import Clinic
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    LineState,
    Member,
    MemberState,
    Offer,
    OfferLine,
    OfferState,
    Place,
    PlaceState,
    SessionState,
    Slot,
    Venue,
)
from clinic.classes.rules.calendar import instant
from clinic.extensions import db
from clinic.notifications import wording
from clinic.notifications.outbox import NotDue

Facts = dict[int, dict[str, Any] | NotDue]


def of_places(ids: Sequence[int]) -> Facts:
    """A reminder's facts; none is due of a place that was freed or a session that will not be held."""
    found: Facts = {}
    for row in db.session.execute(_places(ids)):
        if row.state is not PlaceState.BOOKED:
            found[row.id] = NotDue("released")
        elif row.session_state is not SessionState.PLANNED:
            found[row.id] = NotDue("session_cancelled")
        else:
            found[row.id] = {**_when_and_where(row), **_first_visit(row), "answer_by": row.starts_at}
    return found


def of_place_news(ids: Sequence[int]) -> Facts:
    """What a cancelled or moved session was or is now; due even though the place is freed."""
    return {row.id: _when_and_where(row) for row in db.session.execute(_places(ids))}


def of_members(ids: Sequence[int]) -> Facts:
    """A standing seat's day, time, venue and next date, while somebody has it."""
    query = (
        select(
            Member.id,
            Member.state,
            Member.from_date,
            ExerciseClass.weekday,
            ExerciseClass.wall_time,
            _next_start().label("starts_at"),
            Venue.name.label("venue"),
            Clinic.zone,
        )
        .join(ExerciseClass, ExerciseClass.id == Member.class_id)
        .join(Venue, Venue.id == ExerciseClass.venue_id)
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.id.in_(ids))
    )
    found: Facts = {}
    for row in db.session.execute(query):
        if row.state is MemberState.LEFT:
            found[row.id] = NotDue("left")
        else:
            start = _starts(row)
            said = wording.moment(start, ZoneInfo(row.zone))
            found[row.id] = {**said, "venue": row.venue, "starts_at": start}
    return found


def _next_start() -> Any:
    """The first session of a class from the member's first date on that is to be held."""
    soonest = select(func.min(ClassSession.starts_at)).where(
        ClassSession.class_id == Member.class_id,
        ClassSession.local_date >= Member.from_date,
        ClassSession.state == SessionState.PLANNED,
    )
    return soonest.correlate(Member).scalar_subquery()


def of_offers(ids: Sequence[int]) -> Facts:
    """An open offer's lines and its end; an answered one is not offered any more."""
    found: Facts = {}
    for offer_id, rows in _offers(ids).items():
        first, day_of = rows[0], {f"day{n}": line["day"] for n, line in enumerate(_spoken(rows)["lines"], 1)}
        if first.state is not OfferState.OPEN:
            found[offer_id] = NotDue(f"offer_{first.state}")
        elif first.old_state is MemberState.LEFT:  # a move from a seat given up meanwhile: by telephone
            found[offer_id] = NotDue("seat_left")
        else:
            found[offer_id] = {
                **_spoken(rows),
                **day_of,
                **({"starts_at": first.starts_at} if first.starts_at else {}),
                "until": _until(first),
                "answer_by": first.expires_at,
            }
    return found


def of_offer_news(ids: Sequence[int]) -> Facts:
    """What came of an offer: the lines taken and what was released; all lines when none was taken."""
    found: Facts = {}
    for offer_id, rows in _offers(ids).items():
        taken = [row for row in rows if row.line_state is LineState.TAKEN]
        found[offer_id] = (
            _spoken(taken, [row for row in rows if row not in taken]) if taken else _spoken(rows)
        )
    return found


def of_slots(ids: Sequence[int]) -> Facts:
    """A one-to-one appointment's facts, while it is booked."""
    query = (
        select(Slot.id, Slot.state, Slot.starts_at, Clinic.zone, Venue.name.label("venue"))
        .join(Clinic, Clinic.id == Slot.clinic_id)
        .outerjoin(Venue, Venue.id == Slot.venue_id)
        .where(Slot.id.in_(ids))
    )
    return {
        row.id: _when_and_where(row) if row.state == "booked" else NotDue("slot_" + row.state)
        for row in db.session.execute(query)
    }


def _places(ids: Sequence[int]) -> Any:
    return (
        select(
            Place.id,
            Place.state,
            ClassSession.state.label("session_state"),
            ClassSession.starts_at,
            Clinic.zone,
            Venue.name.label("venue"),
            Venue.access,
        )
        .join(ClassSession, ClassSession.id == Place.session_id)
        .join(Venue, Venue.id == ClassSession.venue_id)
        .join(Clinic, Clinic.id == Place.clinic_id)
        .where(Place.id.in_(ids))
    )


def _offers(ids: Sequence[int]) -> dict[int, list[Any]]:
    """The lines of each offer, in the order of their first dates."""
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(_offer_lines(ids)):
        found.setdefault(row.id, []).append(row)
    return {offer_id: sorted(rows, key=_starts) for offer_id, rows in found.items()}


def _spoken(kept: list[Any], others: Sequence[Any] = ()) -> dict[str, Any]:
    """`lines`, the first line's own day, date, time and venue, and what was `released`."""
    lines = [{**wording.moment(_starts(row), ZoneInfo(row.zone)), "venue": row.venue} for row in kept]
    let_go = [wording.moment(_starts(row), ZoneInfo(row.zone)) for row in others]
    released = " and ".join(f"{line['day']} {line['time']}" for line in let_go)
    return {**lines[0], "lines": lines, "released": released, **_old_seat(kept[0])}


def _old_seat(row: Any) -> dict[str, str]:
    """For a move: the seat it takes the place of, and that one's first date without them."""
    if row.old_weekday is None:
        return {}
    first = row.from_date + timedelta(days=(row.old_weekday - row.from_date.weekday()) % 7)
    said = wording.moment(instant(first, row.old_time, ZoneInfo(row.zone)), ZoneInfo(row.zone))
    return {f"old_{name}": words for name, words in said.items()}


def _until(row: Any) -> str:
    """An offer's end: the hour alone when it is the day it was made."""
    zone = ZoneInfo(row.zone)
    end = wording.moment(row.expires_at, zone)
    same_day = row.expires_at.astimezone(zone).date() == row.made_at.astimezone(zone).date()
    return end["time"] if same_day else f"{end['day']} {end['date']} {end['time']}"


def _offer_lines(ids: Sequence[int]) -> Any:
    """A standing line starts with its first date at the class's wall time; a visit with its session."""
    old = aliased(ExerciseClass)
    return (
        select(
            Offer.id,
            Offer.state,
            Offer.made_at,
            Offer.expires_at,
            OfferLine.state.label("line_state"),
            OfferLine.from_date,
            ExerciseClass.weekday,
            ExerciseClass.wall_time,
            ClassSession.starts_at,
            Venue.name.label("venue"),
            Clinic.zone,
            Member.state.label("old_state"),
            old.weekday.label("old_weekday"),
            old.wall_time.label("old_time"),
        )
        .join(OfferLine, OfferLine.offer_id == Offer.id)
        .outerjoin(Member, Member.id == Offer.moves_member_id)
        .outerjoin(old, old.id == Member.class_id)
        .outerjoin(ClassSession, ClassSession.id == OfferLine.session_id)
        .outerjoin(
            ExerciseClass, ExerciseClass.id == func.coalesce(OfferLine.class_id, ClassSession.class_id)
        )
        .outerjoin(Venue, Venue.id == func.coalesce(ClassSession.venue_id, ExerciseClass.venue_id))
        .join(Clinic, Clinic.id == Offer.clinic_id)
        .where(Offer.id.in_(ids))
    )


def _starts(row: Any) -> datetime:
    if row.starts_at is not None:
        return row.starts_at
    first = row.from_date + timedelta(days=(row.weekday - row.from_date.weekday()) % 7)
    return instant(first, row.wall_time, ZoneInfo(row.zone))


def _when_and_where(row: Any) -> dict[str, Any]:
    said = wording.moment(row.starts_at, ZoneInfo(row.zone))
    return {**said, "venue": row.venue or "", "starts_at": row.starts_at}


def _first_visit(row: Any) -> dict[str, str]:
    """What the text before a first visit adds (F33)."""
    parking = "There is parking." if "parking" in row.access else "There is no parking."
    return {"bring": "your glasses, walking aid and inhaler", "parking": parking}
