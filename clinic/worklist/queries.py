"""Reads of alerts, tasks and calls, for lists and for the notices on every staff page."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.worklist.models import Alert, CallListEntry, Task, Work, WorkState

Row = TypeVar("Row", bound=Work)


def open_work(kind: type[Row]) -> list[Row]:
    """What is still to do, most urgent clock first."""
    return list(db.session.scalars(select(kind).where(kind.state == WorkState.OPEN).order_by(kind.due_at)))


def of_patient(patient_id: int) -> list[Work]:
    """Everything about one patient, newest first."""
    rows: list[Work] = []
    for kind in (Alert, Task, CallListEntry):
        rows += db.session.scalars(select(kind).where(kind.patient_id == patient_id))
    return sorted(rows, key=lambda row: row.raised_at, reverse=True)


def notices(now: datetime) -> list[dict[str, str]]:
    """One line for open alerts and one for clocks that have run out; empty when all is well."""
    alerts, late = db.session.execute(
        select(func.count(), func.count().filter(Alert.due_at < now))
        .select_from(Alert)
        .where(Alert.state == WorkState.OPEN)
    ).one()
    if not alerts:
        return []
    words = f"{alerts} open alert{'s' if alerts > 1 else ''}"
    if late:
        words += f", {late} past {'its' if late == 1 else 'their'} time"
    return [{"title": words + ".", "href": "/worklist", "action": "See who to call"}]
