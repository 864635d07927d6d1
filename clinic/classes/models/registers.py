"""What a register leaves behind beside its outcomes: incidents, why it was opened again, offline packs."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class IncidentKind(StrEnum):
    FALL = "fall"
    CHEST_PAIN = "chest_pain"
    COLLAPSE = "collapse"
    NEW_BACK_PAIN = "new_back_pain"


class IncidentEnd(StrEnum):
    """What a physiotherapist says came of it."""

    FIT_TO_RETURN = "fit_to_return"
    REASSESS_FIRST = "reassess_first"
    TREATED_ELSEWHERE = "treated_elsewhere"
    MISTAKE = "mistake"


class Incident(PatientData, db.Model):
    """One event in class; open until a physiotherapist closes it with an outcome (F18)."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index(
            "uq_incidents_one_open",
            "place_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    place_id: Mapped[int] = mapped_column(BigId, ForeignKey("places.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    kind: Mapped[IncidentKind] = mapped_column(text_enum(IncidentKind, name="kind"))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    done: Mapped[str | None] = mapped_column(Encrypted)  # what was done
    told: Mapped[str | None] = mapped_column(Encrypted)  # who was told
    outcome: Mapped[IncidentEnd | None] = mapped_column(text_enum(IncidentEnd, name="outcome"))
    outcome_note: Mapped[str | None] = mapped_column(Encrypted)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))


class Reopening(PatientData, db.Model):
    """A closed register opened again: a coded reason, and in words what was wrong."""

    __tablename__ = "register_reopenings"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("sessions.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Encrypted)
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Pack(PatientData, db.Model):
    """The registers of the coming sessions as one PDF that only the passphrase opens (F17).

    It holds many people's data, so it belongs to no patient and no patient's link sees it. An instructor's
    holds their own sessions; without an instructor it is the whole clinic's.
    """

    __tablename__ = "packs"
    __table_args__ = (Index("ix_packs_newest", "clinic_id", "instructor_id", "made_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instructor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    made_on: Mapped[date]  # clinic date
    until: Mapped[date]  # last clinic date whose sessions are in it
    sessions: Mapped[int]
    body: Mapped[str] = mapped_column(Encrypted)  # the encrypted PDF in base64
    passphrase_id: Mapped[int] = mapped_column(BigId, ForeignKey("pack_passphrases.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class PackPassphrase(PatientData, db.Model):
    """The words that open a clinic's packs; the newest holds, older ones say which opened which pack."""

    __tablename__ = "pack_passphrases"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    words: Mapped[str] = mapped_column(Encrypted)
    set_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
