"""The language a patient's texts are in; a carer's texts stay in English."""

from __future__ import annotations

from clinic import audit
from clinic.extensions import db, transaction
from clinic.notifications.wording import LANGUAGES
from clinic.patients.models import Patient
from clinic.viewer import Viewer


@transaction()
def choose(*, patient_id: int, language: str, by: Viewer) -> None:
    """From the next text on; raises KeyError for a language that has no texts."""
    LANGUAGES[language]
    row = db.session.get_one(Patient, patient_id, with_for_update=True)
    audit.record("patient.language_chosen", by=by, about=row, was=row.language, language=language)
    row.language = language
