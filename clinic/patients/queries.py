"""Reads of people: by number, by name, and how to reach them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Select, bindparam, select

from clinic.columns import blind_index, folded
from clinic.extensions import db
from clinic.patients import identity
from clinic.patients.models import Contact, ContactKind, Patient

MOST = 50  # people a search shows
LOOKED_AT = 500  # people with the same three letters that are compared


def patient(patient_id: int) -> Patient:
    return db.session.get_one(Patient, patient_id)


def find(patient_id: int) -> Patient | None:
    """A patient the viewer may see."""
    return db.session.scalars(select(Patient).where(Patient.id == patient_id)).first()


def by_nhs_number(clinic_id: int, number: str) -> Patient | None:
    """The person of this clinic with this NHS number, ten digits; for a merged record the kept one."""
    wanted = {"clinic": clinic_id, "number": blind_index("nhs_number", number)}
    row = db.session.scalars(_NUMBERED, wanted).first()
    while row is not None and row.merged_into_id is not None:
        row = db.session.get(Patient, row.merged_into_id)
    return row


_NUMBERED = (
    select(Patient)
    .where(Patient.clinic_id == bindparam("clinic"), Patient.nhs_number_index == bindparam("number"))
    .order_by(Patient.merged_into_id.is_not(None), Patient.id.desc())
    .limit(1)
)


def contacts(patient_id: int) -> list[Contact]:
    return list(
        db.session.scalars(
            select(Contact).where(Contact.patient_id == patient_id).order_by(Contact.main.desc(), Contact.id)
        )
    )


def main_contact(patient_id: int) -> Contact | None:
    """Who gets the texts: the main mobile, the patient's own or a carer's; None when there is none."""
    mobiles = [c for c in contacts(patient_id) if c.kind is ContactKind.MOBILE and c.main]
    return mobiles[0] if mobiles else None


def contacts_by_number(plain: str) -> list[Contact]:
    """Every contact with this number; a number may belong to several people, of several clinics."""
    return list(
        db.session.scalars(
            select(Contact).where(Contact.value_index == blind_index("phone", plain)).order_by(Contact.id)
        )
    )


def search(words: str) -> list[Patient]:
    """By NHS number, by phone, or by surname or its beginning (three letters at least); at most 50."""
    here = select(Patient).where(Patient.merged_into_id.is_(None))
    if number := _tried(identity.nhs_number, words):
        known = blind_index("nhs_number", number)
        return list(db.session.scalars(here.where(Patient.nhs_number_index == known)))
    if plain := _tried(identity.phone, words):
        reached = select(Contact.patient_id).where(Contact.value_index == blind_index("phone", plain))
        return list(db.session.scalars(here.where(Patient.id.in_(reached)).limit(MOST)))
    return _by_surname(here, words)


def _by_surname(here: Select[Patient], words: str) -> list[Patient]:
    """The last word, or the last ones: a surname may have several. Names are encrypted, so the first three
    letters are looked up and the rest is compared here."""
    parts = words.split()
    endings = [folded("".join(parts[n:])) for n in range(len(parts))]
    wanted = [ending for ending in endings if len(ending) >= 3]
    if not wanted:
        return []
    exact = [blind_index("surname", ending) for ending in wanted]
    begins = [blind_index("surname_prefix", ending[:3]) for ending in wanted]
    whole = Patient.family_name_index.in_(exact)
    query = here.where(whole | Patient.family_prefix_index.in_(begins)).order_by(whole.desc(), Patient.id)
    found = [
        row
        for row in db.session.scalars(query.limit(LOOKED_AT))
        if folded(row.family_name).startswith(tuple(wanted))
    ]
    return sorted(found, key=lambda row: (folded(row.family_name), row.given_name))[:MOST]


def _tried(read: Callable[[str], str], words: str) -> str | None:
    try:
        return read(words)
    except identity.BadIdentity:
        return None
