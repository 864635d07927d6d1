"""Is this her number? Asked before the first clinical text (F9); what waits goes once she has said yes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from clinic.access import queries as access
from clinic.extensions import db
from clinic.notifications import outbox
from clinic.notifications.models import Message, MessageState
from clinic.patients import services as patients
from clinic.patients.models import Contact, Patient
from clinic.viewer import system

ANSWER_WITHIN = timedelta(days=7)


def ask(patient: Patient, contact: Contact | None, *, now: datetime) -> None:
    """Plan the one text that asks; asking again for the same number changes nothing."""
    if contact is not None:
        outbox.plan_one(
            patient=patient,
            text="number_check",
            purpose="number_check",
            cause_kind="contact",
            cause_id=contact.id,
            rule="number_check",
            due_at=now,
            expires_at=now + ANSWER_WITHIN,
            now=now,
        )


def confirmed(contact: Contact, *, now: datetime) -> None:
    """The number is hers: write down when and how we know, and let go what waited for it."""
    by = system("replies", contact.clinic_id)
    today = access.local(contact.clinic_id, now).date()
    patients.confirm_contact(contact=contact, source="text", on=today, by=by)
    db.session.execute(
        update(Message)
        .where(
            Message.patient_id == contact.patient_id,
            Message.state == MessageState.PLANNED,
            Message.reason == "number_unconfirmed",
        )
        .values(not_before=now, reason=None)
        .execution_options(synchronize_session=False)
    )
