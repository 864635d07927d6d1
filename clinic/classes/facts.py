"""What a text needs when it leaves, or why it should not leave: one query a kind of cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from clinic.access.models import Clinic
from clinic.classes.models import (
    ClassSession,
    ExerciseClass,
    LineState,
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
            found[row.id] = {**_when_and_where(row), "answer_by": row.starts_at}
    return found


def of_place_news(ids: Sequence[int]) -> Facts:
    """What a cancelled or moved session was or is now; due even though the place is freed."""
    return {row.id: _when_and_where(row) for row in db.session.execute(_places(ids))}


def of_offers(ids: Sequence[int]) -> Facts:
    """An open offer's lines and its end; an answered one is not offered any more."""
    found = _offers(ids, every_line=True)
    closed = select(Offer.id, Offer.state).where(Offer.id.in_(ids), Offer.state != OfferState.OPEN)
    return found | {offer_id: NotDue(f"offer_{state}") for offer_id, state in db.session.execute(closed)}


def of_offer_news(ids: Sequence[int]) -> Facts:
    """What came of an offer: the lines taken."""
    return _offers(ids, every_line=False)


def of_slots(ids: Sequence[int]) -> Facts:
    """A one-to-one appointment's facts, while it is booked."""
    query = (
        select(Slot.id, Slot.state, Slot.starts_at, Clinic.zone, Venue.name.label("venue"), Venue.address)
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
            Venue.address,
        )
        .join(ClassSession, ClassSession.id == Place.session_id)
        .join(Venue, Venue.id == ClassSession.venue_id)
        .join(Clinic, Clinic.id == Place.clinic_id)
        .where(Place.id.in_(ids))
    )


def _offers(ids: Sequence[int], *, every_line: bool) -> Facts:
    lines: dict[int, list[Any]] = {}
    for row in db.session.execute(_offer_lines(ids)):
        lines.setdefault(row.id, []).append(row)
    return {offer_id: _offer(sorted(rows, key=_starts), every_line) for offer_id, rows in lines.items()}


def _offer(rows: list[Any], every_line: bool) -> dict[str, Any]:
    """day, date, time, venue of the first line, day1.. and day2.. of each, and until when to answer."""
    kept = [row for row in rows if every_line or row.line_state is LineState.TAKEN]
    others = [row for row in rows if row not in kept]
    said = [{**wording.moment(_starts(row), ZoneInfo(row.zone)), "venue": row.venue} for row in kept]
    end = wording.moment(rows[0].expires_at, ZoneInfo(rows[0].zone))
    facts: dict[str, Any] = {f"until_{name}": words for name, words in end.items()}
    for number, line in enumerate(said, start=1):
        facts |= {f"{name}{number}": words for name, words in line.items()}
    other = [wording.moment(_starts(row), ZoneInfo(row.zone))["day"] for row in others]
    facts |= {"other_day": other[0] if other else "", "answer_by": rows[0].expires_at}
    return {**facts, **said[0]} if said else facts


def _offer_lines(ids: Sequence[int]) -> Any:
    """A standing line starts with its first date at the class's wall time; a visit with its session."""
    return (
        select(
            Offer.id,
            Offer.expires_at,
            OfferLine.state.label("line_state"),
            OfferLine.from_date,
            ExerciseClass.weekday,
            ExerciseClass.wall_time,
            ClassSession.starts_at,
            Venue.name.label("venue"),
            Clinic.zone,
        )
        .join(OfferLine, OfferLine.offer_id == Offer.id)
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
    return {**said, "venue": row.venue, "address": row.address, "starts_at": row.starts_at}
