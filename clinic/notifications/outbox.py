"""The outbox: texts are planned in the causing transaction, once each, and never deleted.

`plan_one` is for one text, `insert_select` for a set in one statement, `plan` for the horizon. All three
end in INSERT .. ON CONFLICT DO NOTHING on (recipient, cause, revision, rule): planning again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import select, update

from clinic.access import queries as access
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import calls
from clinic.notifications.models import Message, MessageState, OpenQuestion, QuestionState
from clinic.notifications.priorities import priority_of
from clinic.notifications.rowset import rows_changed
from clinic.notifications.rules import window
from clinic.notifications.rules.window import Purpose
from clinic.notifications.sets import (
    HORIZON,
    UNIQUE,
    Due,
    Round,
    Sweep,
    columns,
    insert_into,
    insert_prepared,
    insert_select,
    insist,
    not_yet_swept,
    plan,
    prepared,
)
from clinic.patients.models import Patient
from clinic.viewer import acting_as, system

__all__ = [
    "HORIZON",
    "Due",
    "NotDue",
    "Round",
    "Superseded",
    "Sweep",
    "columns",
    "insert_prepared",
    "insert_select",
    "not_yet_swept",
    "plan",
    "plan_one",
    "prepared",
    "supersede",
]


@dataclass(frozen=True)
class NotDue:
    """A FACTS provider's answer when a text should no longer go; `reason` is a coded word for the ledger."""

    reason: str


class Superseded(NamedTuple):
    """How many texts were stopped in time, and how many had already left: those need a correction."""

    stopped: int
    gone: int

    def __bool__(self) -> bool:
        return self.stopped > 0


def plan_one(
    *,
    patient: Patient | None,
    text: str,
    purpose: str,
    cause_kind: str,
    cause_id: int,
    rule: str,
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
    recipient_kind: str = "patient",
    recipient_id: int | None = None,
    cause_revision: int = 1,
    facts: dict[str, Any] | None = None,
    event_start: datetime | None = None,
    clinic_id: int | None = None,
    channel: str = "sms",
) -> bool:
    """Plan one text or e-mail; True when it is new. Without a patient, `clinic_id` says whose it is.

    It leaves inside its purpose's window, clinic wall time. A text whose window opens after `expires_at`,
    or that tells of something within 24 hours at an hour when nobody is texted, becomes a call at once.
    """
    insist()
    home = patient.clinic_id if patient else clinic_id
    if home is None:
        raise ValueError("a message without a patient needs its clinic_id")
    zone, why = access.zone_of(home), Purpose(purpose)
    leaves = window.next_allowed(max(due_at, now), why, zone, event_start)
    too_late = leaves >= expires_at or (
        event_start is not None and window.needs_a_call(max(due_at, now), why, zone, event_start)
    )
    values = {
        "public_id": str(uuid4()),
        "recipient_kind": recipient_kind,
        "recipient_id": _recipient(recipient_kind, recipient_id, patient, home),
        "patient_id": patient.id if patient else None,
        "clinic_id": home,
        "organisation_id": patient.organisation_id if patient else None,
        "channel": channel,
        "text": text,
        "purpose": why.value,
        "cause_kind": cause_kind,
        "cause_id": cause_id,
        "cause_revision": cause_revision,
        "rule": rule,
        "priority": priority_of(why),
        "state": MessageState.SUPPRESSED if too_late else MessageState.PLANNED,
        "reason": "too_late" if too_late else None,
        "due_at": due_at,
        "not_before": leaves,
        "expires_at": expires_at,
        "facts": facts,
        "attempt": 0,
        "created_at": clock(),
        "settled_at": now if too_late else None,
    }
    with acting_as(system("notifications", home)):
        statement = insert_into().values(values).on_conflict_do_nothing(index_elements=UNIQUE)
        new_id = db.session.execute(statement.returning(Message.id)).scalar_one_or_none()
        if new_id is not None and too_late:
            calls.instead_of(db.session.get_one(Message, new_id), "too_late", now=now)
    return new_id is not None


def supersede(
    *, cause_kind: str, cause_id: int, reason: str, rules: Sequence[str] | None = None
) -> Superseded:
    """Stop what is still planned for a cause and close its open questions; nothing is deleted."""
    insist()
    about = [Message.cause_kind == cause_kind, Message.cause_id == cause_id]
    if rules is not None:
        about.append(Message.rule.in_(rules))
    with acting_as(system("notifications")):
        stopped = rows_changed(
            update(Message)
            .where(*about, Message.state == MessageState.PLANNED)
            .values(state=MessageState.SUPERSEDED, reason=reason, settled_at=clock())
        )
        gone = db.session.scalars(select(Message.id).where(*about, Message.state.in_(LEFT))).all()
        if gone:
            db.session.execute(
                update(OpenQuestion)
                .where(OpenQuestion.message_id.in_(gone), OpenQuestion.state == QuestionState.OPEN)
                .values(state=QuestionState.SUPERSEDED)
            )
    return Superseded(stopped, len(gone))


LEFT = (
    MessageState.SENDING,
    MessageState.ACCEPTED,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNKNOWN,
)


def _recipient(kind: str, given: int | None, patient: Patient | None, clinic_id: int) -> int:
    if given is not None:
        return given
    if kind == "patient" and patient is not None:
        return patient.id
    if kind == "duty":
        return clinic_id
    raise ValueError(f"a message to a {kind} needs its recipient_id")
