"""Record people and how to reach them; a death or a wrong number stops texts in the same transaction."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from clinic import audit
from clinic.access.queries import local
from clinic.columns import blind_index, folded
from clinic.extensions import db, emit, now, transaction
from clinic.patients import identity, queries
from clinic.patients.models import Consent, Contact, ContactKind, Patient, PatientLink, Sex
from clinic.viewer import Viewer, acting_as, system

LINK_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Registered:
    """The clinic's patient, and whether nobody here knew her before."""

    patient: Patient
    new: bool


@transaction(joins=True)
def register(
    *,
    clinic_id: int,
    organisation_id: int | None,
    given_name: str,
    family_name: str,
    birth_date: date,
    sex: str | None,
    by: Viewer,
    nhs_number: str | None = None,
    no_nhs_number_reason: str | None = None,
    mobile: str | None = None,
    landline: str | None = None,
    address: str | None = None,
    postcode: str | None = None,
    carer: dict[str, str] | None = None,
) -> Registered:
    """The clinic's patient with this NHS number, or a new one; contacts not yet known are added.

    `carer` is {"name", "relationship", "authority"}: then the mobile is the carer's (F8).
    """
    with acting_as(system("patients.register", clinic_id)):
        found = queries.by_nhs_number(clinic_id, nhs_number) if nhs_number else None
        made = None
        if found is None:
            made = _added_once(
                clinic_id=clinic_id,
                organisation_id=organisation_id,
                nhs_number=nhs_number,
                nhs_number_index=blind_index("nhs_number", nhs_number) if nhs_number else None,
                no_nhs_number_reason=no_nhs_number_reason,
                given_name=given_name.strip(),
                family_name=family_name.strip(),
                family_name_index=blind_index("surname", family_name),
                family_prefix_index=blind_index("surname_prefix", folded(family_name)[:3]),
                birth_date=birth_date.isoformat(),
                sex=Sex(sex) if sex else None,
                address=address,
                postcode=postcode,
                by=by,
            )
            found = None if made else queries.by_nhs_number(clinic_id, nhs_number or "")
        row = made or found
        assert row is not None, "who was in the way has this number"
        known = [] if made else queries.contacts(row.id)
        if mobile:
            reached = _reached(row, _kind_of(mobile), mobile, known=known, by=by, carer=carer)
            known = known if reached in known else [*known, reached]
        if landline:
            _reached(row, ContactKind.LANDLINE, landline, known=known, by=by)
        return Registered(row, new=made is not None)


def _added_once(*, by: Viewer, **facts: Any) -> Patient | None:
    """A new row; None when somebody registered the same person at this moment, who is found then."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(Patient).on_conflict_do_nothing().returning(Patient)
    row = db.session.scalars(statement, [facts]).first()
    if row is not None:
        audit.record("patient.registered", by=by, about=row)
    return row


def add_phone(
    *,
    patient: Patient,
    number: str,
    by: Viewer,
    carer: dict[str, str] | None = None,
    confirmed_source: str | None = None,
) -> Contact:
    """What can be texted is a mobile, the rest a landline, whatever it was called. Raises BadIdentity."""
    return add_contact(
        patient=patient,
        kind=_kind_of(number),
        value=number,
        by=by,
        carer=carer,
        confirmed_source=confirmed_source,
    )


@transaction()
def add_contact(
    *,
    patient: Patient,
    kind: ContactKind,
    value: str,
    by: Viewer,
    carer: dict[str, str] | None = None,
    confirmed_source: str | None = None,
) -> Contact:
    """A way to reach somebody; the same number twice is one contact. Raises identity.BadIdentity.

    The newest is the main one, but a number that only stands in a referral never takes over from one that
    was confirmed and works: texts would go to somebody else on the strength of a slip of the pen (F9).
    """
    known = queries.contacts(patient.id)
    return _reached(patient, kind, value, known=known, by=by, carer=carer, confirmed_source=confirmed_source)


def _kind_of(number: str) -> ContactKind:
    return ContactKind.MOBILE if identity.is_mobile(identity.phone(number)) else ContactKind.LANDLINE


def _reached(
    patient: Patient,
    kind: ContactKind,
    value: str,
    *,
    known: list[Contact],
    by: Viewer,
    carer: dict[str, str] | None = None,
    confirmed_source: str | None = None,
) -> Contact:
    """The contact of this value, new or among those that are `known`; takes part in a transaction."""
    plain = value.strip() if kind is ContactKind.EMAIL else identity.phone(value)
    index = blind_index("email" if kind is ContactKind.EMAIL else "phone", plain)
    others = [contact for contact in known if contact.kind is kind]
    if same := [contact for contact in known if contact.value_index == index]:
        if confirmed_source:
            _say_again(same[0], others, source=confirmed_source, by=by)
        return same[0]
    stands = confirmed_source is None and any(c.main and c.confirmed_on and c.usable for c in others)
    for contact in others:
        contact.main = contact.main and stands
    row = Contact(
        clinic_id=patient.clinic_id,
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        kind=kind,
        value=plain,
        value_index=index,
        carer_name=carer.get("name") if carer else None,
        relationship=carer.get("relationship") if carer else None,
        authority=carer.get("authority") if carer else None,
        main=not stands,
        confirmed_on=_today(patient.clinic_id) if confirmed_source else None,
        confirmed_source=confirmed_source,
    )
    db.session.add(row)
    audit.record("contact.added", by=by, about=row, kind=kind.value)
    return row


def _say_again(contact: Contact, others: list[Contact], *, source: str, by: Viewer) -> None:
    """A known number given once more: it is right, and it is the main one now."""
    for other in others:
        other.main = other is contact
    confirm_contact(contact=contact, source=source, on=_today(contact.clinic_id), by=by)


@transaction()
def confirm_contact(*, contact: Contact, source: str, on: date, by: Viewer) -> None:
    """The number is right: who said so and when (F9); an earlier WRONG NUMBER no longer holds."""
    contact.confirmed_on, contact.confirmed_source, contact.wrong_at = on, source, None
    audit.record("contact.confirmed", by=by, about=contact, source=source)


@transaction()
def stop_texts(*, contact: Contact, moment: datetime, by: Viewer) -> None:
    """STOP: no text goes to this contact any more; what was planned becomes calls (F23)."""
    if contact.stopped_at is None:
        contact.stopped_at = moment
        audit.record("contact.stopped", by=by, about=contact)
        emit("texts_stopped", contact_id=contact.id)


@transaction()
def start_texts(*, contact: Contact, by: Viewer) -> None:
    """START: the holder of the number wants texts again."""
    contact.stopped_at = None
    audit.record("contact.started", by=by, about=contact)


@transaction()
def wrong_number(*, contact: Contact, moment: datetime, by: Viewer) -> None:
    """WRONG NUMBER: nothing goes there any more; somebody asks the practice (F9)."""
    if contact.wrong_at is None:
        contact.wrong_at = moment
        audit.record("contact.wrong_number", by=by, about=contact)
        emit("number_wrong", contact_id=contact.id)


@transaction()
def record_death(*, patient: Patient, on: date, source: str, by: Viewer) -> None:
    """She died: texts, seats, offers and links end in this transaction, through the handlers (F7)."""
    if patient.died_on is not None:
        return
    patient.died_on, patient.died_source = on, source
    revoke_links(patient=patient, by=by)
    audit.record("patient.died", by=by, about=patient, source=source)
    emit("patient_died", patient_id=patient.id)


@transaction()
def take_back_death(*, patient: Patient, by: Viewer) -> None:
    """It was a mistake (F7): she may be reached again; seats, offers and links are made anew by people."""
    if patient.died_on is not None:
        patient.died_on = patient.died_source = None
        audit.record("patient.death_taken_back", by=by, about=patient)


@transaction(joins=True)
def consent(*, patient: Patient, kind: str, given: bool, by: Viewer, **more: Any) -> Consent:
    """What was agreed; a new row, the newest of a kind holds."""
    row = Consent(
        clinic_id=patient.clinic_id,
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        kind=kind,
        given=given,
        **more,
    )
    db.session.add(row)
    audit.record("consent.recorded", by=by, about=row, kind=kind, given=given)
    return row


@transaction()
def make_link(*, patient: Patient, purpose: str, by: Viewer) -> str:
    """A personal link's token, 22 characters, shown once; only its hash is kept."""
    token = secrets.token_urlsafe(16)
    row = PatientLink(
        clinic_id=patient.clinic_id,
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        purpose=purpose,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=now() + LINK_LASTS,
    )
    db.session.add(row)
    audit.record("link.made", by=by, about=row, purpose=purpose)
    return token


@transaction()
def revoke_links(*, patient: Patient, by: Viewer) -> None:
    """Every link of this patient is over: a lost letter, a change of carer, a death."""
    open_links = select(PatientLink).where(
        PatientLink.patient_id == patient.id, PatientLink.revoked_at.is_(None)
    )
    for link in db.session.scalars(open_links):
        link.revoked_at = now()
        audit.record("link.revoked", by=by, about=link)


def _today(clinic_id: int) -> date:
    return local(clinic_id, now()).date()
