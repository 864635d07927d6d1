"""What the provider says of a message, in whatever order it comes: one table of moves, never backwards."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clinic.extensions import db, transaction
from clinic.notifications import settling
from clinic.notifications.models import Message, MessageState, Receipt
from clinic.notifications.sets import insert_into
from clinic.viewer import acting_as, system

WORDS = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
    "undelivered": MessageState.UNDELIVERED,
    "failed": MessageState.UNDELIVERED,
    "canceled": MessageState.UNDELIVERED,
}

# A receipt proves that the provider has the text, so it settles every doubt of ours; planned stands here
# for a text put off by mistake. Delivered beats undelivered, whichever is told first.
_RANK = {
    MessageState.PLANNED: 0,
    MessageState.SENDING: 0,
    MessageState.UNKNOWN: 0,
    MessageState.ACCEPTED: 1,
    MessageState.SENT: 2,
    MessageState.UNDELIVERED: 3,
    MessageState.DELIVERED: 4,
}
FINAL = frozenset({MessageState.DELIVERED, MessageState.UNDELIVERED})


def may_move(now_is: MessageState, told: MessageState) -> bool:
    """Whether a receipt moves a message: only forward, so that the order of receipts does not matter."""
    return now_is in _RANK and _RANK[told] > _RANK[now_is]


def receive(
    *, public_id: str, attempt: int, sid: str, status: str, error_code: str | None, now: datetime
) -> bool:
    """Take one callback; False when no message has this id. The same (sid, status) again changes nothing."""
    take = partial(
        _take, public_id=public_id, attempt=attempt, sid=sid, status=status, error_code=error_code, now=now
    )
    try:
        return take()
    except IntegrityError:  # a listing gave this sid to another row this very moment: now we see it
        return take()


def _take(
    *, public_id: str, attempt: int, sid: str, status: str, error_code: str | None, now: datetime
) -> bool:
    with acting_as(system("receipts")), transaction():
        message = db.session.scalars(
            select(Message).where(Message.public_id == public_id).with_for_update()
        ).first()
        if message is None:
            return False
        if _store(message, sid, status, attempt, error_code, now):
            told = WORDS.get(status)
            if told is not None and attempt == message.attempt and message.sid in (None, sid):
                apply(message, sid=sid, told=told, error_code=error_code, now=now)
        return True


def apply(message: Message, *, sid: str, told: MessageState, error_code: str | None, now: datetime) -> None:
    """Move one locked message by what the provider says of it, and follow up an end."""
    if message.sid is None:
        settling.take_back_sid(sid, owner_id=message.id)
        message.sid = sid
    if not may_move(message.state, told):
        return
    message.state = told
    message.reason = None
    message.settled_at = now if told in FINAL else None
    message.error_code = error_code if told is MessageState.UNDELIVERED else None
    db.session.flush()
    if told is MessageState.UNDELIVERED:
        settling.not_reached(message, now=now)
    elif told is MessageState.DELIVERED:
        settling.settled(message)


def _store(
    message: Message, sid: str, status: str, attempt: int, error_code: str | None, now: datetime
) -> bool:
    """Keep what was said, once per (sid, status); True when it is news."""
    row = {
        "clinic_id": message.clinic_id,
        "organisation_id": message.organisation_id,
        "message_id": message.id,
        "sid": sid[:40],
        "status": status[:24],
        "attempt": attempt,
        "error_code": error_code[:12] if error_code else None,
        "received_at": now,
    }
    insert = insert_into(Receipt).values(row).on_conflict_do_nothing(index_elements=["sid", "status"])
    return db.session.execute(insert.returning(Receipt.id)).scalar_one_or_none() is not None
