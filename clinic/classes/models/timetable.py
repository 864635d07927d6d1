"""When and where: venues, classes, their dated sessions, closures."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.columns import BigId, UtcDateTime, text_enum
from clinic.extensions import db
from clinic.walls import ClinicData


class Venue(ClinicData, db.Model):
    __tablename__ = "venues"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(240))
    access: Mapped[list[str]] = mapped_column(JSON, default=list)  # step_free, loop, parking, toilet
    first_aid: Mapped[str | None] = mapped_column(String(240))
    notes: Mapped[str | None] = mapped_column(String(240))  # how to get in, steps, which door


class ExerciseClass(ClinicData, db.Model):
    """One weekday and wall time, every week; `taken` counts its standing seats (only `seats` writes it)."""

    __tablename__ = "classes"
    __table_args__ = (
        CheckConstraint("taken >= 0 AND taken <= room", name="taken_within_room"),
        CheckConstraint("capacity >= 0 AND capacity <= room", name="capacity_within_room"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="known_weekday"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    venue_id: Mapped[int] = mapped_column(BigId, ForeignKey("venues.id"), index=True)
    weekday: Mapped[int]  # Monday = 0
    wall_time: Mapped[time]  # in the clinic's zone, kept over clock changes
    minutes: Mapped[int] = mapped_column(default=60)
    modality: Mapped[str] = mapped_column(String(10), default="land")
    level_phase: Mapped[str] = mapped_column(String(2))  # the strictest phase and band it serves
    level_band: Mapped[str] = mapped_column(String(12))
    room: Mapped[int]
    staffing: Mapped[list[str]] = mapped_column(JSON, default=list)  # usual roles present
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    beside: Mapped[int] = mapped_column(default=0, server_default="0")  # carers of its members
    instructor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    schedule_revision: Mapped[int] = mapped_column(default=1)
    # no foreign keys: added later, and SQLite cannot add one in place; nothing they name is ever deleted
    room_id: Mapped[int | None] = mapped_column(BigId)
    second_id: Mapped[int | None] = mapped_column(BigId)  # the colleague beside the lead
    follows_id: Mapped[int | None] = mapped_column(BigId)  # the class this one goes on from, after a split
    # ids of the library's exercises a session holds; null: nobody has chosen, the level's own list stands
    exercises: Mapped[list[str] | None] = mapped_column(JSON)

    venue: Mapped[Venue] = relationship(lazy="joined", innerjoin=True)


class SessionState(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class ClassSession(ClinicData, db.Model):
    """One dated occurrence, known by (class, original local date); `taken` counts its places."""

    __tablename__ = "sessions"
    __table_args__ = (
        UniqueConstraint("class_id", "original_date"),
        CheckConstraint("taken >= 0 AND taken <= room", name="taken_within_room"),
        CheckConstraint("capacity >= 0 AND capacity <= room", name="capacity_within_room"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    class_id: Mapped[int] = mapped_column(BigId, ForeignKey("classes.id"), index=True)
    original_date: Mapped[date]
    local_date: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    venue_id: Mapped[int] = mapped_column(BigId, ForeignKey("venues.id"))
    level_phase: Mapped[str] = mapped_column(String(2))
    level_band: Mapped[str] = mapped_column(String(12))
    room: Mapped[int]
    staffing: Mapped[list[str]] = mapped_column(JSON, default=list)
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    beside: Mapped[int] = mapped_column(default=0, server_default="0")  # carers and interpreters that day
    instructor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    state: Mapped[SessionState] = mapped_column(
        text_enum(SessionState, name="state"), default=SessionState.PLANNED
    )
    revision: Mapped[int] = mapped_column(default=1)  # a moved session is a new thing to remind of
    closed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    room_id: Mapped[int | None] = mapped_column(BigId)
    second_id: Mapped[int | None] = mapped_column(BigId)

    klass: Mapped[ExerciseClass] = relationship(lazy="joined", innerjoin=True)
    venue: Mapped[Venue] = relationship(lazy="joined", innerjoin=True)


class Closure(ClinicData, db.Model):
    """Days on which a venue, or the whole clinic, is closed; sessions are skipped."""

    __tablename__ = "closures"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    venue_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("venues.id"))
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(80))
