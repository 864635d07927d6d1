"""What was agreed, by whom and when; and who decides where somebody cannot (F16)."""

from __future__ import annotations

from sqlalchemy import select

from clinic import audit
from clinic.extensions import db, emit, transaction
from clinic.patients.models import Capacity, Consent, Patient
from clinic.viewer import Viewer

KINDS = ("referral", "share", "texts")
DECIDES = ("patient", "attorney", "best_interests", "nobody")


class NobodyNamed(ValueError):
    """An attorney or a best-interests decision needs a name and what it covers; `field` names the gap."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


def newest(patient_id: int) -> dict[str, Consent]:
    """The word that holds of each kind; a kind nobody asked about is left out."""
    query = select(Consent).where(Consent.patient_id == patient_id).order_by(Consent.id)
    return {row.kind: row for row in db.session.scalars(query)}


def capacity_of(patient_id: int) -> Capacity | None:
    """Who decides, as last recorded; None while nobody has asked."""
    query = select(Capacity).where(Capacity.patient_id == patient_id).order_by(Capacity.id.desc()).limit(1)
    return db.session.scalars(query).first()


@transaction()
def record_capacity(
    *, patient: Patient, decides: str, by: Viewer, named: str | None = None, covers: str | None = None
) -> Capacity:
    """Who decides for her, and what that covers. Emits `cannot_consent` when nobody does.

    Raises NobodyNamed when somebody decides for her and is not named.
    """
    if decides not in DECIDES:
        raise NobodyNamed("decides", "Choose who decides")
    if decides in ("attorney", "best_interests"):
        if not (named and named.strip()):
            raise NobodyNamed("named", "Enter the name of the person who decides")
        if not (covers and covers.strip()):
            raise NobodyNamed("covers", "Enter what the decision covers")
    row = Capacity(
        clinic_id=patient.clinic_id,
        organisation_id=patient.organisation_id,
        patient_id=patient.id,
        decides=decides,
        named=(named or "").strip() or None,
        covers=(covers or "").strip() or None,
        by_id=by.id if by.kind == "staff" else None,
    )
    db.session.add(row)
    audit.record("capacity.recorded", by=by, about=row, decides=decides)
    if decides == "nobody":
        emit("cannot_consent", patient_id=patient.id)
    return row
