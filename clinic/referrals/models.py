"""Room 1's rows: referrals, their episode and its one state, decisions, assessments, letters."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.columns import BigId, Encrypted, EncryptedJson, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.patients.models import Patient
from clinic.walls import PatientData


class State(StrEnum):
    """Where an episode, and so each of its referrals, is; changed only by `states.move()`."""

    BEING_DECIDED = "being_decided"
    WITH_REFERRER = "with_referrer"
    ON_HOLD = "on_hold"
    AWAITING_ASSESSMENT = "awaiting_assessment"
    WAITING = "waiting"
    OFFERED = "offered"
    IN_CLASS = "in_class"
    PAUSED = "paused"
    ENDED = "ended"


class EndReason(StrEnum):
    COMPLETED = "completed"
    DECLINED_BY_PATIENT = "declined_by_patient"
    NOT_SUITABLE = "not_suitable"
    DECLINED = "declined"
    HOME_ROUTE = "home_route"
    DIED = "died"
    MOVED = "moved"
    ADMITTED = "admitted"
    WITHDRAWN = "withdrawn"
    LOST_CONTACT = "lost_contact"
    DUPLICATE = "duplicate"


class Source(StrEnum):
    WEB = "web"
    FHIR = "fhir"
    LETTER = "letter"
    PHONE = "phone"
    SELF = "self"


class Episode(PatientData, db.Model):
    """One patient's time with us, from referral to end: exactly one state, an owner, a next date."""

    __tablename__ = "episodes"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (ended_reason IS NOT NULL)", name="ended_has_a_reason"),
        CheckConstraint("state = 'ended' OR next_on IS NOT NULL", name="open_has_a_next_date"),
        Index(
            "uq_episodes_one_open",
            "patient_id",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
            sqlite_where=text("state <> 'ended'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    state: Mapped[State] = mapped_column(text_enum(State, name="state"))
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))  # null: the team
    next_on: Mapped[date | None]  # clinic date by which somebody acts
    next_step: Mapped[str] = mapped_column(String(40))  # coded: decide, phone_screen, assess, place, ...
    version: Mapped[int] = mapped_column(default=1)
    # what decides and measures the wait (usual wait: median of referred_on to first_class_on)
    referred_on: Mapped[date]
    first_class_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[EndReason | None] = mapped_column(text_enum(EndReason, name="ended_reason"))
    # confirmed by a person, or as last suggested while unconfirmed
    phase: Mapped[str | None] = mapped_column(String(2))
    band: Mapped[str | None] = mapped_column(String(12))
    confirmed_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    confirmed_on: Mapped[date | None]
    # the plain facts the rules read; answers and tests are merged in as they arrive
    case: Mapped[dict[str, Any]] = mapped_column(JSON)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_reason: Mapped[str | None] = mapped_column(String(60))
    # wishes for placement: {"days": [0..6], "sessions": 1|2, "venues": [ids], "needs": [...], "hour": 10}
    wishes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)


class Referral(PatientData, db.Model):
    """What one sender sent; a second one for the same open patient joins the same episode."""

    __tablename__ = "referrals"
    stays_with_organisation = True
    __table_args__ = (UniqueConstraint("organisation_id", "sender_system", "sender_value"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    reference: Mapped[str] = mapped_column(String(12), unique=True)  # what people quote: UP-7K3F-9Q2M
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    source: Mapped[Source] = mapped_column(text_enum(Source, name="source"))
    priority: Mapped[str] = mapped_column(String(10), default="routine")
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    hear_by: Mapped[date]  # the date by which the referrer will hear
    user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    client_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("api_clients.id"))
    clinician: Mapped[str | None] = mapped_column(Encrypted)  # responsible clinician
    typed_by: Mapped[str | None] = mapped_column(Encrypted)
    sender_system: Mapped[str] = mapped_column(String(160))
    sender_value: Mapped[str] = mapped_column(String(160))
    content_hash: Mapped[str] = mapped_column(String(64))
    case: Mapped[dict[str, Any]] = mapped_column(JSON)
    # who the sender said it is about: all that a referrer's pages show, whoever else knows the patient
    person: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    note: Mapped[str | None] = mapped_column(Encrypted)
    raw: Mapped[str | None] = mapped_column(Encrypted)  # as received, FHIR only
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    patient: Mapped[Patient] = relationship(lazy="joined", innerjoin=True)
    episode: Mapped[Episode] = relationship(lazy="joined", innerjoin=True)


class StateChange(PatientData, db.Model):
    """One move of an episode; appended, never changed."""

    __tablename__ = "state_changes"
    stays_with_organisation = True
    append_only = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    before: Mapped[State | None] = mapped_column(text_enum(State, name="before"))
    after: Mapped[State] = mapped_column(text_enum(State, name="after"))
    reason: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str | None] = mapped_column(Encrypted)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Decision(PatientData, db.Model):
    """What the engine suggested from which facts, and what a person decided; kept as it was."""

    __tablename__ = "decisions"
    __table_args__ = (CheckConstraint("kind IN ('suggested', 'decided')", name="known_kind"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    protocol: Mapped[str] = mapped_column(String(20))
    engine: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(24))
    phase: Mapped[str | None] = mapped_column(String(2))
    band: Mapped[str | None] = mapped_column(String(12))
    case: Mapped[dict[str, Any]] = mapped_column(JSON)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)  # the engine's whole answer, design section 5
    choice: Mapped[str | None] = mapped_column(String(40))  # accept, decline, ask, hold
    reason: Mapped[str | None] = mapped_column(Encrypted)
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seconds_open: Mapped[int | None]  # of the page an acceptance was made on


class Answer(PatientData, db.Model):
    """One fact, from whom and when; the case keeps the more cautious of two that differ."""

    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    path: Mapped[str] = mapped_column(String(60))  # case path, e.g. falls.worried
    value: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(20))  # referrer, patient, carer, measured
    answered_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Assessment(PatientData, db.Model):
    """A physiotherapist met her: tests, band and phase confirmed, gates, what was taught."""

    __tablename__ = "assessments"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    assessed_on: Mapped[date]
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    tests: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    phase: Mapped[str] = mapped_column(String(2))
    band: Mapped[str] = mapped_column(String(12))
    released: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str | None] = mapped_column(Encrypted)  # needed when it differs from the suggestion
    note: Mapped[str | None] = mapped_column(Encrypted)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class TaughtTick(PatientData, db.Model):
    """An exercise shown to this person by our staff; nothing is prompted without one (F5)."""

    __tablename__ = "taught_ticks"
    __table_args__ = (
        UniqueConstraint("episode_id", "exercise_id"),
        CheckConstraint("how IN ('class', 'slot', 'video', 'phone')", name="known_how"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    exercise_id: Mapped[str] = mapped_column(String(6))
    how: Mapped[str] = mapped_column(String(10), default="slot")
    released: Mapped[bool] = mapped_column(default=False)  # a physiotherapist released it for home
    by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Letter(PatientData, db.Model):
    """A letter to the practice, stored as sent, with the day it was read."""

    __tablename__ = "letters"
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    episode_id: Mapped[int] = mapped_column(BigId, ForeignKey("episodes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    body: Mapped[str] = mapped_column(Encrypted)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Draft(PatientData, db.Model):
    """A referral being typed: kept at each step; its token makes one referral of many clicks."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), index=True)
    typed: Mapped[dict[str, Any]] = mapped_column(EncryptedJson, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    referral_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("referrals.id"))


class IntakeReceipt(PatientData, db.Model):
    """A row for every 2xx ever given to a referral; conservation compares these with the rooms."""

    __tablename__ = "intake_receipts"
    stays_with_organisation = True
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    referral_id: Mapped[int] = mapped_column(BigId, ForeignKey("referrals.id"), index=True)
    request_id: Mapped[str | None] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
