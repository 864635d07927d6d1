"""The desk's pages: home by role, search, the patient's page and what staff record from it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires, signed_in
from clinic.access.permissions import Permission
from clinic.desk import care, ending, forms, letter_pages, link, many, patient_page, said_views, settings
from clinic.desk import home as day
from clinic.extensions import now
from clinic.patients import queries as patients
from clinic.patients import services as patient_services
from clinic.patients.identity import BadIdentity
from clinic.viewer import current

bp = Blueprint("desk", __name__, template_folder="templates")
blueprints = (bp, care.bp, link.bp, many.bp, letter_pages.bp, settings.bp, ending.bp, said_views.bp)
WEEK = timedelta(days=7)


@bp.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """Each role starts from what needs it now."""
    viewer = current()
    if viewer.role == "referrer":
        return redirect(url_for("referrals.mine"))
    if viewer.role == "admin":
        return redirect(url_for("people.users"))
    assert viewer.clinic_id is not None
    today = access.local(viewer.clinic_id, now()).date()
    if viewer.role == "instructor":
        sessions = day.sessions_between(today, today + WEEK, instructor_id=viewer.id)
        return render_template("desk/instructor.html", sessions=sessions, day=today)
    return render_template("desk/home.html", home=day.for_staff(viewer.clinic_id, now()), day=today)


@bp.get("/search")
@requires(Permission.SEE_PATIENT)
def search() -> ResponseReturnValue:
    return render_template("desk/search.html", typed={}, errors={}, found=None)


@bp.post("/search")
@requires(Permission.SEE_PATIENT)
def search_post() -> ResponseReturnValue:
    """By POST, so that no name or number stands in an address or a log."""
    words = request.form.get("words", "").strip()
    if len(words) < 3:
        errors = {"words": "Enter an NHS number, a phone number, or at least 3 letters of the surname"}
        page = render_template("desk/search.html", typed={"words": words}, errors=errors, found=None)
        return page, 422
    found = patients.search(words)
    return render_template("desk/search.html", typed={"words": words}, errors={}, found=found)


@bp.get("/patients/<int:patient_id>")
@requires(Permission.SEE_PATIENT)
def patient(patient_id: int) -> ResponseReturnValue:
    page = patient_page.read(patient_id, by=current())
    if page.patient.merged_into_id is not None:  # the same person, under the record that was kept
        return redirect(url_for(".patient", patient_id=page.patient.merged_into_id))
    return _page(page, {})


@bp.post("/patients/<int:patient_id>/death")
@requires(Permission.SEE_PATIENT)
def record_death(patient_id: int) -> ResponseReturnValue:
    """Texts, seats, offers and links end in one transaction (F7)."""
    page = patient_page.read(patient_id, by=current())
    today = access.local(page.patient.clinic_id, now()).date()
    source = request.form.get("source", "").strip()
    errors: dict[str, str] = {}
    try:
        on = forms.whole_date(request.form, "died", today=today)
    except ValueError as problem:
        errors["died"] = str(problem)
    if not source:
        errors["source"] = "Enter who told us"
    if errors:
        return _page(page, errors), 422
    patient_services.record_death(patient=page.patient, on=on, source=source, by=current())
    flash("The death is recorded. Nothing more will be sent, and every seat is free again.", "success")
    return redirect(url_for(".patient", patient_id=patient_id))


@bp.post("/patients/<int:patient_id>/death/mistake")
@requires(Permission.ASSESS)
def take_back_death(patient_id: int) -> ResponseReturnValue:
    """A physiotherapist takes back a death recorded by mistake (F7)."""
    page = patient_page.read(patient_id, by=current())
    patient_services.take_back_death(patient=page.patient, by=current())
    flash("Taken back. Seats, offers and links are made anew by hand.", "success")
    return redirect(url_for(".patient", patient_id=patient_id))


@bp.post("/patients/<int:patient_id>/contacts")
@requires(Permission.SEE_PATIENT)
def add_number(patient_id: int) -> ResponseReturnValue:
    """A number given on the phone is confirmed and becomes the main one (F9)."""
    page = patient_page.read(patient_id, by=current())
    carer = request.form.get("carer_name", "").strip()
    try:
        patient_services.add_phone(
            patient=page.patient,
            number=request.form.get("number", ""),
            carer={"name": carer, "relationship": request.form.get("relationship", "").strip()}
            if carer
            else None,
            confirmed_source="phone call",
            by=current(),
        )
    except BadIdentity as problem:
        return _page(page, {"number": str(problem)}), 422
    flash("The number is added and confirmed.", "success")
    return redirect(url_for(".patient", patient_id=patient_id))


@bp.post("/patients/<int:patient_id>/link")
@requires(Permission.SEE_PATIENT)
def make_link(patient_id: int) -> ResponseReturnValue:
    """A personal page or calendar for them or their main contact; the address is shown once."""
    purpose = request.form.get("purpose", "")
    if purpose not in link.ENDPOINTS:
        abort(404)
    page = patient_page.read(patient_id, by=current())
    token = patient_services.make_link(patient=page.patient, purpose=purpose, by=current())
    address = url_for(link.ENDPOINTS[purpose], token=token, _external=True)
    return render_template("desk/link_made.html", page=page, address=address, purpose=purpose)


@bp.post("/patients/<int:patient_id>/links/end")
@requires(Permission.SEE_PATIENT)
def revoke_links(patient_id: int) -> ResponseReturnValue:
    page = patient_page.read(patient_id, by=current())
    patient_services.revoke_links(patient=page.patient, by=current())
    flash("Every address given so far has ended.", "success")
    return redirect(url_for(".patient", patient_id=patient_id))


def _page(page: patient_page.PatientPage, errors: dict[str, str]) -> str:
    typed = request.form if errors else {}
    return render_template("desk/patient.html", page=page, errors=errors, typed=typed)
