"""The page where a person's access needs are written down (F19)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.patients import needs, queries
from clinic.patients.models import Patient
from clinic.viewer import current

bp = Blueprint("needs", __name__, template_folder="templates")


@bp.get("/patients/<int:patient_id>/needs")
@requires(Permission.SEE_PATIENT)
def page(patient_id: int) -> ResponseReturnValue:
    row = _find(patient_id)
    kept = row.needs or {}
    return _page(row, {**kept, "needs": [name for name, _ in needs.TICKS if kept.get(name)]}, {})


@bp.post("/patients/<int:patient_id>/needs")
@requires(Permission.SEE_PATIENT)
def record(patient_id: int) -> ResponseReturnValue:
    row = _find(patient_id)
    typed = {**request.form.to_dict(), "needs": request.form.getlist("needs")}
    try:
        needs.record(patient=row, typed=typed, by=current())
    except needs.NeedsProblem as problem:
        return _page(row, typed, problem.errors), 422
    flash("Kept. It is shown wherever this person is met.", "success")
    return redirect(url_for("desk.patient", patient_id=patient_id))


def _find(patient_id: int) -> Patient:
    return queries.find(patient_id) or abort(404)


def _page(row: Patient, typed: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "patients/needs.html",
        patient=row,
        ticks=needs.TICKS,
        transport=needs.TRANSPORT_WORDS,
        typed=typed,
        errors=errors,
    )
