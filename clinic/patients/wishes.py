"""How many texts somebody wants: asked on the phone, kept on the person, heeded as each text leaves."""

from __future__ import annotations

from clinic import audit
from clinic.extensions import db, transaction
from clinic.patients.models import Patient, TextsWanted
from clinic.viewer import Viewer

WORDS = {
    TextsWanted.USUAL: ("The usual ones", "One reminder before each session, exercise texts, news"),
    TextsWanted.MORE: ("More", "Also a reminder the evening before, and more exercise texts"),
    TextsWanted.FEWER: ("Fewer", "Only reminders and news: no exercise texts, no check-ins"),
    TextsWanted.SUNDAY: (
        "One on Sunday",
        "The week's sessions on Sunday evening, no single reminders",
    ),
}


@transaction()
def choose(*, patient: Patient, wanted: str, by: Viewer) -> Patient:
    """From the next text on; changes, cancellations and safety are always sent. Raises ValueError."""
    row = db.session.get_one(Patient, patient.id, with_for_update=True)
    audit.record("patient.texts_wanted", by=by, about=row, was=row.texts_wanted.value, wanted=wanted)
    row.texts_wanted = TextsWanted(wanted)
    return row
