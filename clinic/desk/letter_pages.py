"""A patient's letters, for staff: what was written to whom, and the letter about not attending."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.desk import letter_words, letters
from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals import letters_reading, letters_sending, letters_words
from clinic.referrals.decisions import Incomplete
from clinic.viewer import current

bp = Blueprint("patient_letters", __name__, template_folder="templates")


@bp.get("/patients/<int:patient_id>/letters", endpoint="letters")
@requires(Permission.SEE_PATIENT)
def patient_letters(patient_id: int) -> ResponseReturnValue:
    return _page(_patient(patient_id), {})


@bp.post("/patients/<int:patient_id>/letters/did-not-attend")
@requires(Permission.SEE_PATIENT)
def did_not_attend(patient_id: int) -> ResponseReturnValue:
    patient = _patient(patient_id)
    try:
        written = letters.did_not_attend(
            patient_id=patient_id,
            reached=request.form.get("reached", ""),
            next_step=request.form.get("next_step", ""),
            by=current(),
        )
    except Incomplete as problem:
        return _page(patient, {problem.field: str(problem)}), 422
    flash(f"{len(written)} letter{'' if len(written) == 1 else 's'} written.", "success")
    return redirect(url_for(".letters", patient_id=patient_id))


def _patient(patient_id: int) -> Patient:
    patient: Patient = db.first_or_404(select(Patient).where(Patient.id == patient_id))
    return patient


def _page(patient: Patient, errors: dict[str, str]) -> str:
    rows = []
    for letter in letters.of_patient(patient.id):
        way = letters_reading.way_of(letter)
        rows.append((letter, way, letters_sending.practice_name(way) if way else "the practice"))
    found = letters.missed(patient.id)
    return render_template(
        "desk/patient_letters.html",
        patient=patient,
        rows=rows,
        title_of=letters_words.title,
        news=letters_words.NEWS,
        missed=letter_words.days(found.dates) if found else None,
        reached=list(letters.REACHED.items()),
        typed=request.form,
        errors=errors,
    )
