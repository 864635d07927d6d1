"""Rooms of a venue, staff who are away, and the gap each absence leaves in a session."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.classes.models.timetable import ClassSession, Venue
from clinic.columns import BigId, UtcDateTime
from clinic.extensions import db, now
from clinic.walls import ClinicData


class Room(ClinicData, db.Model):
    """A room of a venue; `size` is how many people it may hold, and caps every class in it."""

    __tablename__ = "rooms"
    __table_args__ = (CheckConstraint("size BETWEEN 1 AND 60", name="known_size"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    venue_id: Mapped[int] = mapped_column(BigId, ForeignKey("venues.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    equipment: Mapped[list[str]] = mapped_column(JSON, default=list)
    notes: Mapped[str | None] = mapped_column(String(240))

    venue: Mapped[Venue] = relationship(lazy="joined", innerjoin=True)


class Absence(ClinicData, db.Model):
    """A colleague who is away on these clinic dates, both included."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("last >= first", name="in_order"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Gap(ClinicData, db.Model):
    """What an absence takes from one session, the lead or the second person, until covered or closed."""

    __tablename__ = "gaps"
    __table_args__ = (
        CheckConstraint("seat IN ('lead', 'second')", name="known_seat"),
        UniqueConstraint("absence_id", "session_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    absence_id: Mapped[int] = mapped_column(BigId, ForeignKey("absences.id"), index=True)
    session_id: Mapped[int] = mapped_column(BigId, ForeignKey("sessions.id"), index=True)
    seat: Mapped[str] = mapped_column(String(10))
    role: Mapped[str] = mapped_column(String(20))  # what they counted as
    covered_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[ClassSession] = relationship(lazy="joined", innerjoin=True)
    absence: Mapped[Absence] = relationship(lazy="joined", innerjoin=True)
