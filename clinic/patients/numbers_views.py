"""Said on the phone: this number is right, texts are wanted again (F9), how many texts (F31)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.patients import numbers, queries, wishes
from clinic.patients.models import Contact
from clinic.viewer import current

bp = Blueprint("numbers", __name__, template_folder="templates")
# where the button stood: word -> endpoint and the name of its id
BACK = {
    "patient": ("desk.patient", "patient_id"),
    "screen": ("care.screen", "episode_id"),
    "calls": ("worklist.entry", "work_id"),
    "alerts": ("worklist.entry", "work_id"),
    "tasks": ("worklist.entry", "work_id"),
}


@bp.post("/patients/<int:patient_id>/numbers/<int:contact_id>/right")
@requires(Permission.SEE_PATIENT)
def right(patient_id: int, contact_id: int) -> ResponseReturnValue:
    numbers.is_right(contact=_find(patient_id, contact_id), source="phone call", by=current())
    flash("The number is confirmed, with today's date.", "success")
    return _back(patient_id)


@bp.post("/patients/<int:patient_id>/numbers/<int:contact_id>/texts")
@requires(Permission.SEE_PATIENT)
def texts(patient_id: int, contact_id: int) -> ResponseReturnValue:
    numbers.text_again(contact=_find(patient_id, contact_id), by=current())
    flash("Texts go to this number again. If they come back, ask them to text START to us.", "success")
    return _back(patient_id)


@bp.get("/patients/<int:patient_id>/texts-wanted")
@requires(Permission.SEE_PATIENT)
def texts_wanted(patient_id: int) -> ResponseReturnValue:
    return _wanted_page(patient_id, {})


@bp.post("/patients/<int:patient_id>/texts-wanted")
@requires(Permission.SEE_PATIENT)
def choose_texts(patient_id: int) -> ResponseReturnValue:
    patient, wanted = queries.find(patient_id) or abort(404), request.form.get("wanted", "")
    if wanted not in [choice.value for choice in wishes.WORDS]:
        return _wanted_page(patient_id, {"wanted": "Choose how many texts they would like"}), 422
    wishes.choose(patient=patient, wanted=wanted, by=current())
    flash("Kept. It counts from the next text on.", "success")
    return redirect(url_for("desk.patient", patient_id=patient_id))


def _wanted_page(patient_id: int, errors: dict[str, str]) -> str:
    patient = queries.find(patient_id) or abort(404)
    return render_template(
        "patients/texts_wanted.html",
        patient=patient,
        choices=[(choice.value, *words) for choice, words in wishes.WORDS.items()],
        typed=request.form or {"wanted": patient.texts_wanted.value},
        errors=errors,
    )


def _find(patient_id: int, contact_id: int) -> Contact:
    found = (one for one in queries.contacts(patient_id) if one.id == contact_id)
    return next(found, None) or abort(404)


def _back(patient_id: int) -> ResponseReturnValue:
    word, number = request.form.get("back", ""), request.form.get("back_id", "")
    if word not in BACK or not number.isdigit():
        word, number = "patient", str(patient_id)
    endpoint, name = BACK[word]
    given: dict[str, Any] = {name: int(number)} | ({"kind": word} if name == "work_id" else {})
    return redirect(url_for(endpoint, **given))
