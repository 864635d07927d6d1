"""The person: identity, contacts, consent, needs and personal links."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, EncryptedJson, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Patient(PatientData, db.Model):
    """One person of one clinic; her NHS number is unique within it."""

    __tablename__ = "patients"
    __table_args__ = (
        Index(
            "uq_patients_clinic_id_nhs_number_index",
            "clinic_id",
            "nhs_number_index",
            unique=True,
            postgresql_where=text("merged_into_id IS NULL"),
            sqlite_where=text("merged_into_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    nhs_number: Mapped[str | None] = mapped_column(Encrypted)
    nhs_number_index: Mapped[str | None] = mapped_column(String(40))
    no_nhs_number_reason: Mapped[str | None] = mapped_column(String(60))
    given_name: Mapped[str] = mapped_column(Encrypted)
    family_name: Mapped[str] = mapped_column(Encrypted)
    family_name_index: Mapped[str] = mapped_column(String(40), index=True)
    family_prefix_index: Mapped[str] = mapped_column(String(40), index=True)
    birth_date: Mapped[str] = mapped_column(Encrypted)  # ISO date
    sex: Mapped[Sex | None] = mapped_column(text_enum(Sex, name="sex"))
    address: Mapped[str | None] = mapped_column(Encrypted)
    postcode: Mapped[str | None] = mapped_column(Encrypted)
    language: Mapped[str] = mapped_column(String(12), default="en")
    # Accessible Information Standard: format, interpreter, hearing, sight, memory, transport
    needs: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    died_on: Mapped[date | None]
    died_source: Mapped[str | None] = mapped_column(String(40))
    merged_into_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("patients.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def first_name(self) -> str:
        return self.given_name.split()[0]


class ContactKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"


class Contact(PatientData, db.Model):
    """One way to reach the patient or her carer; a number may belong to several people."""

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    kind: Mapped[ContactKind] = mapped_column(text_enum(ContactKind, name="kind"))
    value: Mapped[str] = mapped_column(Encrypted)
    value_index: Mapped[str] = mapped_column(String(40), index=True)
    carer_name: Mapped[str | None] = mapped_column(Encrypted)  # empty: the patient herself
    relationship: Mapped[str | None] = mapped_column(String(40))
    authority: Mapped[str | None] = mapped_column(String(60))
    main: Mapped[bool] = mapped_column(default=True)
    confirmed_on: Mapped[date | None]
    confirmed_source: Mapped[str | None] = mapped_column(String(40))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # STOP: no text goes here
    wrong_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # WRONG NUMBER: nothing goes here
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def usable(self) -> bool:
        """Nobody said that it is wrong, or that it must be left alone."""
        return self.stopped_at is None and self.wrong_at is None

    @property
    def can_text(self) -> bool:
        return self.kind is ContactKind.MOBILE and self.usable


class Consent(PatientData, db.Model):
    """What was agreed, by whom and when; the newest row of a kind holds."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("kind IN ('referral', 'share', 'texts')", name="known_kind"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    given: Mapped[bool]
    given_by: Mapped[str] = mapped_column(String(40), default="patient")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    note: Mapped[str | None] = mapped_column(Encrypted)


class PatientLink(PatientData, db.Model):
    """A personal page or calendar by link: only the hash of the token is kept; it expires."""

    __tablename__ = "patient_links"
    __table_args__ = (CheckConstraint("purpose IN ('page', 'calendar')", name="known_purpose"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
