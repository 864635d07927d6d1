"""Rows of what goes out and comes in as paper: a letter's way, its print, who opened it; attachments."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.columns import BigId, Encrypted, EncryptedBytes, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.referrals.models import Letter
from clinic.walls import ClinicData, PatientData


class Route(StrEnum):
    """How a practice gets its letters."""

    PORTAL = "portal"  # signs in, or its system collects them by FHIR
    FILE_DROP = "file_drop"  # into a folder of its own, which its record system reads
    POST = "post"  # printed and posted by a person


class Step(StrEnum):
    """What happened to a letter on its way, and what somebody did with it."""

    OPENED = "opened"
    DOWNLOADED = "downloaded"
    COLLECTED = "collected"  # by the practice's own system
    DROPPED = "dropped"
    DROP_FAILED = "drop_failed"
    POSTED = "posted"
    TOLD = "told"  # by telephone


class LetterRoute(ClinicData, db.Model):
    """How one practice wants the letters of one clinic; without a row: the portal if anybody can sign in."""

    __tablename__ = "letter_routes"
    __table_args__ = (UniqueConstraint("clinic_id", "organisation_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(BigId, ForeignKey("organisations.id"), index=True)
    route: Mapped[Route] = mapped_column(text_enum(Route, name="route"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LetterDelivery(PatientData, db.Model):
    """One letter's way to one practice; `arrived_at` is when it is known to be there."""

    __tablename__ = "letter_deliveries"
    __table_args__ = (
        UniqueConstraint("letter_id"),
        CheckConstraint("organisation_id IS NOT NULL OR addressee IS NOT NULL", name="goes_to_somebody"),
        Index(
            "ix_letter_deliveries_on_the_way",
            "clinic_id",
            "route",
            postgresql_where=text("arrived_at IS NULL"),
            sqlite_where=text("arrived_at IS NULL"),
        ),
    )
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(BigId, ForeignKey("letters.id"))
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    route: Mapped[Route] = mapped_column(text_enum(Route, name="route"))
    addressee: Mapped[str | None] = mapped_column(Encrypted)  # a practice that is not linked to us
    about: Mapped[str] = mapped_column(String(12))  # reference of the referral it answers
    template: Mapped[str] = mapped_column(String(40))  # kind and version of the wording
    digest: Mapped[str] = mapped_column(String(64))  # keyed, of the words as sent
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # a person was asked to ring or post
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    letter: Mapped[Letter] = relationship(lazy="joined", innerjoin=True)


class LetterPrint(PatientData, db.Model):
    """The PDF of a letter, made once from the words as sent and never again."""

    __tablename__ = "letter_prints"
    __table_args__ = (UniqueConstraint("letter_id"),)
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(BigId, ForeignKey("letters.id"))
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    content: Mapped[bytes] = mapped_column(EncryptedBytes, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))  # keyed, of the bytes
    pages: Mapped[int]
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class LetterStep(PatientData, db.Model):
    """One step of one letter, and who took it; appended, never changed."""

    __tablename__ = "letter_steps"
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[int] = mapped_column(BigId, ForeignKey("letters.id"), index=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    step: Mapped[Step] = mapped_column(text_enum(Step, name="step"))
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("api_clients.id"))
    reason: Mapped[str | None] = mapped_column(String(40))  # coded: why a drop failed
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Attachment(PatientData, db.Model):
    """A document sent with a referral or kept with its draft: judged by its content, only ever downloaded."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("kind IN ('pdf', 'jpeg', 'png')", name="known_kind"),
        CheckConstraint("draft_id IS NOT NULL OR referral_id IS NOT NULL", name="belongs_somewhere"),
    )
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    patient_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    draft_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("drafts.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("referrals.id"), index=True)
    name: Mapped[str] = mapped_column(Encrypted)  # as the sender called it
    kind: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]  # bytes
    digest: Mapped[str] = mapped_column(String(64))  # keyed, of the bytes
    content: Mapped[bytes] = mapped_column(EncryptedBytes, deferred=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def size_words(self) -> str:
        """340 KB, 1.2 MB."""
        return (
            f"{self.size / 1_000_000:.1f} MB" if self.size >= 1_000_000 else f"{max(1, self.size // 1000)} KB"
        )
