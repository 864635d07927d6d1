"""The end of a shift: what is still open, what was promised, and a note for whoever comes next (F34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from clinic import audit
from clinic.access import hours
from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer
from clinic.worklist import services
from clinic.worklist.models import Alert, CallListEntry, Task, Work, WorkState

HANDOVER = "handover_note"
NOTE_LIMIT = 2000

Row = TypeVar("Row", bound=Work)


class ShiftProblem(Exception):
    """What is missing before a shift can be handed over; the text is for the person."""


@dataclass(frozen=True)
class Shift:
    """Before somebody goes home: open alerts of the whole team, and their own promises and tasks."""

    alerts: list[Alert]
    calls: list[CallListEntry]
    tasks: list[Task]
    closed_today: int
    notes: list[Task]

    @property
    def own(self) -> int:
        """How much would go to the colleague."""
        return len(self.calls) + len(self.tasks)


def of(*, user_id: int, zone: ZoneInfo, moment: datetime) -> Shift:
    """One person's shift at a moment; 'today' is the clinic's day."""
    midnight = datetime.combine(moment.astimezone(zone).date(), time(), zone)
    tasks = _open(Task, user_id)
    return Shift(
        alerts=list(
            db.session.scalars(select(Alert).where(Alert.state == WorkState.OPEN).order_by(Alert.due_at))
        ),
        calls=_open(CallListEntry, user_id),
        tasks=[task for task in tasks if task.kind != HANDOVER],
        closed_today=sum(_closed(kind, user_id, midnight) for kind in (Alert, Task, CallListEntry)),
        notes=list(
            db.session.scalars(
                select(Task)
                .where(Task.kind == HANDOVER, Task.state == WorkState.OPEN)
                .order_by(Task.raised_at)
            )
        ),
    )


@transaction()
def leave(*, to_id: int, note: str, by: Viewer) -> int:
    """Everything open of the one who leaves goes to a colleague, with a note; how many pieces went.

    The note is a task of the colleague's, due when the clinic next opens. Raises ShiftProblem.
    """
    note = note.strip()
    if len(note) > NOTE_LIMIT:
        raise ShiftProblem(f"Shorten the note: it has {len(note)} characters, {NOTE_LIMIT} fit")
    assert by.id is not None and by.clinic_id is not None, "a shift belongs to a member of staff"
    moved = services.hand_over(from_id=by.id, to_id=to_id, by=by)
    if note:
        services.open_task(
            kind=HANDOVER,
            patient_id=None,
            cause_kind="shifts",
            cause_id=_next_of(by.clinic_id),
            clinic_id=by.clinic_id,
            organisation_id=None,
            due_at=_next_opening(by.clinic_id),
            note=note,
            owner_id=to_id,
            by=by,
        )
    audit.record("shift.left", by=by, to_id=to_id, moved=moved)
    return moved


def _next_of(clinic_id: int) -> int:
    """Two notes on one day are two notes: a number that no open one has."""
    last = db.session.scalar(
        select(func.max(Task.cause_id)).where(Task.clinic_id == clinic_id, Task.kind == HANDOVER)
    )
    return (last or 0) + 1


def _next_opening(clinic_id: int) -> datetime:
    return hours.next_opening(
        access.clinic(clinic_id).opening, access.local(clinic_id, now()), access.holidays_of(clinic_id)
    )


def _open(kind: type[Row], user_id: int) -> list[Row]:
    mine = kind.owner_id == user_id
    return list(
        db.session.scalars(select(kind).where(mine, kind.state == WorkState.OPEN).order_by(kind.due_at))
    )


def _closed(kind: type[Work], user_id: int, since: datetime) -> int:
    query = select(func.count()).select_from(kind)
    return db.session.scalar(query.where(kind.closed_by_id == user_id, kind.closed_at >= since)) or 0
