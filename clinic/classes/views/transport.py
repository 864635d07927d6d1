"""A person's rides: which sessions have one, and booking or ending it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import transport
from clinic.classes.models import Place
from clinic.classes.views.blueprint import bp
from clinic.extensions import now
from clinic.patients import queries as patients
from clinic.viewer import current

FIELDS = ("booked_with", "reference", "pick_up", "way_back")


@bp.get("/patients/<int:patient_id>/rides")
@requires(Permission.OFFER_SEAT)
def rides(patient_id: int) -> ResponseReturnValue:
    patient = patients.find(patient_id) or abort(404)
    return render_template("classes/rides.html", patient=patient, rows=transport.coming(patient_id, now()))


@bp.get("/places/<int:place_id>/ride")
@requires(Permission.OFFER_SEAT)
def ride(place_id: int) -> ResponseReturnValue:
    place, row = transport.one(place_id) or abort(404)
    return _page(place, {name: getattr(row, name) or "" for name in FIELDS} if row else {}, {})


@bp.post("/places/<int:place_id>/ride")
@requires(Permission.OFFER_SEAT)
def book_ride(place_id: int) -> ResponseReturnValue:
    place = _find(place_id)
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        transport.book(place_id=place_id, by=current(), **typed)
    except transport.RideProblem as problem:
        return _page(place, typed, problem.errors), 422
    flash("Kept. If the session moves or is cancelled, a task will say so.", "success")
    return redirect(url_for(".rides", patient_id=place.patient_id))


@bp.post("/places/<int:place_id>/ride/cancel")
@requires(Permission.OFFER_SEAT)
def cancel_ride(place_id: int) -> ResponseReturnValue:
    place = _find(place_id)
    transport.cancel(place_id=place_id, by=current())
    flash("The ride is marked as cancelled.", "success")
    return redirect(url_for(".rides", patient_id=place.patient_id))


def _find(place_id: int) -> Place:
    return (transport.one(place_id) or abort(404))[0]


def _page(place: Place, typed: dict[str, str], errors: dict[str, str]) -> str:
    patient = patients.patient(place.patient_id)
    return render_template("classes/ride.html", place=place, patient=patient, typed=typed, errors=errors)
