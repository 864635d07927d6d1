"""Two records that look like one person and are not: who said so, and why; until the facts change (F32)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from clinic import audit
from clinic.columns import BigId, Encrypted, UtcDateTime
from clinic.extensions import db, emit, now, transaction
from clinic.patients.models import Patient
from clinic.viewer import Viewer
from clinic.walls import PatientData


class NotSame(PatientData, db.Model):  # type: ignore[name-defined]
    """Two people: `why` is what spoke for one person then; something more brings the pair back."""

    __tablename__ = "not_same"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    other_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    why: Mapped[Any] = mapped_column(JSON)  # coded words, no facts
    reason: Mapped[str] = mapped_column(Encrypted)
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))


class CannotTellApart(Exception):
    """Why these two cannot be told apart; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A decision that stands, with both people."""

    row: NotSame
    first: Patient
    second: Patient


@transaction()
def tell_apart(*, first_id: int, second_id: int, why: Iterable[str], reason: str, by: Viewer) -> NotSame:
    """They are two people: the pair is shown no more until more speaks for one person than `why`.

    Emits `patients_told_apart`. Raises CannotTellApart.
    """
    if not reason.strip():
        raise CannotTellApart("Say how you know that they are two people.")
    ids = sorted((first_id, second_id))
    rows = list(db.session.scalars(select(Patient).where(Patient.id.in_(ids)).with_for_update()))
    if len(rows) != 2 or any(row.merged_into_id for row in rows):
        raise CannotTellApart("One of the two records is merged or not of this clinic.")
    found = NotSame(
        clinic_id=rows[0].clinic_id,
        organisation_id=None,
        patient_id=ids[0],
        other_id=ids[1],
        why=sorted(why),
        reason=reason.strip(),
        by_id=by.id,
    )
    db.session.add(found)
    audit.record("patient.told_apart", by=by, about=found, patient_id=ids[0], other_id=ids[1])
    emit("patients_told_apart", patient_ids=tuple(ids))
    return found


@transaction()
def take_back(*, row_id: int, by: Viewer) -> None:
    """It was a mistake: the pair is shown again. A second time changes nothing."""
    row = db.session.get_one(NotSame, row_id, with_for_update=True)
    if row.undone_at is None:
        row.undone_at, row.undone_by_id = now(), by.id
        audit.record("patient.told_apart_undone", by=by, about=row, patient_id=row.patient_id)


def standing() -> list[Apart]:
    """Every decision of the viewer's clinic that stands, newest first, for people not merged since."""
    query = select(NotSame).where(NotSame.undone_at.is_(None)).order_by(NotSame.id.desc())
    rows = list(db.session.scalars(query))
    ids = {row.patient_id for row in rows} | {row.other_id for row in rows}
    named = select(Patient).where(Patient.id.in_(ids), Patient.merged_into_id.is_(None))
    people = {one.id: one for one in db.session.scalars(named)} if ids else {}
    both = [row for row in rows if row.patient_id in people and row.other_id in people]
    return [Apart(row, people[row.patient_id], people[row.other_id]) for row in both]


def known(patient_id: int | None = None) -> dict[tuple[int, int], set[str]]:
    """What was already weighed of each pair told apart, by both ids in order; of one patient, or all."""
    query = select(NotSame.patient_id, NotSame.other_id, NotSame.why).where(NotSame.undone_at.is_(None))
    if patient_id is not None:
        query = query.where((NotSame.patient_id == patient_id) | (NotSame.other_id == patient_id))
    found: dict[tuple[int, int], set[str]] = {}
    for first, second, why in db.session.execute(query):
        found.setdefault((min(first, second), max(first, second)), set()).update(why)
    return found
