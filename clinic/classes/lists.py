"""Who is on each list of this room, by episode: what people work from, so that nobody is lost (F10)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from clinic.classes.models import Member, MemberState, Offer, OfferState, Slot, WaitingEntry
from clinic.extensions import db


def waiting() -> set[int]:
    """On the waiting list."""
    return _ids(select(WaitingEntry.episode_id).where(WaitingEntry.closed_at.is_(None)))


def holds() -> set[int]:
    """With an offer that waits for an answer."""
    return _ids(select(Offer.episode_id).where(Offer.state == OfferState.OPEN))


def seats() -> set[int]:
    """With a standing seat, taken or kept through a pause."""
    kept = (MemberState.ACTIVE, MemberState.PAUSED)
    return _ids(select(Member.episode_id).where(Member.state.in_(kept)))


def slots() -> set[int]:
    """With a one-to-one appointment to come."""
    return _ids(select(Slot.episode_id).where(Slot.state == "booked"))


def _ids(query: Select[Any]) -> set[int]:
    return set(db.session.scalars(query))
