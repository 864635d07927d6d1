"""Texts a person sends: one planned text now (demo), or a staff member's own words to one patient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from clinic import audit
from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, transaction
from clinic.notifications import delivery, outbox, wording
from clinic.notifications.models import Message, MessageState
from clinic.notifications.rules.segments import downgrade, segments
from clinic.patients import queries as patients
from clinic.viewer import Viewer

LONGEST_PARTS = 3
ANSWER_WITHIN = timedelta(hours=12)
CLINICAL = ("fracture", "diagnosis", "osteoporosis", "nhs number")  # words a lock screen should not show


class CannotSend(Exception):
    """The text was not sent; the message says why, in words for staff."""


@dataclass(frozen=True)
class Preview:
    """What was written, and what will arrive: our name and number are added."""

    words: str
    body: str
    parts: int


def problems(body: str, clinic_id: int) -> dict[str, str]:
    """What is wrong with a text somebody typed, by field."""
    if not body:
        return {"body": "Write the text"}
    if preview(body, clinic_id).parts > LONGEST_PARTS:
        return {"body": f"Shorten the text to {LONGEST_PARTS} parts, about 450 letters"}
    if found := [word for word in CLINICAL if word in body.casefold()]:
        return {"body": f"Leave out {found[0]!r}: others may read the screen"}
    return {}


def preview(body: str, clinic_id: int) -> Preview:
    clinic, words = access.clinic(clinic_id), downgrade(body)
    whole = wording.render("by_hand", words=words, clinic=clinic.name, phone=clinic.phone)
    return Preview(words, whole, segments(whole).parts)


@transaction()
def write(*, patient_id: int, body: str, by: Viewer, now: datetime) -> None:
    """Plan a staff member's own words to one patient; raises CannotSend when no text can reach her."""
    patient, contact = patients.patient(patient_id), patients.main_contact(patient_id)
    if patient.died_on is not None or contact is None or not contact.can_text:
        raise CannotSend("No text can reach this person. Ring instead.")
    number = int(uuid4()) % 2**31  # each is a cause of its own: the same words may be sent twice on purpose
    outbox.plan_one(
        patient=patient,
        text="by_hand",
        purpose="answer",
        cause_kind="by_hand",
        cause_id=number,
        rule="by_hand",
        due_at=now,
        expires_at=now + ANSWER_WITHIN,
        facts={"words": downgrade(body)},
        now=now,
    )
    audit.record("message.written", by=by, about=patient, clinic_id=patient.clinic_id)


def send_now(*, message_id: int, by: Viewer) -> MessageState:
    """Send one planned text, ignoring its hours and nothing else; what became of it. Demo only."""
    if not config().demo:
        raise CannotSend("Only the demonstration sends a text before its time.")
    if db.session.get_one(Message, message_id).state is not MessageState.PLANNED:
        raise CannotSend("This text is not waiting any more.")
    with transaction():
        audit.record("message.sent_now", by=by, about=db.session.get_one(Message, message_id))
    delivery.deliver(batch=1, only=message_id, any_hour=True)
    db.session.expire_all()
    return db.session.get_one(Message, message_id).state
