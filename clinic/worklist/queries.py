"""Reads of alerts, tasks and calls, for lists and for the notices on every staff page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.patients.timeline import Line
from clinic.worklist import words
from clinic.worklist.models import Alert, CallListEntry, Task, Work, WorkState

Row = TypeVar("Row", bound=Work)


def open_work(kind: type[Row]) -> list[Row]:
    """What is still to do, most urgent clock first."""
    return list(db.session.scalars(select(kind).where(kind.state == WorkState.OPEN).order_by(kind.due_at)))


def one(kind: type[Row], work_id: int) -> Row | None:
    """A piece of work by its id, if the viewer may see it."""
    return db.session.get(kind, work_id)


def of_patient(patient_id: int) -> list[Work]:
    """Everything about one patient, newest first."""
    rows: list[Work] = []
    for kind in (Alert, Task, CallListEntry):
        rows += db.session.scalars(select(kind).where(kind.patient_id == patient_id))
    return sorted(rows, key=lambda row: row.raised_at, reverse=True)


def people(rows: Iterable[Any]) -> dict[int, Patient]:
    """The patients that these rows are about, by id; any row with a `patient_id` will do."""
    ids = {row.patient_id for row in rows if row.patient_id}
    return {p.id: p for p in db.session.scalars(select(Patient).where(Patient.id.in_(ids)))}


def timeline(patient_id: int) -> list[Line]:
    """TIMELINE: what was opened and closed about a patient; for staff only."""
    lines = []
    for row in of_patient(patient_id):
        title = words.of(row.kind).title
        lines.append(Line(row.raised_at, "worklist", f"Opened: {title}", staff_only=True))
        if row.closed_at:
            how = (row.outcome or "").replace("_", " ")
            lines.append(Line(row.closed_at, "worklist", f"Closed: {title} ({how})", staff_only=True))
    return lines


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
