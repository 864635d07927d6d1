"""Who gets a batch of messages, where, and why not: read once for the whole batch, at the claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, func, select
from sqlalchemy.orm import defer
from sqlalchemy.sql.base import ExecutableOption

from clinic.access.models import Clinic, Organisation, User
from clinic.columns import blind_index
from clinic.extensions import db
from clinic.notifications.models import Inbound, Message, MessageState
from clinic.notifications.rowset import among
from clinic.notifications.rules import window, wishes
from clinic.notifications.rules.window import Purpose
from clinic.patients import needs
from clinic.patients.models import Consent, Contact, ContactKind, Patient, TextsWanted

# reading a column decrypts it, and no text speaks of these
UNREAD = tuple(defer(c) for c in (Patient.nhs_number, Patient.birth_date, Patient.address, Patient.postcode))
COUNTED_STATES = (
    MessageState.SENDING,
    MessageState.UNKNOWN,
    MessageState.ACCEPTED,
    MessageState.SENT,
    MessageState.DELIVERED,
    MessageState.UNDELIVERED,
)


PROBABLY_READ = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED)


@dataclass(frozen=True)
class Recipient:
    """Where a message goes, or in `why_not` the coded word for why it cannot."""

    address: str | None = None
    index: str | None = None
    why_not: str | None = None
    contact: Contact | None = None
    confirmed: bool = True


@dataclass
class Recipients:
    """Everything about the people of one batch, by id."""

    clinics: dict[int, Clinic]
    patients: dict[int, Patient] = field(default_factory=dict)
    contacts: dict[int, list[Contact]] = field(default_factory=dict)
    refused_texts: set[int] = field(default_factory=set)
    inbound: dict[int, Inbound] = field(default_factory=dict)
    emails: dict[tuple[str, int], str | None] = field(default_factory=dict)
    texted: dict[str, int] = field(default_factory=dict)
    sundays: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def zone(self, message: Message) -> ZoneInfo:
        return ZoneInfo(self.clinics[message.clinic_id].zone)

    def sender(self, message: Message) -> str:
        return self.clinics[message.clinic_id].sender or ""

    def in_sunday_text(self, message: Message) -> bool:
        """Whether a Sunday text that left spoke of the session this reminder is for, as it stands now.

        A reminder planned after that text left is of something that changed since.
        """
        day = message.expires_at.astimezone(self.zone(message)).date()
        left = self.sundays.get((message.recipient_id, day.toordinal() - day.weekday()))
        return left is not None and message.created_at <= left

    def of(self, message: Message) -> Recipient:
        """A deceased person is told nothing; a carer's number is as good as the patient's own."""
        patient = self.patients.get(message.patient_id or 0)
        if patient is not None and patient.died_on is not None and message.recipient_kind != "duty":
            return Recipient(why_not="died")
        if patient is not None and patient.merged_into_id is not None:
            return Recipient(why_not="merged")
        if message.recipient_kind == "patient":
            if patient is not None and needs.wants_a_call(patient.needs):
                return Recipient(why_not="wants_a_call")
            by_post = message.purpose != Purpose.SAFETY and message.channel == "sms"
            if patient is not None and by_post and needs.wants_a_letter(patient.needs):
                return Recipient(why_not="wants_a_letter")
            return self._patient(message)
        address = self._other(message)
        if address is None:
            return Recipient(why_not="no_address")
        if message.recipient_kind != "number":
            return Recipient(address)
        index = blind_index("phone", address)
        holders = self.contacts.get(message.patient_id or 0, ())
        return Recipient(address, index, contact=next((c for c in holders if c.value_index == index), None))

    def _patient(self, message: Message) -> Recipient:
        """Her main mobile; a stopped or wrong number is named as the reason, so that somebody rings."""
        mobiles = [c for c in self.contacts.get(message.recipient_id, ()) if c.kind is ContactKind.MOBILE]
        if message.contact_id is not None:
            mobiles = [c for c in mobiles if c.id == message.contact_id]
        mains = [c for c in mobiles if c.main] or mobiles
        able = next((c for c in mains if c.can_text), None)
        if able is None:
            return Recipient(why_not=_why_not(mains))
        if message.recipient_id in self.refused_texts:
            return Recipient(why_not="no_consent")
        return Recipient(able.value, able.value_index, None, able, able.confirmed_on is not None)

    def _other(self, message: Message) -> str | None:
        if message.recipient_kind == "number":
            return getattr(self.inbound.get(message.recipient_id), "from_number", None)
        if message.recipient_kind == "duty":
            clinic = self.clinics[message.recipient_id]
            return clinic.duty_email if message.channel == "email" else clinic.duty_phone
        return self.emails.get((message.recipient_kind, message.recipient_id))


def load(messages: Sequence[Message], now: datetime) -> Recipients:
    """A handful of reads whatever the size of the batch."""
    people = {m.patient_id for m in messages if m.patient_id is not None}
    found = Recipients(clinics=_by_id(Clinic, {m.clinic_id for m in messages}))
    if people:
        found.patients = _by_id(Patient, people, *UNREAD)
        theirs = select(Contact).where(among(Contact.patient_id, people)).order_by(Contact.id)
        for contact in db.session.scalars(theirs):
            found.contacts.setdefault(contact.patient_id, []).append(contact)
        found.refused_texts = _refused(people)
        if any(Purpose(m.purpose) in window.CAPPED for m in messages):
            found.texted = _texted(found.contacts.values(), found.clinics.values(), now)
        if any(one.texts_wanted is TextsWanted.SUNDAY for one in found.patients.values()):
            found.sundays = _sundays(people, now)
    answers = {m.recipient_id for m in messages if m.recipient_kind == "number"}
    if answers:
        found.inbound = _by_id(Inbound, answers)
    for kind, model in (("user", User), ("practice", Organisation)):
        ids = {m.recipient_id for m in messages if m.recipient_kind == kind}
        if ids:
            found.emails |= {(kind, row.id): row.email for row in _by_id(model, ids).values()}
    return found


def _by_id(model: Any, ids: Iterable[int], *options: ExecutableOption) -> dict[int, Any]:
    rows = select(model).where(among(model.id, ids)).options(*options)
    return {row.id: row for row in db.session.scalars(rows)}


def _refused(people: set[int]) -> set[int]:
    """Those whose newest word on texts is no."""
    said = select(Consent.patient_id, Consent.given).where(
        among(Consent.patient_id, people), Consent.kind == "texts"
    )
    newest = dict(row._tuple() for row in db.session.execute(said.order_by(Consent.id)))
    return {patient_id for patient_id, given in newest.items() if not given}


def _texted(
    contacts: Iterable[Sequence[Contact]], clinics: Iterable[Clinic], now: datetime
) -> dict[str, int]:
    """How many texts of the counted purposes each phone has had in its clinic's week, by its index."""
    week = min(window.week_of(now, ZoneInfo(clinic.zone))[0] for clinic in clinics)
    numbers = {one.value_index for theirs in contacts for one in theirs if one.kind is ContactKind.MOBILE}
    counted = (
        select(Message.sent_to_index, func.count())
        .where(
            among(Message.sent_to_index, numbers, String),
            Message.channel == "sms",
            Message.purpose.in_([purpose.value for purpose in window.COUNTED]),
            Message.state.in_(COUNTED_STATES),
            Message.claimed_at >= week,
        )
        .group_by(Message.sent_to_index)
    )
    return {index: texts for index, texts in db.session.execute(counted) if index is not None}


def _sundays(people: set[int], now: datetime) -> dict[tuple[int, int], datetime]:
    """When each patient's Sunday text of a week (its Monday's ordinal) left, if it may have arrived."""
    left = select(Message.recipient_id, Message.cause_revision, Message.claimed_at).where(
        Message.patient_id.in_(people),
        Message.rule == wishes.WEEK,
        Message.state.in_(PROBABLY_READ),
        Message.claimed_at > now - timedelta(days=15),
    )
    return {(who, week): at for who, week, at in db.session.execute(left) if at is not None}


def _why_not(contacts: list[Contact]) -> str:
    if any(c.stopped_at for c in contacts):
        return "stopped"
    if any(c.wrong_at for c in contacts):
        return "wrong_number"
    return "no_mobile"
