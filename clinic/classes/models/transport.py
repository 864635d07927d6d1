"""A ride to one session and back: who booked it, the reference, the times (F33)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.classes.models.seats import Place
from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class RideState(StrEnum):
    BOOKED = "booked"
    CANCELLED = "cancelled"


class Ride(PatientData, db.Model):
    """One ride for one place; `booked_for` is when the session began at the time of booking."""

    __tablename__ = "rides"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    place_id: Mapped[int] = mapped_column(BigId, ForeignKey("places.id"), unique=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    state: Mapped[RideState] = mapped_column(text_enum(RideState, name="state"), default=RideState.BOOKED)
    booked_for: Mapped[datetime] = mapped_column(UtcDateTime)
    booked_with: Mapped[str] = mapped_column(Encrypted)
    reference: Mapped[str | None] = mapped_column(Encrypted)
    pick_up: Mapped[str | None] = mapped_column(String(5))  # clinic wall time, 11:45
    way_back: Mapped[str | None] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    place: Mapped[Place] = relationship(lazy="joined", innerjoin=True)
