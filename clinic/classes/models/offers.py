"""What is promised until a time, who waits, and one-to-one appointments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.classes.models.timetable import ClassSession, ExerciseClass
from clinic.columns import BigId, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Offer(PatientData, db.Model):
    """Seats held for one person until a time; taken whole or by a day's name."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("kind IN ('standing', 'single')", name="known_kind"),
        Index(
            "ix_offers_open_expiry",
            "expires_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[OfferState] = mapped_column(text_enum(OfferState, name="state"), default=OfferState.OPEN)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    made_by: Mapped[str] = mapped_column(String(80))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # a move: the standing seat given up when this is taken, kept otherwise; a member is never deleted
    moves_member_id: Mapped[int | None] = mapped_column(BigId)

    lines: Mapped[list[OfferLine]] = relationship(back_populates="offer", order_by="OfferLine.id")


class LineState(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


class OfferLine(PatientData, db.Model):
    """(class, standing, from) or (session, visit): exactly one of the two."""

    __tablename__ = "offer_lines"
    __table_args__ = (CheckConstraint("(class_id IS NULL) <> (session_id IS NULL)", name="one_thing"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    offer_id: Mapped[int] = mapped_column(BigId, ForeignKey("offers.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("classes.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("sessions.id"), index=True)
    from_date: Mapped[date]
    state: Mapped[LineState] = mapped_column(text_enum(LineState, name="state"), default=LineState.HELD)

    offer: Mapped[Offer] = relationship(back_populates="lines")
    klass: Mapped[ExerciseClass | None] = relationship(lazy="joined")
    session: Mapped[ClassSession | None] = relationship(lazy="joined")


class WaitingEntry(PatientData, db.Model):
    """Someone waiting for a seat: clinical tier, then referral date; skips are kept with their reason."""

    __tablename__ = "waiting_list"
    __table_args__ = (
        Index(
            "uq_waiting_list_one_open",
            "episode_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    tier: Mapped[int] = mapped_column(default=2)  # 1 is served first
    referred_on: Mapped[date]
    visits_only: Mapped[bool] = mapped_column(default=False)  # has her standing seats, may take a visit
    skips: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Slot(PatientData, db.Model):
    """A one-to-one appointment: phone screen, first assessment, treatment, home visit (F3)."""

    __tablename__ = "slots"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('phone_screen', 'first_assessment', 'treatment', 'home_visit')", name="known_kind"
        ),
        CheckConstraint("state IN ('booked', 'done', 'missed', 'cancelled')", name="known_state"),
        Index(
            "uq_slots_staff_once",
            "staff_id",
            "starts_at",
            unique=True,
            postgresql_where=text("state = 'booked'"),
            sqlite_where=text("state = 'booked'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    staff_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    venue_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("venues.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int] = mapped_column(default=45)
    state: Mapped[str] = mapped_column(String(12), default="booked")
