"""The post office's rows: one outbox, its attempts, receipts, replies and open questions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clinic.columns import BigId, Encrypted, EncryptedJson, UtcDateTime, text_enum
from clinic.extensions import db, now
from clinic.walls import ClinicData, PatientData


class MessageState(StrEnum):
    """Planned, then one claim, then an outcome; see `delivery` and `receipts` for the legal moves."""

    PLANNED = "planned"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    SUPERSEDED = "superseded"
    PARKED = "parked"


class Message(PatientData, db.Model):
    """One text or e-mail to one recipient for one cause; unique, so nothing is planned twice."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint(
            "recipient_kind",
            "recipient_id",
            "cause_kind",
            "cause_id",
            "cause_revision",
            "rule",
            name="uq_messages_recipient_cause_rule",
        ),
        CheckConstraint(
            "recipient_kind IN ('patient', 'duty', 'user', 'practice', 'number')", name="known_kind"
        ),
        CheckConstraint("channel IN ('sms', 'email')", name="known_channel"),
        Index(
            "ix_messages_claimable",
            "not_before",
            "priority",
            postgresql_where=text("state = 'planned'"),
            sqlite_where=text("state = 'planned'"),
        ),
        Index(
            "ix_messages_in_doubt",
            "claimed_at",
            postgresql_where=text("state IN ('sending', 'unknown')"),
            sqlite_where=text("state IN ('sending', 'unknown')"),
        ),
        Index(
            "ix_messages_silent",
            "lease_until",
            postgresql_where=text("state IN ('accepted', 'sent')"),
            sqlite_where=text("state IN ('accepted', 'sent')"),
        ),
        Index("ix_messages_cause", "cause_kind", "cause_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    recipient_kind: Mapped[str] = mapped_column(String(10))
    # patient: patients.id; duty: clinics.id; user: users.id; practice: organisations.id;
    # number: the inbound text it answers, when nobody is known by that number
    recipient_id: Mapped[int] = mapped_column(BigId)
    patient_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("contacts.id"))
    channel: Mapped[str] = mapped_column(String(6), default="sms")
    text: Mapped[str] = mapped_column(String(40))  # name in notifications/texts
    purpose: Mapped[str] = mapped_column(String(24))
    cause_kind: Mapped[str] = mapped_column(String(24))
    cause_id: Mapped[int] = mapped_column(BigId)
    cause_revision: Mapped[int] = mapped_column(default=1)
    rule: Mapped[str] = mapped_column(String(40))
    priority: Mapped[int] = mapped_column(default=5)  # 1 goes first
    state: Mapped[MessageState] = mapped_column(
        text_enum(MessageState, name="state"), default=MessageState.PLANNED
    )
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)  # due_at, later after a "later"
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    facts: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)  # what no FACTS provider can know
    body: Mapped[str | None] = mapped_column(Encrypted)
    sent_to: Mapped[str | None] = mapped_column(Encrypted)
    sent_to_index: Mapped[str | None] = mapped_column(String(40), index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    dispatcher_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("dispatchers.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # until when the claim may post; once accepted, when a silent one is asked after
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sid: Mapped[str | None] = mapped_column(String(40), unique=True)
    reason: Mapped[str | None] = mapped_column(String(60))  # why suppressed, refused, parked
    error_code: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Receipt(PatientData, db.Model):
    """What the provider said of one message: once per (sid, status), in whatever order it came."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("sid", "status"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(BigId, ForeignKey("messages.id"), index=True)
    sid: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(24))
    attempt: Mapped[int]
    error_code: Mapped[str | None] = mapped_column(String(12))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class QuestionState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class OpenQuestion(PatientData, db.Model):
    """What a text asked, and until when an answer has its effect; a reply binds to exactly one."""

    __tablename__ = "open_questions"
    __table_args__ = (
        Index(
            "ix_open_questions_number",
            "number_index",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    patient_id: Mapped[int] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    message_id: Mapped[int] = mapped_column(BigId, ForeignKey("messages.id"), unique=True)
    number_index: Mapped[str] = mapped_column(String(40))
    question: Mapped[str] = mapped_column(String(20))
    cause_kind: Mapped[str] = mapped_column(String(24))
    cause_id: Mapped[int] = mapped_column(BigId)
    state: Mapped[QuestionState] = mapped_column(
        text_enum(QuestionState, name="state"), default=QuestionState.OPEN
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Inbound(PatientData, db.Model):
    """A text somebody sent us: stored once by its sid, read by the rule, bound or given to a person."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("sid", "clinic_id"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sid: Mapped[str] = mapped_column(String(40))
    patient_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("patients.id"), index=True)
    question_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("open_questions.id"))
    from_number: Mapped[str | None] = mapped_column(Encrypted)
    number_index: Mapped[str | None] = mapped_column(String(40), index=True)
    body: Mapped[str | None] = mapped_column(Encrypted)  # empty where nobody of this clinic is known by it
    intent: Mapped[str] = mapped_column(String(20))
    red_flag: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int | None]
    effect: Mapped[str | None] = mapped_column(String(40))  # what was done, or "person"
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Dispatcher(db.Model):
    """One process that claims: alive while its lease (SQLite) or advisory lock (PostgreSQL) holds."""

    __tablename__ = "dispatchers"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    alive_until: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SenderPace(db.Model):
    """From when on a sender may text again, when a rate is set; the row is the lock (`pace`)."""

    __tablename__ = "sender_paces"
    sender: Mapped[str] = mapped_column(String(40), primary_key=True)  # empty: the deployment's own
    free_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BulkState(StrEnum):
    WAITING = "waiting"  # for a second person
    LEAVING = "leaving"  # in the outbox; what has not left can be stopped
    STOPPED = "stopped"
    REFUSED = "refused"


class BulkText(ClinicData, db.Model):
    """One text to many people: written by one, above twenty decided by another, stoppable (`bulk`)."""

    __tablename__ = "bulk_texts"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text: Mapped[str] = mapped_column(String(40))  # name in notifications/texts
    audience: Mapped[dict[str, Any]] = mapped_column(JSON)  # whom it is for, by ids of classes
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # days it speaks of
    people: Mapped[int]  # how many would get it when it was written
    state: Mapped[BulkState] = mapped_column(text_enum(BulkState, name="state"))
    written_by_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leaves_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("users.id"))
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Watermark(db.Model):
    """A session already planned at this revision by this version of a rule: no need to look again."""

    __tablename__ = "plan_watermarks"
    session_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)


class ProviderTrouble(db.Model):
    """When the provider began to fail, so that every staff page can say texts are late (F17)."""

    __tablename__ = "provider_troubles"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
