"""The outbox: texts are planned in the causing transaction, once each, and never deleted.

`plan_one` is for one text, `insert_select` for a set in one statement, `plan` for the horizon. All three
end in INSERT .. ON CONFLICT DO NOTHING on (recipient, cause, revision, rule): planning again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, String, Text, cast, exists, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.access import queries as access
from clinic.extensions import db, in_transaction, transaction, wiring
from clinic.extensions import now as clock
from clinic.notifications import calls
from clinic.notifications.models import Message, MessageState, OpenQuestion, QuestionState, Watermark
from clinic.notifications.priorities import priority_of
from clinic.notifications.rowset import on_postgresql, rows_changed
from clinic.notifications.rules import window
from clinic.notifications.rules.window import Purpose
from clinic.patients.models import Patient
from clinic.viewer import acting_as, system

HORIZON = timedelta(days=14)
UNIQUE = ("recipient_kind", "recipient_id", "cause_kind", "cause_id", "cause_revision", "rule")


@dataclass(frozen=True)
class NotDue:
    """A FACTS provider's answer when a text should no longer go; `reason` is a coded word for the ledger."""

    reason: str


@dataclass(frozen=True)
class Sweep:
    """One rule over one session: `rows` gives Message columns by label (see `columns`).

    With a `session_id` the sweep leaves a watermark and is not asked for again at this revision.
    """

    session_id: int | None
    revision: int
    rule: str
    rows: Select[Any]


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
    _insist()
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


def columns(
    *,
    text: str,
    purpose: str,
    cause_kind: str,
    rule: str,
    due_at: datetime,
    expires_at: datetime,
    cause_revision: int = 1,
) -> list[ColumnElement[Any]]:
    """The constants of a set of texts as labelled columns, to go beside the ids in a Sweep's select.

    The select itself adds: patient_id, clinic_id, organisation_id, cause_id.
    """
    given = {
        "text": text,
        "purpose": purpose,
        "cause_kind": cause_kind,
        "cause_revision": cause_revision,
        "rule": rule,
        "priority": priority_of(Purpose(purpose)),
    }
    moments = {"due_at": due_at, "not_before": due_at, "expires_at": expires_at}
    return [
        *(literal(value).label(name) for name, value in given.items()),
        *(literal(value, Message.__table__.c[name].type).label(name) for name, value in moments.items()),
    ]


def insert_select(rows: Select[Any]) -> int:
    """Plan a set in one statement; how many were new. What the select leaves out gets its usual value."""
    _insist()
    inner = rows.subquery("due")
    table = Message.__table__
    usual: dict[str, ColumnElement[Any]] = {
        "public_id": _new_uuid(),
        "recipient_kind": literal("patient"),
        "recipient_id": inner.c.patient_id,
        "channel": literal("sms"),
        "state": literal(MessageState.PLANNED, table.c.state.type),
        "attempt": literal(0),
        "created_at": literal(clock(), table.c.created_at.type),
    }
    given: dict[str, ColumnElement[Any]] = {c.name: c for c in inner.c}
    values = usual | given
    # WHERE: without one SQLite reads ON CONFLICT as a join's ON
    source = select(*values.values()).where(inner.c.patient_id.is_not(None))
    statement = insert_into().from_select(list(values), source).on_conflict_do_nothing(index_elements=UNIQUE)
    return rows_changed(statement.execution_options(preserve_rowcount=True))


def not_yet_swept(session_id: Any, revision: Any, rule: str) -> ColumnElement[bool]:
    """For a planner's own query: sessions that this rule has not swept at this revision."""
    return ~exists().where(
        Watermark.session_id == session_id, Watermark.revision == revision, Watermark.rule == rule
    )


def plan(now: datetime) -> dict[str, int]:
    """Plan every text of the horizon that no booking has planned yet; cheap when there is nothing new."""
    counts = {"planned": 0, "sweeps": 0}
    with acting_as(system("planning")):
        for planner in wiring().PLANNERS.values():
            for batch in _in_batches(_sweeps(planner, now), 50):
                with transaction():
                    for sweep in batch:
                        counts["planned"] += insert_select(sweep.rows)
                        _leave_watermark(sweep)
                counts["sweeps"] += len(batch)
    return counts


def supersede(
    *, cause_kind: str, cause_id: int, reason: str, rules: Sequence[str] | None = None
) -> Superseded:
    """Stop what is still planned for a cause and close its open questions; nothing is deleted."""
    _insist()
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


def _sweeps(planner: Callable[..., Iterable[Sweep]], now: datetime) -> list[Sweep]:
    with transaction():
        asked = list(planner(now, now + HORIZON))
        ids = {sweep.session_id for sweep in asked if sweep.session_id is not None}
        done = set(_watermarks(ids)) if ids else set()
    return [s for s in asked if (s.session_id, s.revision, s.rule) not in done]


def _watermarks(session_ids: set[int]) -> Iterable[tuple[int, int, str]]:
    marks = select(Watermark.session_id, Watermark.revision, Watermark.rule)
    rows = db.session.execute(marks.where(Watermark.session_id.in_(session_ids)))
    return [(row[0], row[1], row[2]) for row in rows]


def _leave_watermark(sweep: Sweep) -> None:
    if sweep.session_id is None:
        return
    mark = {"session_id": sweep.session_id, "revision": sweep.revision, "rule": sweep.rule}
    db.session.execute(insert_into(Watermark).values(mark).on_conflict_do_nothing())


def _in_batches(sweeps: list[Sweep], size: int) -> Iterator[list[Sweep]]:
    return (sweeps[start : start + size] for start in range(0, len(sweeps), size))


def _recipient(kind: str, given: int | None, patient: Patient | None, clinic_id: int) -> int:
    if given is not None:
        return given
    if kind == "patient" and patient is not None:
        return patient.id
    if kind == "duty":
        return clinic_id
    raise ValueError(f"a message to a {kind} needs its recipient_id")


def insert_into(model: type[Any] = Message) -> Any:
    return (postgresql if on_postgresql() else sqlite).insert(model)


def _new_uuid() -> ColumnElement[Any]:
    """A random UUID made by the database, one a row."""
    if on_postgresql():
        return cast(func.gen_random_uuid(), Text)
    parts = [func.lower(func.hex(func.randomblob(size))) for size in (4, 2, 2, 2, 6)]
    return cast(parts[0] + "-" + parts[1] + "-" + parts[2] + "-" + parts[3] + "-" + parts[4], String(36))


def _insist() -> None:
    if not in_transaction():
        raise RuntimeError("a text is planned in the transaction that causes it")
