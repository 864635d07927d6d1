"""Pages about the person herself: two records that may be one, her practice, what she agreed to."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic import audit
from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now, transaction
from clinic.patients import (
    apart,
    consents,
    duplicates,
    merge,
    needs_views,
    numbers_views,
    queries,
    registrations,
    services,
)
from clinic.patients.models import Patient
from clinic.viewer import Viewer, current

bp = Blueprint("patients", __name__, template_folder="templates")
blueprints = (bp, needs_views.bp, numbers_views.bp)
ANOTHER = "another"
GIVEN = {"yes": True, "no": False}


@bp.get("/duplicates")
@requires(Permission.MERGE_PATIENTS)
def pairs() -> ResponseReturnValue:
    names = {one.id: one.name for one in access.staff_of(current().clinic_id or 0)}
    return render_template(
        "patients/pairs.html", pairs=duplicates.of_clinic(), apart=apart.standing(), names=names
    )


@bp.get("/patients/<int:kept_id>/same-as/<int:gone_id>")
@requires(Permission.MERGE_PATIENTS)
def side_by_side(kept_id: int, gone_id: int) -> ResponseReturnValue:
    return _both_page(kept_id, gone_id, {})


@bp.post("/patients/<int:kept_id>/same-as/<int:gone_id>")
@requires(Permission.MERGE_PATIENTS)
def merge_two(kept_id: int, gone_id: int) -> ResponseReturnValue:
    try:
        merge.merge(kept_id=kept_id, gone_id=gone_id, reason=request.form.get("reason", ""), by=current())
    except merge.CannotMerge as problem:
        return _both_page(kept_id, gone_id, {"reason": str(problem)}), 422
    flash("One record now. Everything of the other one is on this page; it can be undone here.", "success")
    return redirect(url_for("desk.patient", patient_id=kept_id))


@bp.post("/patients/<int:first_id>/not-same-as/<int:second_id>")
@requires(Permission.MERGE_PATIENTS)
def tell_apart(first_id: int, second_id: int) -> ResponseReturnValue:
    both = [_read(patient_id, current()) for patient_id in (first_id, second_id)]
    try:
        apart.tell_apart(
            first_id=first_id,
            second_id=second_id,
            why=duplicates.of_two(*both),
            reason=request.form.get("apart", ""),
            by=current(),
        )
    except apart.CannotTellApart as problem:
        return _both_page(first_id, second_id, {"apart": str(problem)}), 422
    flash("Two people. They are not shown again unless something more speaks for one person.", "success")
    return redirect(url_for(".pairs"))


@bp.post("/duplicates/<int:row_id>/take-back")
@requires(Permission.MERGE_PATIENTS)
def show_again(row_id: int) -> ResponseReturnValue:
    if row_id not in {one.row.id for one in apart.standing()}:
        abort(404)
    apart.take_back(row_id=row_id, by=current())
    flash("The two are shown as possible duplicates again.", "success")
    return redirect(url_for(".pairs"))


@bp.post("/patients/<int:patient_id>/merges/<int:merge_id>/undo")
@requires(Permission.MERGE_PATIENTS)
def undo(patient_id: int, merge_id: int) -> ResponseReturnValue:
    _read(patient_id, current())
    try:
        merge.unmerge(merge_id=merge_id, reason=request.form.get(f"undo_reason-{merge_id}", ""), by=current())
    except merge.CannotMerge as problem:
        return _about_page(patient_id, {f"undo_reason-{merge_id}": str(problem)}), 422
    flash("Two records again, each with what it had.", "success")
    return redirect(url_for(".about", patient_id=patient_id))


@bp.get("/patients/<int:patient_id>/about")
@requires(Permission.SEE_PATIENT)
def about(patient_id: int) -> ResponseReturnValue:
    return _about_page(patient_id, {})


@bp.post("/patients/<int:patient_id>/practice")
@requires(Permission.SEE_PATIENT)
def change_practice(patient_id: int) -> ResponseReturnValue:
    patient, errors = _read(patient_id, current()), {}
    chosen, name = request.form.get("practice", ""), request.form.get("practice_name", "").strip()
    known = {str(one.id): one.id for one in access.organisations_of(patient.clinic_id)}
    if chosen != ANOTHER and chosen not in known:
        errors["practice"] = "Choose the practice"
    if chosen == ANOTHER and not name:
        errors["practice_name"] = "Enter the name of the practice"
    on = _day("practice_on", patient, errors)
    if errors or on is None:
        return _about_page(patient_id, errors), 422
    registrations.change_practice(
        patient=patient, organisation_id=known.get(chosen), practice_name=name or None, on=on, by=current()
    )
    flash("The practice is changed. The old one sees nothing from that date on.", "success")
    return redirect(url_for(".about", patient_id=patient_id))


@bp.post("/patients/<int:patient_id>/consent")
@requires(Permission.SEE_PATIENT)
def consent(patient_id: int) -> ResponseReturnValue:
    patient, kind = _read(patient_id, current()), request.form.get("kind", "")
    given, by_whom = request.form.get(f"{kind}_given", ""), request.form.get(f"{kind}_by", "").strip()
    if kind not in consents.KINDS:
        abort(404)
    errors = {} if given in GIVEN else {f"{kind}_given": "Choose yes or no"}
    if not by_whom:
        errors[f"{kind}_by"] = "Enter who said so"
    if errors:
        return _about_page(patient_id, errors), 422
    services.consent(patient=patient, kind=kind, given=GIVEN[given], given_by=by_whom[:40], by=current())
    flash("It is recorded, with you and today's date.", "success")
    return redirect(url_for(".about", patient_id=patient_id))


@bp.post("/patients/<int:patient_id>/capacity")
@requires(Permission.SEE_PATIENT)
def capacity(patient_id: int) -> ResponseReturnValue:
    patient = _read(patient_id, current())
    try:
        consents.record_capacity(
            patient=patient,
            decides=request.form.get("decides", ""),
            named=request.form.get("named"),
            covers=request.form.get("covers"),
            by=current(),
        )
    except consents.NobodyNamed as problem:
        return _about_page(patient_id, {problem.field: str(problem)}), 422
    flash("It is recorded, with you and today's date.", "success")
    return redirect(url_for(".about", patient_id=patient_id))


def _day(name: str, patient: Patient, errors: dict[str, str]) -> date | None:
    """A whole date of three boxes, today or before; today when nothing is typed."""
    today = access.local(patient.clinic_id, now()).date()
    parts = [request.form.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return today
    try:
        day = date(*(int(part) for part in parts))
    except ValueError:
        errors[name] = "Enter a real date"
        return None
    if day > today:
        errors[name] = "The date is in the future"
    return day


@transaction()
def _read(patient_id: int, by: Viewer) -> Patient:
    """The patient, and that somebody read whom the record is about."""
    patient = queries.find(patient_id) or abort(404)
    audit.record("patient.read", by=by, about=patient)
    return patient


def _both_page(kept_id: int, gone_id: int, errors: dict[str, str]) -> str:
    both = [_read(patient_id, current()) for patient_id in (kept_id, gone_id)]
    return render_template(
        "patients/side_by_side.html",
        kept=both[0],
        gone=both[1],
        contacts={one.id: queries.contacts(one.id) for one in both},
        records={one.id: merge.records_of(one.id) for one in both},
        typed=request.form,
        errors=errors,
    )


def _about_page(patient_id: int, errors: dict[str, str]) -> str:
    patient = _read(patient_id, current())
    practices = access.organisations_of(patient.clinic_id)
    return render_template(
        "patients/about.html",
        patient=patient,
        practices=practices,
        names={one.id: one.name for one in practices},
        history=registrations.history(patient_id),
        consents=consents.newest(patient_id),
        capacity=consents.capacity_of(patient_id),
        merged=merge.merged_into(patient_id),
        pairs=duplicates.of_patient(patient),
        typed=request.form,
        errors=errors,
    )
