"""The ledger turned round: every patient, every kind of text: sent, to come, not sent and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.notifications.models import Message, MessageState
from clinic.notifications.rules.window import Purpose
from clinic.patients.models import Patient

A_PAGE = 25
WEEKS = timedelta(days=28)
KINDS: Mapping[str, frozenset[str]] = {
    "Reminders": frozenset({Purpose.REMINDER}),
    "Home exercises": frozenset({Purpose.PROMPT}),
    "Offers": frozenset({Purpose.OFFER, Purpose.OFFER_SECOND, Purpose.STILL_WANTED}),
    "Changes": frozenset({Purpose.CHANGE, Purpose.CANCELLATION, Purpose.CONFIRMATION, Purpose.NOTICE}),
    "Answers and safety": frozenset({Purpose.ANSWER, Purpose.SAFETY}),
    "Others": frozenset(
        {Purpose.WELCOME, Purpose.NUMBER_CHECK, Purpose.CHECK_IN, Purpose.REVIEW, Purpose.GOODBYE}
    ),
}
ARRIVED = frozenset({MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED})
TO_COME = frozenset({MessageState.PLANNED, MessageState.SENDING})


@dataclass
class Cell:
    """One kind of text to one patient; `not_sent` counts by coded reason."""

    sent: int = 0
    to_come: int = 0
    in_doubt: int = 0
    not_sent: dict[str, int] = field(default_factory=dict)


def page(now: datetime, *, before: int | None = None) -> list[tuple[Patient, dict[str, Cell]]]:
    """A page of patients, newest first, with four weeks of texts each; two statements."""
    query = select(Patient).where(Patient.merged_into_id.is_(None)).order_by(Patient.id.desc()).limit(A_PAGE)
    if before is not None:
        query = query.where(Patient.id < before)
    people = list(db.session.scalars(query))
    cells = _cells([one.id for one in people], now - WEEKS)
    return [(one, cells[one.id]) for one in people]


def _cells(ids: Sequence[int], since: datetime) -> dict[int, dict[str, Cell]]:
    found = {patient_id: {kind: Cell() for kind in KINDS} for patient_id in ids}
    parts = (Message.patient_id, Message.purpose, Message.state, Message.reason)
    counted = (
        select(*parts, func.count().label("texts"))
        .where(Message.patient_id.in_(ids), Message.due_at > since, Message.recipient_kind != "duty")
        .group_by(*parts)
    )
    for row in db.session.execute(counted) if ids else ():
        kind = next((kind for kind, purposes in KINDS.items() if row.purpose in purposes), "Others")
        _count(found[row.patient_id][kind], row.state, row.reason, row.texts)
    return found


def _count(cell: Cell, state: MessageState, reason: str | None, texts: int) -> None:
    if state in ARRIVED:
        cell.sent += texts
    elif state in TO_COME:
        cell.to_come += texts
    elif state is MessageState.UNKNOWN:
        cell.in_doubt += texts
    else:
        why = reason or state.value
        cell.not_sent[why] = cell.not_sent.get(why, 0) + texts
