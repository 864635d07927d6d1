"""What follows when a message has ended: a call, an opt-out, the rooms above told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select, update

from clinic.extensions import db, emit
from clinic.extensions import now as clock
from clinic.notifications import calls, line
from clinic.notifications.models import Message, MessageState, OpenQuestion, QuestionState
from clinic.notifications.rowset import rows_changed
from clinic.patients import services as patients
from clinic.patients.models import Contact
from clinic.viewer import system

BLOCKED = frozenset({"21610", "30004", "30007"})
"""Opted out at the carrier, blocked on the handset, filtered on the way: no text arrives there (F23)."""


def not_reached(message: Message, *, now: datetime) -> None:
    """The provider refused it or could not deliver it: ring instead, and believe a block it knows of."""
    calls.instead_of(message, message.state.value, now=now)
    if message.error_code in BLOCKED and message.sent_to_index:
        stop_texts(message.sent_to_index, clinic_id=message.clinic_id, now=now)
    settled(message)


def settled(message: Message) -> None:
    """Tell the rooms above how it ended."""
    emit("message_settled", message_id=message.id)


def stop_texts(number_index: str, *, clinic_id: int, now: datetime) -> list[Contact]:
    """No text goes to this number any more, whoever it belongs to; everything still due becomes a call."""
    holders = select(Contact).where(Contact.clinic_id == clinic_id, Contact.value_index == number_index)
    contacts = list(db.session.scalars(holders.where(Contact.stopped_at.is_(None)).order_by(Contact.id)))
    for contact in contacts:
        patients.stop_texts(contact=contact, moment=now, by=system("replies", clinic_id))
    return contacts


def take_back_sid(sid: str, *, owner_id: int) -> None:
    """A row that a listing gave this sid to is in doubt again: the provider's own word names another."""
    db.session.execute(
        update(Message)
        .where(Message.sid == sid, Message.id != owner_id)
        .values(sid=None, state=MessageState.UNKNOWN, settled_at=None, reason="sid_was_anothers")
        .execution_options(synchronize_session=False)
    )


def hush(patient_id: int, reason: str) -> int:
    """Stop every text of one patient that nobody has begun to post, and close her questions; how many."""
    db.session.execute(
        update(OpenQuestion)
        .where(OpenQuestion.patient_id == patient_id, OpenQuestion.state == QuestionState.OPEN)
        .values(state=QuestionState.SUPERSEDED)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(
        update(Message)
        .where(
            Message.patient_id == patient_id,
            or_(
                Message.state == MessageState.PLANNED,
                and_(Message.state == MessageState.SENDING, Message.reason == line.IN_LINE),
            ),
            Message.recipient_kind != "duty",
        )
        .values(state=MessageState.SUPERSEDED, reason=reason, settled_at=clock())
        .execution_options(synchronize_session=False)
    )
