"""The practice a patient is registered with: it follows her until she changes practice or says no (F11)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import Organisation
from clinic.extensions import Base, db, emit, now, transaction
from clinic.patients.models import Consent, Patient, Registration
from clinic.viewer import Viewer, acting_as, system
from clinic.walls import PatientData

GP_PRACTICE = re.compile(
    r"[A-Z][0-9]{5}"
)  # the ODS code of a general practice; a hospital's has no such form


def is_practice(organisation: Organisation) -> bool:
    """Whether patients are registered there, as far as its ODS code tells; a hospital is not one."""
    return GP_PRACTICE.fullmatch(organisation.ods) is not None


def practice_of(patient_id: int) -> Registration | None:
    """Where a patient is registered now, as far as the viewer sees."""
    return db.session.scalars(_NOW, {"patient": patient_id}).first()


_NOW = select(Registration).where(
    Registration.patient_id == bindparam("patient"), Registration.until.is_(None)
)


def history(patient_id: int) -> list[Registration]:
    """Every practice a patient was registered with, first to last."""
    query = select(Registration).where(Registration.patient_id == patient_id)
    return list(db.session.scalars(query.order_by(Registration.id)))


def of_practice(organisation_id: int) -> list[Registration]:
    """Those registered with a practice now, newest first."""
    query = select(Registration).where(
        Registration.organisation_id == organisation_id, Registration.until.is_(None)
    )
    return list(db.session.scalars(query.order_by(Registration.id.desc())))


def mine(public_id: str) -> Registration | None:
    """One open registration that the viewer may see."""
    query = select(Registration).where(Registration.public_id == public_id, Registration.until.is_(None))
    return db.session.scalars(query).first()


def left(organisation_id: int, patient_ids: Iterable[int]) -> dict[int, date]:
    """Since when these patients are no longer registered with a practice, by id; only those who left."""
    query = select(Registration).where(
        Registration.organisation_id == organisation_id, Registration.patient_id.in_(list(patient_ids))
    )
    found: dict[int, date | None] = {}
    for row in db.session.scalars(query.order_by(Registration.id)):
        found[row.patient_id] = row.until
    return {patient_id: until for patient_id, until in found.items() if until is not None}


def may_see(patient_id: int) -> bool:
    """Whether the registered practice may see how she does: unless she said that nothing is shared (F16)."""
    return patient_id in sharing([patient_id])


def sharing(patient_ids: Iterable[int]) -> set[int]:
    """Those of whom the registered practice may see how they do; one statement for them all."""
    ids = set(patient_ids)
    query = select(Consent.patient_id, Consent.given).where(
        Consent.patient_id.in_(ids), Consent.kind == "share"
    )
    said = {row.patient_id: row.given for row in db.session.execute(query.order_by(Consent.id))}
    return {patient_id for patient_id in ids if said.get(patient_id) is not False}


@transaction(joins=True)
def register_with(
    *,
    patient: Patient,
    organisation_id: int | None,
    by: Viewer,
    practice_name: str | None = None,
    source: str = "referral",
) -> Registration | None:
    """Where she is registered, as a sender says; what is known already stands until staff change it."""
    with acting_as(system("registration", patient.clinic_id)):
        known = practice_of(patient.id)
        if known is not None or not (organisation_id or practice_name):
            return known
        return _open(patient, organisation_id, practice_name, _today(patient), source, by)


@transaction()
def change_practice(
    *, patient: Patient, organisation_id: int | None, practice_name: str | None, on: date, by: Viewer
) -> Registration:
    """She is registered elsewhere from a clinic date: the episode goes on, the old view ends (F11).

    What the old practice sent and was written stays its own; everything that lives on goes to the new one.
    Emits `practice_changed`.
    """
    with acting_as(system("change of practice", patient.clinic_id)):
        old = practice_of(patient.id)
        if old is not None:
            old.until = on
            db.session.flush()
        new = _open(patient, organisation_id, practice_name, on, "staff", by)
        if old is not None and old.organisation_id and old.organisation_id != organisation_id:
            _move_view(patient.id, old.organisation_id, organisation_id)
        emit("practice_changed", patient_id=patient.id, registration_id=new.id)
        return new


def tables_of_patients() -> list[Any]:
    """Every model whose rows belong to one patient, patients themselves left out."""
    models = [mapper.class_ for mapper in Base.registry.mappers]
    return [m for m in models if issubclass(m, PatientData) and hasattr(m, "patient_id")]


def _move_view(patient_id: int, old_id: int, new_id: int | None) -> None:
    """The wall's column of what lives on; a row made for one organisation (a letter) stays its own."""
    for model in tables_of_patients():
        if not getattr(model, "stays_with_organisation", False):
            rows = update(model).where(model.patient_id == patient_id, model.organisation_id == old_id)
            db.session.execute(rows.values(organisation_id=new_id))
    hers = update(Patient).where(Patient.id == patient_id, Patient.organisation_id == old_id)
    db.session.execute(hers.values(organisation_id=new_id))
    db.session.expire_all()


def _open(
    patient: Patient, organisation_id: int | None, name: str | None, on: date, source: str, by: Viewer
) -> Registration:
    row = Registration(
        clinic_id=patient.clinic_id,
        organisation_id=organisation_id,
        patient_id=patient.id,
        practice_name=None if organisation_id else name,
        since=on,
        source=source,
    )
    db.session.add(row)
    audit.record("patient.registered_with", by=by, about=row, patient_id=patient.id)
    return row


def _today(patient: Patient) -> date:
    return access.local(patient.clinic_id, now()).date()
