"""The claim: its commit decides. A cancel before it suppresses the text, after it plans a correction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, String, case, func, literal, select, update
from sqlalchemy.orm import defer
from sqlalchemy.types import TypeEngine

from clinic.columns import Encrypted, UtcDateTime
from clinic.extensions import db, transaction
from clinic.notifications import (
    calls,
    checks,
    confirming,
    failpoints,
    line,
    pace,
    questions,
    recipients,
    wording,
)
from clinic.notifications.checks import Drop, Hold, Send, Verdict
from clinic.notifications.dispatchers import Pass
from clinic.notifications.models import Message, MessageState
from clinic.notifications.outcomes import Parcel
from clinic.notifications.pace import Pace
from clinic.notifications.recipients import Recipients
from clinic.notifications.rowset import moment, rowset
from clinic.notifications.rules.replies import Question
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system

_CHANGED: dict[str, TypeEngine[Any]] = {
    "id": BigInteger(),
    "state": String(),
    "reason": String(),
    "not_before": UtcDateTime(),
    "body": String(),
    "sent_to": String(),
    "sent_to_index": String(),
}


@dataclass
class Claim:
    """What one claim took: parcels to post, and how many rows it settled or put off itself."""

    parcels: list[Parcel] = field(default_factory=list)
    suppressed: int = 0
    later: int = 0

    @property
    def taken(self) -> int:
        return len(self.parcels) + self.suppressed + self.later


def claim(
    *,
    owner: Pass,
    limit: int,
    now: datetime,
    began: float,
    timing: Timing,
    at_once: int | None = None,
    only: int | None = None,
    any_hour: bool = False,
) -> Claim:
    """Take at most `limit` due messages for this pass and commit them as `sending`, urgent ones first.

    Two passes never take the same row: SKIP LOCKED on PostgreSQL, BEGIN IMMEDIATE on SQLite. `began` is
    `ticking()` no later than `now`: a claim that takes long must not post past its own lease. The first
    `at_once` (None: all) may be posted; the others stand in line until `recording` lets them begin.
    """
    with acting_as(system("delivery")), transaction():
        paced = pace.locked(now, timing, unless_idle=only is None)
        rows = _due(limit, now, only, paced)
        if not rows:
            return Claim()
        owner_id = owner.begin(now)
        people = recipients.load(rows, now)
        facts = checks.facts_for(rows)
        look = checks.Look(people, now=now, timing=timing, any_hour=any_hour)
        verdicts = {row.id: look.judge(row, facts[row.id]) for row in rows}
        _write([_change(row, verdicts[row.id]) for row in rows], at_once, owner_id, now, timing)
        _ask(rows, verdicts, now)
        for row in rows:
            _follow_up(row, verdicts[row.id], people, now)
        made = _parcels(rows, verdicts, people, now, began, timing, paced, owner_id)
        if paced is not None:
            paced.keep()
    owner.answers()
    failpoints.reach("after_claim")
    return made


def _due(limit: int, now: datetime, only: int | None, paced: Pace | None) -> list[Message]:
    """One statement; with a rate set, one for each sender, so that a slow one holds up no other."""
    due = select(Message).where(Message.state == MessageState.PLANNED)
    due = due.options(defer(Message.body), defer(Message.sent_to))  # of an earlier attempt
    due = due.where(Message.id == only) if only is not None else due.where(Message.not_before <= now)
    due = due.order_by(Message.priority, Message.not_before, Message.id).with_for_update(skip_locked=True)
    if paced is None or only is not None:
        return list(db.session.scalars(due.limit(limit)))
    rows: list[Message] = []
    for theirs, most in paced.parts():
        left = limit - len(rows)
        rows += db.session.scalars(due.where(theirs).limit(left if most is None else min(most, left)))
    return rows


def _write(
    changes: list[dict[str, Any]], at_once: int | None, owner_id: int, now: datetime, timing: Timing
) -> None:
    """Every row of the batch in one statement."""
    sending = [change for change in changes if change["state"] == MessageState.SENDING.value]
    for change in sending[at_once:] if at_once is not None else []:
        change["reason"] = line.IN_LINE
    given = rowset(_CHANGED, changes)
    leaving = given.c.state == MessageState.SENDING.value
    settled = given.c.state.in_([MessageState.SUPPRESSED.value, MessageState.PARKED.value])

    def when(condition: Any, value: Any, otherwise: Any) -> Any:
        return case((condition, value), else_=otherwise)

    db.session.execute(
        update(Message)
        .where(Message.id == given.c.id)
        .values(
            state=given.c.state,
            reason=given.c.reason,
            not_before=func.coalesce(given.c.not_before, Message.not_before),
            attempt=when(leaving, Message.attempt + 1, Message.attempt),
            dispatcher_id=when(leaving, owner_id, Message.dispatcher_id),
            claimed_at=when(leaving, literal(now, UtcDateTime()), Message.claimed_at),
            lease_until=when(leaving, literal(now + timing.lease_for, UtcDateTime()), Message.lease_until),
            settled_at=when(settled, literal(now, UtcDateTime()), Message.settled_at),
            body=func.coalesce(given.c.body, Message.body),
            sent_to=func.coalesce(given.c.sent_to, Message.sent_to),
            sent_to_index=func.coalesce(given.c.sent_to_index, Message.sent_to_index),
        )
        .execution_options(synchronize_session=False)
    )


def _change(row: Message, verdict: Verdict) -> dict[str, Any]:
    change: dict[str, Any] = {"id": row.id, "reason": None}
    if isinstance(verdict, Send):
        lock = Encrypted().process_bind_param
        return change | {
            "state": MessageState.SENDING.value,
            "body": lock(verdict.body, db.engine.dialect),
            "sent_to": lock(verdict.recipient.address, db.engine.dialect),
            "sent_to_index": verdict.recipient.index,
        }
    if isinstance(verdict, Hold):
        until = moment(verdict.until)
        return change | {"state": MessageState.PLANNED.value, "reason": verdict.reason, "not_before": until}
    state = MessageState.PARKED if verdict.parked else MessageState.SUPPRESSED
    return change | {"state": state.value, "reason": verdict.reason}


def _ask(rows: list[Message], verdicts: dict[int, Verdict], now: datetime) -> None:
    asking = []
    for row in rows:
        verdict = verdicts[row.id]
        if isinstance(verdict, Send) and row.patient_id is not None and verdict.recipient.index:
            question = wording.text(row.text).question
            if question is not Question.NONE:
                until = verdict.answer_by or row.expires_at
                # an answer that asks ("1 to undo") asks about what her question was about
                kind, about = (row.facts or {}).get("asks_about", (row.cause_kind, row.cause_id))
                asking.append(questions.Asking(row, question, verdict.recipient.index, until, kind, about))
    questions.open_all(asking, now)


def _follow_up(row: Message, verdict: Verdict, people: Recipients, now: datetime) -> None:
    if isinstance(verdict, Drop) and verdict.call:
        calls.instead_of(row, verdict.reason, now=now)
    if isinstance(verdict, Hold) and verdict.reason == "number_unconfirmed":
        confirming.ask(people.patients[row.recipient_id], people.of(row).contact, now=now)


def _parcels(
    rows: list[Message],
    verdicts: dict[int, Verdict],
    people: Recipients,
    now: datetime,
    began: float,
    timing: Timing,
    paced: Pace | None,
    owner_id: int,
) -> Claim:
    made = Claim()
    for row in rows:
        verdict = verdicts[row.id]
        if isinstance(verdict, Send):
            made.parcels.append(
                Parcel(
                    id=row.id,
                    public_id=row.public_id,
                    attempt=row.attempt + 1,
                    channel=row.channel,
                    to=verdict.recipient.address or "",
                    body=verdict.body,
                    sender=people.sender(row),
                    deadline=began + timing.lease - timing.margin,
                    stale_at=began + (row.expires_at - now) / timedelta(seconds=1),
                    claimed_at=now,
                    leaves_at=None if paced is None else began + paced.take(row) / timedelta(seconds=1),
                    dispatcher=owner_id,
                )
            )
        elif isinstance(verdict, Hold):
            made.later += 1
        else:
            made.suppressed += 1
    return made
