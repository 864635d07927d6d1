"""A text came in: kept once, read, bound to one question, acted on and answered, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, text

from clinic.access.models import Clinic
from clinic.columns import blind_index, config
from clinic.extensions import db, transaction
from clinic.notifications import effects, strangers
from clinic.notifications.binding import Binding, bind
from clinic.notifications.heard import Answer, Heard
from clinic.notifications.models import Inbound
from clinic.notifications.rowset import on_postgresql
from clinic.notifications.rules.replies import Question
from clinic.notifications.said import Said
from clinic.notifications.sets import insert_into
from clinic.patients import queries as patients
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system

__all__ = ["Answer", "Heard", "receive"]

log = logging.getLogger(__name__)

NAMESPACE = 48_114  # advisory locks: one reply of a number at a time


def receive(
    *,
    sid: str,
    sender: str,
    to: str,
    service: str | None,
    body: str,
    opt_out: str | None,
    now: datetime,
) -> str | None:
    """What was done with the text, as a coded word; None when this sid was here before.

    Replies of one number are taken one after the other, so that two within a second are not both first.
    """
    with acting_as(system("replies")), transaction():
        number_index = blind_index("phone", sender)
        _one_at_a_time(number_index)
        if db.session.scalars(select(Inbound.id).where(Inbound.sid == sid).limit(1)).first() is not None:
            return None
        clinic_ids = _clinics_on(to, service)
        known = [c for c in patients.contacts_by_number(sender) if c.clinic_id in clinic_ids]
        if not known:
            return strangers.receive(sid=sid, sender=sender, body=body, clinic_ids=clinic_ids, now=now)
        bound = bind(body, number_index, clinic_ids, now)
        contacts = _whose(known, bound)
        row = _keep(sid, sender, body, contacts, bound, now)
        if row is None:
            return None
        row.effect = effects.act(Said(row, contacts, bound, now, bool(opt_out)), opt_out)
        return row.effect


def _one_at_a_time(number_index: str) -> None:
    """SQLite lets one writer in anyway."""
    if on_postgresql():
        key = int(number_index[:7], 16)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:a, :b)"), {"a": NAMESPACE, "b": key})


def _clinics_on(to: str, service: str | None) -> list[int]:
    """The clinics that send from the number, or service, that was written to."""
    own = select(Clinic.id).where(Clinic.sender == to)
    ours = config()
    if to == ours.twilio_from or (service and service == ours.twilio_messaging_service_sid):
        own = select(Clinic.id).where(or_(Clinic.sender == to, Clinic.sender.is_(None)))
    return list(db.session.scalars(own.order_by(Clinic.id)))


def _whose(known: Sequence[Contact], bound: Binding) -> list[Contact]:
    """The contacts a reply may speak for: the question's own patient, else everybody on that number."""
    if bound.question is not None and bound.question.question != Question.WHICH:
        own = [c for c in known if c.patient_id == bound.question.patient_id]
        return own or list(known)
    return list(known)


def _keep(
    sid: str, sender: str, body: str, contacts: Sequence[Contact], bound: Binding, now: datetime
) -> Inbound | None:
    """Once per sid; None when another request was quicker."""
    first, people = contacts[0], {c.patient_id for c in contacts}
    values = {
        "sid": sid[:40],
        "clinic_id": first.clinic_id,
        "organisation_id": first.organisation_id,
        "patient_id": first.patient_id if len(people) == 1 else None,
        "question_id": bound.question.id if bound.question else None,
        "from_number": sender,
        "number_index": first.value_index,
        "body": body,
        "intent": bound.reading.intent.value,
        "red_flag": bound.reading.red_flag,
        "score": bound.reading.score,
        "received_at": now,
    }
    insert = insert_into(Inbound).values(values).on_conflict_do_nothing(index_elements=["sid", "clinic_id"])
    new_id = db.session.execute(insert.returning(Inbound.id)).scalar_one_or_none()
    return db.session.get_one(Inbound, new_id) if new_id is not None else None
