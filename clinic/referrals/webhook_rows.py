"""Rows of the signed webhook: where a practice's system wants to hear, and what it has to hear."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import ClinicData, PatientData


class EventState(StrEnum):
    PLANNED = "planned"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Webhook(ClinicData, db.Model):  # type: ignore[name-defined]
    """One practice's address for notices of one clinic; in order, one at a time, `next_try_at` its clock."""

    __tablename__ = "webhooks"
    __table_args__ = (UniqueConstraint("clinic_id", "organisation_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisations.id"), index=True)
    url: Mapped[str] = mapped_column(Encrypted)
    secret: Mapped[str] = mapped_column(Encrypted)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    last_error: Mapped[str | None] = mapped_column(String(40))  # coded
    last_tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class WebhookEvent(PatientData, db.Model):  # type: ignore[name-defined]
    """One change of one referral's status, for the practice that sent it; ids and coded words only."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        Index(
            "ix_webhook_events_planned",
            "webhook_id",
            postgresql_where=text("state = 'planned'"),
            sqlite_where=text("state = 'planned'"),
        ),
    )
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    webhook_id: Mapped[int] = mapped_column(BigId, ForeignKey("webhooks.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    referral_id: Mapped[int] = mapped_column(BigId, ForeignKey("referrals.id"))
    referral_public_id: Mapped[str] = mapped_column(String(36))
    reference: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(20))  # of the Task
    business_status: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[EventState] = mapped_column(text_enum(EventState, name="state"), default=EventState.PLANNED)
    tries: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
