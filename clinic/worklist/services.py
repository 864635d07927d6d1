"""Open, own, close and escalate what a person must do. Sends nothing: it emits, notifications answers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clinic import audit
from clinic.access.permissions import Permission, may
from clinic.extensions import db, emit, now, transaction
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist.models import Alert, CallListEntry, Task, Work, WorkState

TRIES = 3
A_DAY = timedelta(days=1)
LETTER_AFTER_TWO_CALLS = frozenset({"offer_unanswered", "still_wanted_unanswered"})
PHYSIOTHERAPISTS = frozenset({"incident"})  # what only they close (F18)


class NotYours(Exception):
    """Why this person may not close this; the text is for them."""


@transaction()
def raise_alert(**facts: Any) -> Alert:
    """Something that cannot wait; the same open cause finds the first alert. See `_open` for the facts."""
    row, new = _open(Alert, **facts)
    if new:
        emit("alert_raised", alert_id=row.id)
    return row


def open_task(**facts: Any) -> Task:
    """Something to do by a time; the same open cause finds the first task."""
    return _open(Task, **facts)[0]


def add_call(**facts: Any) -> CallListEntry:
    """Someone to telephone by a time; the same open cause finds the first entry."""
    return _open(CallListEntry, **facts)[0]


@transaction()
def _open(
    model: type[Any],
    *,
    kind: str,
    patient_id: int | None,
    cause_kind: str,
    cause_id: int,
    clinic_id: int,
    organisation_id: int | None,
    due_at: datetime,
    by: Viewer,
    note: str | None = None,
    owner_id: int | None = None,
) -> tuple[Any, bool]:
    """The open row of this cause, or a new one; two that tell of it at once open one.

    `due_at` is the clock, aware; `note` is encrypted; the rest are ids and coded words.
    """
    cause = {"clinic_id": clinic_id, "kind": kind, "cause_kind": cause_kind, "cause_id": cause_id}
    about = {"organisation_id": organisation_id, "patient_id": patient_id, "owner_id": owner_id}
    with acting_as(system("worklist", clinic_id)):
        for attempt in range(TRIES):
            if found := _already(model, cause):
                return found, False
            row = model(**cause, **about, due_at=due_at, note=note)
            try:
                with transaction():
                    db.session.add(row)
                    audit.record(f"{model.__tablename__}.opened", by=by, about=row, kind=kind)
            except IntegrityError:  # another opened it meanwhile, and may have closed it again
                if attempt + 1 == TRIES:
                    raise
                continue
            return row, True
    raise AssertionError("unreachable: the last try returns or raises")


def _already(model: type[Any], cause: dict[str, Any]) -> Any:
    return db.session.scalars(select(model).filter_by(**cause, state=WorkState.OPEN)).first()


@transaction()
def close(*, work: Work, outcome: str, by: Viewer, note: str | None = None) -> None:
    """A person did it: what came of it, and who says so. Raises NotYours."""
    if work.kind in PHYSIOTHERAPISTS and not may(by.role, Permission.ASSESS):
        raise NotYours("Only a physiotherapist closes an incident.")
    row: Any = db.session.get_one(type(work), work.id, with_for_update=True)
    if row.state is WorkState.DONE:
        return
    row.state, row.outcome, row.outcome_note = WorkState.DONE, outcome, note
    row.closed_at, row.closed_by_id = now(), by.id if by.kind == "staff" else None
    audit.record(f"{row.__tablename__}.closed", by=by, about=row, outcome=outcome)


def close_open(
    model: type[Any], kinds: Collection[str], *, cause_kind: str, cause_id: int, outcome: str, by: Viewer
) -> None:
    """What is open of these kinds about one cause is answered, each by `close`, in the caller's act."""
    about = (model.cause_kind == cause_kind, model.cause_id == cause_id, model.state == WorkState.OPEN)
    for row in db.session.scalars(select(model).where(model.kind.in_(kinds), *about)).all():
        close(work=row, outcome=outcome, by=by)


@transaction()
def tried(*, work: Work, outcome: str, by: Viewer, note: str | None = None) -> None:
    """Nobody was reached: the try is written down, and the work stays open with its clock running.

    The second time in vain about an offer, or "still want a place?", a letter is to be written (F26).
    """
    row: Any = db.session.get_one(type(work), work.id, with_for_update=True)
    if row.state is WorkState.OPEN:
        if row.outcome is not None and row.kind in LETTER_AFTER_TWO_CALLS:
            open_task(
                kind="letter_after_silence",
                patient_id=row.patient_id,
                cause_kind=row.cause_kind,
                cause_id=row.cause_id,
                clinic_id=row.clinic_id,
                organisation_id=row.organisation_id,
                due_at=now() + A_DAY,
                by=by,
            )
        row.outcome, row.outcome_note = outcome, note
        audit.record(f"{row.__tablename__}.tried", by=by, about=row, outcome=outcome)


@transaction()
def looked_at(*, work: Work, by: Viewer) -> None:
    """Somebody opened it, and so read whom it is about."""
    row: Any = work
    audit.record(f"{row.__tablename__}.read", by=by, about=row, patient_id=row.patient_id)


@transaction()
def take(*, work: Work, user_id: int | None, by: Viewer) -> None:
    """Make one person the owner, or give it back to the team with None."""
    row: Any = db.session.get_one(type(work), work.id, with_for_update=True)
    row.owner_id = user_id
    audit.record(f"{row.__tablename__}.owned", by=by, about=row, owner_id=user_id)


@transaction()
def hand_over(*, from_id: int, to_id: int, by: Viewer) -> int:
    """Everything open of an absent colleague goes to another (F34); how many pieces went."""
    moved = 0
    for model in (Alert, Task, CallListEntry):
        for row in db.session.scalars(
            select(model).where(model.owner_id == from_id, model.state == WorkState.OPEN).with_for_update()
        ):
            row.owner_id = to_id
            audit.record(f"{model.__tablename__}.owned", by=by, about=row, owner_id=to_id)
            moved += 1
    return moved


@transaction()
def escalate_due(*, moment: datetime, by: Viewer) -> int:
    """Alerts whose clock ran out are told again, once; how many were."""
    late = db.session.scalars(
        select(Alert)
        .where(Alert.state == WorkState.OPEN, Alert.due_at <= moment, Alert.escalated_at.is_(None))
        .order_by(Alert.id)
        .with_for_update(skip_locked=True)
    ).all()
    for alert in late:
        alert.escalated_at = moment
        audit.record("alerts.escalated", by=by, about=alert)
        emit("alert_escalated", alert_id=alert.id)
    return len(late)
