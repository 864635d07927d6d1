"""The person: identity, contacts, consent, needs and personal links."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, EncryptedJson, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import PatientData


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class TextsWanted(StrEnum):
    """How many texts she wants (F31); what is heeded when, `notifications/rules/wishes.py` says."""

    USUAL = "usual"
    MORE = "more"
    FEWER = "fewer"
    SUNDAY = "sunday"


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
        Index(
            "ix_patients_texts_wanted",
            "texts_wanted",
            postgresql_where=text("texts_wanted <> 'usual'"),
            sqlite_where=text("texts_wanted <> 'usual'"),
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
    texts_wanted: Mapped[TextsWanted] = mapped_column(
        text_enum(TextsWanted, name="texts_wanted", create_constraint=False),
        # beside the column: SQLite adds both at once or not at all
        CheckConstraint("texts_wanted IN ('usual', 'more', 'fewer', 'sunday')", name="texts_wanted"),
        default=TextsWanted.USUAL,
        server_default="usual",
    )
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


class Registration(PatientData, db.Model):
    """The practice of a patient, from a date and until one; `organisation_id` is the practice itself.

    A practice that is not linked to the service has its name only, and sees nothing.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        CheckConstraint("organisation_id IS NOT NULL OR practice_name IS NOT NULL", name="names_a_practice"),
        Index(
            "uq_registrations_one_open",
            "patient_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
            sqlite_where=text("until IS NULL"),
        ),
    )
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    practice_name: Mapped[str | None] = mapped_column(Encrypted)
    since: Mapped[date]
    until: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(20))  # referral, staff


class Capacity(PatientData, db.Model):
    """Whether she decides for herself, else who may and what that covers; the newest row holds (F16)."""

    __tablename__ = "capacities"
    __table_args__ = (
        CheckConstraint("decides IN ('patient', 'attorney', 'best_interests', 'nobody')", name="known_way"),
        CheckConstraint(
            "decides IN ('patient', 'nobody') OR (named IS NOT NULL AND covers IS NOT NULL)",
            name="somebody_is_named",
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    decides: Mapped[str] = mapped_column(String(16))
    named: Mapped[str | None] = mapped_column(Encrypted)  # the attorney, or who decided in her best interests
    covers: Mapped[str | None] = mapped_column(Encrypted)
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Merge(PatientData, db.Model):
    """Two rows were one person: who said so and why; `patient_id` is the one that was kept."""

    __tablename__ = "merges"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    gone_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    reason: Mapped[str] = mapped_column(Encrypted)
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_reason: Mapped[str | None] = mapped_column(Encrypted)
    undone_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))


class MergedRow(PatientData, db.Model):
    """One value that a merge changed, as it was and as it became, so that unmerging puts it back."""

    __tablename__ = "merged_rows"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    merge_id: Mapped[int] = mapped_column(BigId, ForeignKey("merges.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column(BigId)
    column_name: Mapped[str] = mapped_column(String(40))  # empty: the merge made this row
    before: Mapped[Any | None] = mapped_column(EncryptedJson)
    after: Mapped[Any | None] = mapped_column(EncryptedJson)
