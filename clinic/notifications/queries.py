"""Reads of the post office: its health, one patient's thread, the ledger of every text and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic.extensions import db
from clinic.notifications import gauges
from clinic.notifications.models import Inbound, Message, MessageState
from clinic.notifications.timing import Timing
from clinic.patients.models import Contact, Patient

LEDGER_PAGE = 30


@dataclass(frozen=True)
class Line:
    """One line of a conversation, ours or theirs."""

    at: datetime
    ours: bool
    body: str
    state: str
    purpose: str
    carer: str | None = None  # who wrote for the patient, when it was not the patient (F8)


def status(now: datetime) -> dict[str, Any]:
    """The gauges as `flask messages status` prints them."""
    read = gauges.read(now)
    delay = read.callback_delay
    return {
        "states": read.states,
        "due": read.due,
        "oldest_due_seconds": read.oldest_due_seconds,
        "open_unknown": read.open_unknown,
        "refused": read.refused,
        "not_sent": read.why_not,
        "callback_delay_seconds": {"median": delay.median, "p95": delay.most} if delay else None,
        "trouble_since": read.trouble_since.isoformat() if read.trouble_since else None,
    }


def late_notice(now: datetime) -> str | None:
    """The line for every staff page when texts are late or the provider is down (F17), or None."""
    limit = timedelta(seconds=Timing.load().late)
    oldest, due, began = db.session.execute(gauges.waiting(now)).one()
    if began is not None and now - began >= limit:
        return "Text messages are not leaving: the provider does not answer."
    if oldest is not None and now - oldest >= limit:
        minutes = int((now - oldest).total_seconds() // 60)
        return f"Text messages are late: {due} are waiting, the oldest for {minutes} minutes."
    return None


def thread(patient_id: int, *, limit: int = 50) -> list[Line]:
    """What was said between us and one patient, newest first."""
    ours = select(Message).where(Message.patient_id == patient_id, Message.recipient_kind != "duty")
    sent = db.session.scalars(ours.where(Message.body.is_not(None)).order_by(Message.id.desc()).limit(limit))
    lines = [Line(m.claimed_at or m.due_at, True, m.body or "", m.state.value, m.purpose) for m in sent]
    theirs = select(Inbound).where(Inbound.patient_id == patient_id).order_by(Inbound.id.desc()).limit(limit)
    carers = _carers(patient_id)
    lines += [
        Line(i.received_at, False, i.body or "", i.effect or "", i.intent, carers.get(i.number_index or ""))
        for i in db.session.scalars(theirs)
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _carers(patient_id: int) -> dict[str, str]:
    """The carers of one patient by their number's index."""
    known = select(Contact).where(Contact.patient_id == patient_id)
    return {c.value_index: c.carer_name for c in db.session.scalars(known) if c.carer_name}


def ledger(
    *, state: str | None = None, patient_id: int | None = None, before: int | None = None
) -> Sequence[Message]:
    """Every text, newest first: when it was due, how it stands, and why not. A page at a time."""
    rows = select(Message).order_by(Message.id.desc()).limit(LEDGER_PAGE)
    if state:
        rows = rows.where(Message.state == MessageState(state))
    if patient_id is not None:
        rows = rows.where(Message.patient_id == patient_id)
    if before is not None:
        rows = rows.where(Message.id < before)
    return list(db.session.scalars(rows))


def message(message_id: int) -> Message | None:
    """A message the viewer may see."""
    return db.session.get(Message, message_id)


def patient(patient_id: int) -> Patient | None:
    """A patient the viewer may see."""
    return db.session.get(Patient, patient_id)


def people(rows: Sequence[Message]) -> dict[int, Patient]:
    """The patients of these messages, by id, in one read."""
    ids = {row.patient_id for row in rows if row.patient_id is not None}
    found = db.session.scalars(select(Patient).where(Patient.id.in_(ids))) if ids else ()
    return {patient.id: patient for patient in found}
