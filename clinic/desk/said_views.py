"""The page where a complaint, a concern or a compliment is written down while it is fresh (F42)."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.desk import said
from clinic.patients import queries as patients
from clinic.viewer import current

bp = Blueprint("said", __name__, template_folder="templates")


@bp.get("/patients/<int:patient_id>/said")
@requires(Permission.SEE_PATIENT)
def page(patient_id: int) -> ResponseReturnValue:
    return _page(patient_id, {}, {})


@bp.post("/patients/<int:patient_id>/said")
@requires(Permission.SEE_PATIENT)
def write_down(patient_id: int) -> ResponseReturnValue:
    patient, form = patients.find(patient_id) or abort(404), request.form
    errors = {} if form.get("kind") in said.KINDS else {"kind": "Choose what it is"}
    if not form.get("words", "").strip():
        errors["words"] = "Write what was said, in their words"
    if errors:
        return _page(patient_id, form, errors), 422
    said.heard(patient=patient, kind=form["kind"], words=form["words"], by=current())
    flash("It is written down, and somebody must answer it: see Calls and alerts.", "success")
    return redirect(url_for("desk.patient", patient_id=patient_id))


def _page(patient_id: int, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "desk/said.html",
        patient=patients.find(patient_id) or abort(404),
        kinds=[(kind, *words) for kind, words in said.KINDS.items()],
        typed=typed,
        errors=errors,
    )
