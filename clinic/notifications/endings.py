"""What notifications does when something ends elsewhere: handlers of domain events."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import calls, checks, recipients, settling
from clinic.notifications.models import Message, MessageState
from clinic.notifications.outbox import NotDue
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system

AT_ONCE = timedelta(hours=24)
UNREACHABLE = ("stopped", "wrong_number")


def patient_died(*, patient_id: int) -> None:
    """No text leaves any more, planned or held; what is in flight is refused at the next claim (F7)."""
    with acting_as(system("notifications")):
        settling.hush(patient_id, "died")


def unreachable(*, contact_id: int) -> None:
    """A number takes no texts any more: what is due in a day is rung about now, the rest in time (F23).

    Nothing changes where another number of the patient's takes them.
    """
    with acting_as(system("notifications")):
        contact, now = db.session.get_one(Contact, contact_id), clock()
        due = select(Message).where(
            Message.patient_id == contact.patient_id,
            Message.recipient_kind == "patient",
            Message.channel == "sms",
            Message.state == MessageState.PLANNED,
            Message.due_at <= now + AT_ONCE,
            Message.expires_at > now,
        )
        db.session.flush()
        waiting = list(db.session.scalars(due.order_by(Message.id).with_for_update(skip_locked=True)))
        if not waiting:
            return
        people, facts = recipients.load(waiting, now), checks.facts_for(waiting)
        for message in waiting:
            why = people.of(message).why_not
            if why in UNREACHABLE and not isinstance(facts[message.id], NotDue):
                message.state, message.reason, message.settled_at = MessageState.SUPPRESSED, why, now
                calls.instead_of(message, why, now=now)
