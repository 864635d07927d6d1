"""Who sits where: members of a class, places in a session, and what the register says."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.classes.models.timetable import ClassSession, ExerciseClass
from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class MemberState(StrEnum):
    HELD = "held"  # promised by an open offer
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class Member(PatientData, db.Model):
    """An episode's standing seat in a class."""

    __tablename__ = "members"
    __table_args__ = (
        Index(
            "uq_members_one_holding",
            "class_id",
            "episode_id",
            unique=True,
            postgresql_where=text("state <> 'left'"),
            sqlite_where=text("state <> 'left'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    class_id: Mapped[int] = mapped_column(BigId, ForeignKey("classes.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    state: Mapped[MemberState] = mapped_column(text_enum(MemberState, name="state"))
    from_date: Mapped[date]
    brings: Mapped[int] = mapped_column(default=0, server_default="0")  # a carer who supports in the room
    left_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    klass: Mapped[ExerciseClass] = relationship(lazy="joined", innerjoin=True)


class PlaceState(StrEnum):
    HELD = "held"
    BOOKED = "booked"
    RELEASED = "released"


class Outcome(StrEnum):
    """What the register says of one place."""

    EXPECTED = "expected"
    ATTENDED = "attended"
    LATE = "late"
    ATTENDED_NOT_EXERCISED = "attended_not_exercised"
    DID_NOT_ATTEND = "did_not_attend"
    CANCELLED_BY_PATIENT = "cancelled_by_patient"
    CANCELLED_LATE = "cancelled_late"
    CANCELLED_BY_SERVICE = "cancelled_by_service"


class Place(PatientData, db.Model):
    """One episode in one session; released, never deleted."""

    __tablename__ = "places"
    __table_args__ = (
        Index(
            "uq_places_one_a_session",
            "session_id",
            "episode_id",
            unique=True,
            postgresql_where=text("state <> 'released'"),
            sqlite_where=text("state <> 'released'"),
        ),
        Index(
            "uq_places_one_a_day",
            "episode_id",
            "local_date",
            unique=True,
            postgresql_where=text("state <> 'released'"),
            sqlite_where=text("state <> 'released'"),
        ),
        CheckConstraint("kind IN ('standing', 'visit')", name="known_kind"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("sessions.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    local_date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10), default="standing")
    state: Mapped[PlaceState] = mapped_column(text_enum(PlaceState, name="state"))
    brings: Mapped[int] = mapped_column(default=0, server_default="0")  # carer and interpreter that day
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome, name="outcome"), default=Outcome.EXPECTED)
    symptoms: Mapped[bool | None]  # "new or worse" asked at the register; null = not asked yet
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_reason: Mapped[str | None] = mapped_column(String(40))
    minutes: Mapped[int | None]  # exercised, as the register says
    load: Mapped[str | None] = mapped_column(String(12))  # the most used, in the words of rules/load.py (F38)
    conflict: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # field: another said
    note: Mapped[str | None] = mapped_column(Encrypted)

    session: Mapped[ClassSession] = relationship(lazy="joined", innerjoin=True)


class RegisterTick(PatientData, db.Model):
    """One tap on a register: idempotent by (place, field, device, device's time)."""

    __tablename__ = "register_ticks"
    __table_args__ = (UniqueConstraint("place_id", "field", "device", "device_at"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    place_id: Mapped[int] = mapped_column(BigId, ForeignKey("places.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(JSON)
    was: Mapped[Any | None] = mapped_column(JSON)  # what the page said when the button was tapped
    device: Mapped[str] = mapped_column(String(40))
    device_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
