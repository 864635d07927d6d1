"""Reads of an organisation's own referrals, for its own computer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import bindparam, or_, select

from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals import queries
from clinic.referrals.changes import without_patient
from clinic.referrals.fhir.codes import NHS_NUMBER, REFERENCE
from clinic.referrals.fhir.issues import refused
from clinic.referrals.fhir.shape import Json
from clinic.referrals.models import Episode, IntakeReceipt, Letter, Referral, StateChange
from clinic.viewer import acting_as, system

MOST = 100  # of one search


def own(public_id: str, *, fresh: bool = False) -> Referral:
    """A referral the viewer sent. Raises Refused 404 for any other."""
    row = queries.referral(public_id)
    if row is None:
        raise refused(404, "not-found", "There is no such referral.")
    if fresh:
        db.session.refresh(row, ["version", "withdrawn_at"])
    return row


def etag(row: Referral) -> str:
    """A referral changes only when its sender takes it back."""
    return f'W/"{row.version}"'


def by_identifier(token: str) -> list[Referral]:
    """`system|value`, or a value alone: the sender's identifier or our reference. One statement."""
    system, bar, value = token.rpartition("|")
    sender = Referral.sender_value == value
    if bar:
        sender &= Referral.sender_system == system
    ours = Referral.reference == value if system in ("", REFERENCE) else None
    query = select(Referral).where(sender if ours is None else or_(sender, ours)).options(*without_patient())
    return list(db.session.scalars(query.order_by(Referral.id).limit(MOST)))


def spent(request_id: str, *, system: str, value: str) -> bool:
    """Whether the request id was used for another referral of this sender."""
    found = db.session.execute(_OF_REQUEST, {"request_id": request_id})
    return any((s, v) != (system, value) for s, v in found)


_OF_REQUEST = (
    select(Referral.sender_system, Referral.sender_value)
    .join(IntakeReceipt, IntakeReceipt.referral_id == Referral.id)
    .where(IntakeReceipt.request_id == bindparam("request_id"))
)


def patient_id(row: Referral) -> str:
    """One opaque id a patient and organisation: that of the organisation's first referral of her."""
    query = select(Referral.public_id).where(Referral.patient_id == row.patient_id)
    return db.session.scalars(query.order_by(Referral.id).limit(1)).one()


def episode(row: Referral) -> Episode | None:
    """Where it stands; None when another organisation holds it."""
    return queries.episode_of(row)


def last_change(found: Episode) -> StateChange:
    query = select(StateChange).where(StateChange.episode_id == found.id)
    return db.session.scalars(query.order_by(StateChange.id.desc()).limit(1)).one()


def letters(row: Referral, *, of_patient: bool) -> list[Letter]:
    """Letters to the viewer's organisation about the referral's episode, or about the patient."""
    about = Letter.patient_id == row.patient_id if of_patient else Letter.episode_id == row.episode_id
    return list(db.session.scalars(select(Letter).where(about).order_by(Letter.id.desc()).limit(MOST)))


def letters_since(day: date) -> list[Letter]:
    """Letters to the viewer's organisation written on a UTC day or later, oldest first."""
    start = datetime.combine(day, time(0), tzinfo=UTC)
    query = select(Letter).where(Letter.written_at >= start).order_by(Letter.id).limit(MOST)
    return list(db.session.scalars(query))


def registered_subject(letter: Letter) -> Json:
    """Whom a letter to the registered practice is about: by NHS number, as the letter itself says."""
    with acting_as(system("letter to the registered practice", letter.clinic_id)):
        number = db.session.scalars(select(Patient).where(Patient.id == letter.patient_id)).one().nhs_number
    found: Json = {"type": "Patient"}
    if number:
        return found | {"identifier": {"system": NHS_NUMBER, "value": number}}
    return found | {"display": "In the letter: no NHS number is known"}


def referral_of(letter: Letter) -> Referral | None:
    """The viewer's own referral that a letter is about."""
    query = select(Referral).where(Referral.episode_id == letter.episode_id).options(*without_patient())
    return db.session.scalars(query.order_by(Referral.id).limit(1)).first()
