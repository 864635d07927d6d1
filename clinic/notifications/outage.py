"""The provider is down, or texts are late: who is expected at the next two sessions is rung instead (F17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from clinic.extensions import db, transaction
from clinic.notifications import calls, gauges
from clinic.notifications.models import Message, MessageState
from clinic.notifications.rules.window import Purpose
from clinic.notifications.timing import Timing
from clinic.worklist.models import CallListEntry

SESSIONS = 2
AHEAD = timedelta(hours=24)
NEWS = (Purpose.CANCELLATION.value, Purpose.CHANGE.value)


def texts_are_late(now: datetime, timing: Timing) -> bool:
    """Whether the provider has failed, or the oldest due text has waited, for half an hour."""
    oldest, _, began = db.session.execute(gauges.waiting(now)).one()
    limit = timedelta(seconds=timing.late)
    return any(since is not None and now - since >= limit for since in (oldest, began))


def cover_next_sessions(*, now: datetime, timing: Timing) -> int:
    """While texts are late: one call for each reminder of a clinic's next two sessions and each late change.

    How many calls were opened; a text somebody has rung about is not rung about again. The texts keep trying.
    """
    if not texts_are_late(now, timing):
        return 0
    with transaction():
        ways = [*(_starting(clinic_id, at) for clinic_id, at in _next_sessions(now)), _late_news(now)]
        rung = exists().where(CallListEntry.cause_kind == "message", CallListEntry.cause_id == Message.id)
        waiting = select(Message).where(Message.state == MessageState.PLANNED, or_(*ways), ~rung)
        return sum(calls.instead_of(message, "late", now=now) for message in db.session.scalars(waiting))


def _next_sessions(now: datetime) -> Sequence[tuple[int, datetime]]:
    """(clinic, start) of each clinic's next two sessions that somebody is still to be reminded of."""
    starts = (
        select(Message.clinic_id, Message.expires_at)
        .where(
            Message.state == MessageState.PLANNED,
            Message.purpose == Purpose.REMINDER.value,
            Message.expires_at > now,
            Message.expires_at <= now + AHEAD,
        )
        .distinct()
        .order_by(Message.clinic_id, Message.expires_at)
    )
    found: dict[int, list[datetime]] = {}
    for clinic_id, start in db.session.execute(starts):
        found.setdefault(clinic_id, []).append(start)
    return [(clinic_id, start) for clinic_id, all_of in found.items() for start in all_of[:SESSIONS]]


def _starting(clinic_id: int, start: datetime) -> ColumnElement[bool]:
    return and_(
        Message.clinic_id == clinic_id,
        Message.expires_at == start,
        Message.purpose == Purpose.REMINDER.value,
    )


def _late_news(now: datetime) -> ColumnElement[bool]:
    return and_(Message.purpose.in_(NEWS), Message.not_before <= now, Message.expires_at > now)
