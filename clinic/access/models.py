"""Who may come in: clinics, organisations, users, server sessions, API clients."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, UtcDateTime, text_enum
from clinic.extensions import db, now


class Role(StrEnum):
    REFERRER = "referrer"
    COORDINATOR = "coordinator"
    PHYSIOTHERAPIST = "physiotherapist"
    INSTRUCTOR = "instructor"
    ADMIN = "admin"


class Clinic(db.Model):
    """One clinic: its zone, phone, opening hours, duty contact and sender."""

    __tablename__ = "clinics"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    zone: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(30))
    subdivision: Mapped[str] = mapped_column(String(3), default="ENG")
    # {"0": ["09:00", "17:00"], ...}: weekday (Monday = 0) to wall times; a missing day is closed
    opening: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    duty_phone: Mapped[str | None] = mapped_column(Encrypted)
    duty_email: Mapped[str | None] = mapped_column(Encrypted)
    sender: Mapped[str | None] = mapped_column(String(40))
    protocol: Mapped[str | None] = mapped_column(String(20))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Organisation(db.Model):
    """A practice or service that refers; global, linked to the clinics it may refer to."""

    __tablename__ = "organisations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ods: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(160))


class OrganisationClinic(db.Model):
    __tablename__ = "organisation_clinics"
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisations.id"), primary_key=True)
    clinic_id: Mapped[int] = mapped_column(BigId, ForeignKey("clinics.id"), primary_key=True)


class User(db.Model):
    """A person who signs in: staff of one clinic, or a referrer of one organisation."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "(role = 'referrer') = (organisation_id IS NOT NULL)"
            " AND (role = 'referrer') = (clinic_id IS NULL)",
            name="one_home",
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(160), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(text_enum(Role, name="role"))
    clinic_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("clinics.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("organisations.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    pin_hash: Mapped[str | None] = mapped_column(String(200))  # unlocks a shared tablet, signs nobody in
    totp_secret: Mapped[str | None] = mapped_column(Encrypted)
    totp_last_used: Mapped[int | None] = mapped_column(BigId)
    active: Mapped[bool] = mapped_column(default=True)
    # a locum's account ends by itself at this moment; null: it does not
    active_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # a practice's own administrator: invites and removes its people
    leads_practice: Mapped[bool] = mapped_column(default=False, server_default=false())
    invite_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invite_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    invitations: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    def may_enter(self, moment: datetime) -> bool:
        """Whether the account is open: not closed by hand, and a locum's time is not over (F44)."""
        return self.active and (self.active_until is None or self.active_until > moment)


class SignIn(db.Model):
    """One server-side session; revoking the row ends it, whatever the cookie says."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # shows nothing until the PIN
    pin_tries: Mapped[int] = mapped_column(default=0, server_default="0")


class ApiClient(db.Model):
    """A referring organisation's computer system; only the hash of its key is kept."""

    __tablename__ = "api_clients"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisations.id"), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Heartbeat(db.Model):
    """When a part of the service last showed it was alive: beat, worker, sealer."""

    __tablename__ = "heartbeats"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
