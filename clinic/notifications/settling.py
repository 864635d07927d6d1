"""What follows when a message has ended: a call, an opt-out, the rooms above told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from clinic import audit
from clinic.extensions import db, emit
from clinic.notifications import calls
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact
from clinic.viewer import system

OPTED_OUT = "21610"


def not_reached(message: Message, *, now: datetime) -> None:
    """The provider refused it or could not deliver it: ring instead, and believe an opt-out it knows of."""
    calls.instead_of(message, message.state.value, now=now)
    if message.error_code == OPTED_OUT and message.sent_to_index:
        stop_texts(message.sent_to_index, clinic_id=message.clinic_id, source="provider", now=now)
    settled(message)


def settled(message: Message) -> None:
    """Tell the rooms above how it ended."""
    emit("message_settled", message_id=message.id)


def stop_texts(number_index: str, *, clinic_id: int, source: str, now: datetime) -> list[Contact]:
    """No text goes to this number any more, whoever it belongs to; everything still due becomes a call."""
    contacts = list(
        db.session.scalars(
            select(Contact).where(
                Contact.clinic_id == clinic_id,
                Contact.value_index == number_index,
                Contact.stopped_at.is_(None),
            )
        )
    )
    for contact in contacts:
        contact.stopped_at = now
        audit.record("contact.stopped", by=system("replies", clinic_id), about=contact, source=source)
        emit("texts_stopped", contact_id=contact.id, patient_id=contact.patient_id)
    return contacts


def take_back_sids(sids: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Rows that a listing gave these sids to are in doubt again: the provider's own answer names another."""
    owners = [row["id"] for row in rows]
    db.session.execute(
        update(Message)
        .where(Message.sid.in_(sids), Message.id.not_in(owners))
        .values(sid=None, state=MessageState.UNKNOWN, settled_at=None, reason="sid_was_anothers")
        .execution_options(synchronize_session=False)
    )
