"""What a person must do: alerts, tasks and calls, each with an owner and a clock."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class WorkState(StrEnum):
    OPEN = "open"
    DONE = "done"


class Work(PatientData):
    """What alerts, tasks and calls share; `due_at` is the clock, the owner is a user or the team (null)."""

    __abstract__ = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    # the thing it is about, by table and id, so that the same cause opens one row only
    cause_kind: Mapped[str] = mapped_column(String(40))
    cause_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[WorkState] = mapped_column(default=WorkState.OPEN)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    escalated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(Encrypted)
    outcome: Mapped[str | None] = mapped_column(String(60))
    outcome_note: Mapped[str | None] = mapped_column(Encrypted)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def patient_id(cls) -> Mapped[int | None]:
        return mapped_column(BigId, ForeignKey("patients.id"), index=True)

    @declared_attr
    def owner_id(cls) -> Mapped[int | None]:
        return mapped_column(BigId, ForeignKey("users.id"))

    @declared_attr
    def closed_by_id(cls) -> Mapped[int | None]:
        return mapped_column(BigId, ForeignKey("users.id"))


def _once_while_open(table: str) -> tuple[Index, Index]:
    """The same cause opens one row of a kind; a second telling finds the first."""
    where = text("state = 'open'")
    return (
        Index(
            f"uq_{table}_open_cause",
            "clinic_id",
            "kind",
            "cause_kind",
            "cause_id",
            unique=True,
            postgresql_where=where,
            sqlite_where=where,
        ),
        Index(f"ix_{table}_open_due", "clinic_id", "due_at", postgresql_where=where, sqlite_where=where),
    )


class Alert(Work, db.Model):
    """Something that cannot wait: red flag, pain 7 or more, a fall, an undelivered reminder."""

    __tablename__ = "alerts"
    __table_args__ = _once_while_open("alerts")
    state: Mapped[WorkState] = mapped_column(text_enum(WorkState, name="state"), default=WorkState.OPEN)


class Task(Work, db.Model):
    """Something to do by a time: telephone the practice, dating needed, phase review."""

    __tablename__ = "tasks"
    __table_args__ = _once_while_open("tasks")
    state: Mapped[WorkState] = mapped_column(text_enum(WorkState, name="state"), default=WorkState.OPEN)


class CallListEntry(Work, db.Model):
    """Someone to telephone, because a text cannot do it or has not done it."""

    __tablename__ = "call_list"
    __table_args__ = _once_while_open("call_list")
    state: Mapped[WorkState] = mapped_column(text_enum(WorkState, name="state"), default=WorkState.OPEN)
