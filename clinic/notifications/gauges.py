"""How the post office is, read from the database when asked: for a page, a command, Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.notifications import trouble
from clinic.notifications.models import Message, MessageState, ProviderTrouble, Receipt

LATELY = 500  # receipts looked at for the delay of callbacks


@dataclass(frozen=True)
class Delay:
    """Seconds from the claim of a text to the provider's first word of it."""

    median: float
    most: float  # of nineteen in twenty


@dataclass(frozen=True)
class Gauges:
    """Counts and ages; `refused` is by the provider's code, `why_not` by our own coded reason."""

    states: dict[str, int]
    due: int
    oldest_due_seconds: int
    open_unknown: int
    refused: dict[str, int]
    why_not: dict[str, int]
    callback_delay: Delay | None
    trouble_since: datetime | None


def read(now: datetime) -> Gauges:
    """Four statements, whatever the number of texts."""
    states = {state.value: 0 for state in MessageState}
    refused: dict[str, int] = {}
    why_not: dict[str, int] = {}
    unknown = 0
    for row in db.session.execute(_by_state()):
        states[row.state.value] += row.texts
        if row.state is MessageState.REFUSED or row.state is MessageState.UNDELIVERED:
            _add(refused, row.error_code or "none", row.texts)
        elif row.state in (MessageState.SUPPRESSED, MessageState.PARKED):
            _add(why_not, row.reason or "none", row.texts)
        unknown += row.texts if row.state is MessageState.UNKNOWN and not row.settled else 0
    oldest, due, began = db.session.execute(waiting(now)).one()
    return Gauges(
        states=states,
        due=due,
        oldest_due_seconds=int((now - oldest).total_seconds()) if oldest else 0,
        open_unknown=unknown,
        refused=dict(sorted(refused.items())),
        why_not=dict(sorted(why_not.items())),
        callback_delay=_delay(),
        trouble_since=began,
    )


def waiting(now: datetime) -> Any:
    """Since when the oldest due text waits, how many do, since when the provider fails: one query."""
    return select(func.min(Message.not_before), func.count(), trouble.began().scalar_subquery()).where(
        Message.state == MessageState.PLANNED, Message.not_before <= now
    )


def due_by_purpose(now: datetime) -> Sequence[Any]:
    """(purpose, texts, oldest) of what is due, the most urgent first."""
    query = (
        select(Message.purpose, func.count().label("texts"), func.min(Message.not_before).label("oldest"))
        .where(Message.state == MessageState.PLANNED, Message.not_before <= now)
        .group_by(Message.purpose)
        .order_by(func.min(Message.priority))
    )
    return db.session.execute(query).all()


def troubles(now: datetime, days: int = 14) -> list[ProviderTrouble]:
    """When the provider failed lately, newest first."""
    lately = select(ProviderTrouble).where(ProviderTrouble.last_at > now - timedelta(days=days))
    return list(db.session.scalars(lately.order_by(ProviderTrouble.id.desc()).limit(20)))


def parked(limit: int = 30) -> Sequence[Any]:
    """Texts that could not be read or written, newest first: each is on the call list. No body is read."""
    rows = select(Message.id, Message.patient_id, Message.text, Message.due_at, Message.reason)
    rows = rows.where(Message.state == MessageState.PARKED).order_by(Message.id.desc()).limit(limit)
    return db.session.execute(rows).all()


def _by_state() -> Any:
    settled = Message.settled_at.is_not(None).label("settled")
    parts = (Message.state, Message.error_code, Message.reason, settled)
    return select(*parts, func.count().label("texts")).group_by(*parts)


def _delay() -> Delay | None:
    """Of the newest receipts, the first of each text."""
    newest = (
        select(Receipt.message_id, Receipt.received_at).order_by(Receipt.id.desc()).limit(LATELY).subquery()
    )
    first = (
        select(Message.claimed_at, func.min(newest.c.received_at).label("heard"))
        .join(newest, newest.c.message_id == Message.id)
        .where(Message.claimed_at.is_not(None))
        .group_by(Message.id, Message.claimed_at)
    )
    waits = sorted((row.heard - row.claimed_at).total_seconds() for row in db.session.execute(first))
    if not waits:
        return None
    return Delay(median=waits[len(waits) // 2], most=waits[min(len(waits) - 1, len(waits) * 19 // 20)])


def _add(counts: dict[str, int], word: str, more: int) -> None:
    counts[word] = counts.get(word, 0) + more
