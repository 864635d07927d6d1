"""Reads of people: by number, by name, and how to reach them."""

from __future__ import annotations

from sqlalchemy import select

from clinic.columns import blind_index
from clinic.extensions import db
from clinic.patients.models import Contact, ContactKind, Patient


def patient(patient_id: int) -> Patient:
    return db.session.get_one(Patient, patient_id)


def by_nhs_number(clinic_id: int, number: str) -> Patient | None:
    """The person of this clinic with this NHS number, ten digits."""
    return db.session.scalars(
        select(Patient).where(
            Patient.clinic_id == clinic_id,
            Patient.nhs_number_index == blind_index("nhs_number", number),
            Patient.merged_into_id.is_(None),
        )
    ).first()


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
    """By NHS number, by phone, or by surname or its first three letters; at most 50."""
    digits = "".join(c for c in words if c.isdigit())
    query = select(Patient).where(Patient.merged_into_id.is_(None)).limit(50)
    if len(digits) == 10 and digits[0] != "0":
        known = blind_index("nhs_number", digits)
        return list(db.session.scalars(query.where(Patient.nhs_number_index == known)))
    if len(digits) >= 10:
        plain = "+44" + digits.removeprefix("44").removeprefix("0")
        reached = select(Contact.patient_id).where(Contact.value_index == blind_index("phone", plain))
        return list(db.session.scalars(query.where(Patient.id.in_(reached))))
    surname = words.strip().split()[-1] if words.strip() else ""
    if len(surname) < 3:
        return []
    exact = blind_index("surname", surname)
    prefix = blind_index("surname_prefix", surname[:3])
    rows = db.session.scalars(
        query.where((Patient.family_name_index == exact) | (Patient.family_prefix_index == prefix))
    )
    wanted = surname.casefold()
    found = [row for row in rows if row.family_name.casefold().startswith(wanted)]
    return sorted(found, key=lambda row: (row.family_name, row.given_name))
