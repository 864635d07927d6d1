"""Beside the register, one person at a time: an incident, exercises and load, a walk-in, a death heard of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission, may
from clinic.classes import heard, incidents, queries, roster, teaching, walk_ins
from clinic.classes.errors import CannotSeat
from clinic.classes.models import ClassSession, Incident, Place
from clinic.classes.register import NotYet, RegisterIsClosed
from clinic.classes.rules import held_back
from clinic.classes.rules.load import LOADS
from clinic.classes.views.blueprint import INCIDENTS, bp
from clinic.classes.views.register import moment_of, own_place, own_session, refused, row_of, wants_json
from clinic.extensions import now
from clinic.viewer import current

ENDS = tuple((end.value, words.capitalize()) for end, words in incidents.ENDS.items())
Words = Mapping[str, str]


@bp.post("/places/<int:place_id>/incident")
@requires(Permission.TAKE_REGISTER)
def incident(place_id: int) -> ResponseReturnValue:
    """One tap, kept by the tablet through a lost connection; what was done comes afterwards."""
    place, form = own_place(place_id), request.form
    try:
        found = incidents.record(
            place_id=place_id,
            kind=form.get("incident", ""),
            by=current(),
            now=now(),
            happened_at=moment_of(form.get("device_at", "")),
        )
    except (NotYet, RegisterIsClosed) as problem:
        return refused(place, problem.text)
    except ValueError:
        return refused(place, "Choose what happened.")
    there = url_for("classes.incident_page", incident_id=found)
    return jsonify(result="kept", next=there) if wants_json() else redirect(there)


@bp.get("/incidents/<int:incident_id>")
@requires(Permission.TAKE_REGISTER)
def incident_page(incident_id: int) -> ResponseReturnValue:
    return _incident_page(_own_incident(incident_id), {}, {})


@bp.post("/incidents/<int:incident_id>")
@requires(Permission.TAKE_REGISTER)
def describe_incident(incident_id: int) -> ResponseReturnValue:
    """What was done and who was told."""
    row, form = _own_incident(incident_id), request.form
    wanted = (("done", "Enter what was done"), ("told", "Enter who was told"))
    if errors := {name: words for name, words in wanted if not form.get(name, "").strip()}:
        return _incident_page(row, form, errors), 422
    try:
        incidents.describe(incident_id=row.id, done=form["done"], told=form["told"], by=current())
    except incidents.AlreadyClosed as problem:
        return _incident_page(row, form, {"done": problem.text}), 422
    flash("Kept. A physiotherapist closes the incident; until then classes and texts rest.", "success")
    return redirect(row_of(queries.place(row.place_id)))


@bp.post("/incidents/<int:incident_id>/close")
@requires(Permission.ASSESS)
def close_incident(incident_id: int) -> ResponseReturnValue:
    """A physiotherapist's outcome ends it; the practice is told."""
    row, form = _own_incident(incident_id), request.form
    if form.get("outcome") not in dict(ENDS):
        return _incident_page(row, form, {"outcome": "Choose what came of it"}), 422
    try:
        incidents.close(
            incident_id=row.id, outcome=form["outcome"], note=form.get("note", ""), by=current(), now=now()
        )
        flash("The incident is closed, and the practice is told what came of it.", "success")
    except incidents.AlreadyClosed as problem:
        flash(problem.text, "error")
    return redirect(url_for("classes.incident_page", incident_id=row.id))


@bp.post("/places/<int:place_id>/take-off")
@requires(Permission.TAKE_REGISTER)
def take_off(place_id: int) -> ResponseReturnValue:
    """The wrong person was added at the door."""
    place = own_place(place_id)
    if walk_ins.take_off(place_id=place_id, by=current(), now=now()):
        flash("Taken off the list.", "success")
    else:
        flash("Something is ticked for this person already. Undo that first.", "error")
    return redirect(url_for("classes.session", session_id=place.session_id))


@bp.get("/places/<int:place_id>/exercises")
@requires(Permission.TAKE_REGISTER)
def exercises(place_id: int) -> ResponseReturnValue:
    """What this person has been shown, may do and may not do yet, with the reason; and the load."""
    place = own_place(place_id)
    row = roster.row_of(place)
    return render_template(
        "classes/exercises.html",
        row=row,
        cell=teaching.cell_of(row.episode, place.local_date),
        shown=teaching.shown(row.episode),
        held=teaching.held_back_of(row.episode, place.local_date, row.gates),
        shut=held_back.closed(row.gates),
        gates=held_back.GATES,
        loads=(("", "Not written down"), *LOADS),
        typed={"load": place.load or ""},
    )


@bp.post("/places/<int:place_id>/exercises")
@requires(Permission.TAKE_REGISTER)
def teach(place_id: int) -> ResponseReturnValue:
    """Ticks of what was demonstrated today; a tick taken away is taken back (F5)."""
    place = own_place(place_id)
    teaching.set_shown(place_id=place.id, exercise_ids=request.form.getlist("shown"), by=current())
    flash("Kept: what was shown counts for the exercises at home.", "success")
    return redirect(row_of(place))


@bp.get("/sessions/<int:session_id>/walk-in")
@requires(Permission.TAKE_REGISTER)
def walk_in(session_id: int) -> ResponseReturnValue:
    return _walk_in_page(own_session(session_id), {}, {})


@bp.post("/sessions/<int:session_id>/walk-in")
@requires(Permission.TAKE_REGISTER)
def walk_in_post(session_id: int) -> ResponseReturnValue:
    """Somebody we know takes a free seat; a stranger is a task for the desk and does not exercise today."""
    session, form = own_session(session_id), request.form
    by, who = current(), form.get("who", "")
    if who == "stranger":
        if not form.get("said", "").strip():
            return _walk_in_page(session, form, {"said": "Write their name and a phone number"}), 422
        walk_ins.stranger(session_id=session.id, said=form["said"], by=by, now=now())
        flash("The desk rings them. They watch today: nobody exercises here unassessed.", "success")
        return redirect(url_for("classes.session", session_id=session.id))
    try:
        place_id = walk_ins.seat(
            session_id=session.id, episode_id=int(who) if who.isdigit() else 0, by=by, now=now()
        )
    except CannotSeat as problem:
        return _walk_in_page(session, form, {"who": problem.text}), 422
    except LookupError:
        return _walk_in_page(session, form, {"who": "Choose who has come"}), 422
    return redirect(row_of(queries.place(place_id)))


@bp.get("/places/<int:place_id>/death")
@requires(Permission.TAKE_REGISTER)
def death(place_id: int) -> ResponseReturnValue:
    return _death_page(own_place(place_id), {}, {})


@bp.post("/places/<int:place_id>/death")
@requires(Permission.TAKE_REGISTER)
def death_post(place_id: int) -> ResponseReturnValue:
    """Heard in class: everything to this person stops in one transaction (F7)."""
    place, form = own_place(place_id), request.form
    today = access.local(place.clinic_id, now()).date()
    errors = {} if form.get("source", "").strip() else {"source": "Enter who told you"}
    try:
        on = _day(form, today)
    except ValueError as problem:
        errors = {"died": str(problem), **errors}
    if errors:
        return _death_page(place, form, errors), 422
    heard.death(place_id=place.id, on=on, source=form["source"].strip()[:40], by=current(), now=now())
    flash("The death is recorded. Nothing more will be sent, and every seat is free again.", "success")
    return redirect(url_for("classes.session", session_id=place.session_id))


@bp.post("/places/<int:place_id>/number")
@requires(Permission.TAKE_REGISTER)
def number(place_id: int) -> ResponseReturnValue:
    """Asked while they are here whether we still have the right number (F9)."""
    place, right = own_place(place_id), request.form.get("right") == "yes"
    try:
        contact_id = int(request.form.get("contact", ""))
        heard.number(place_id=place.id, contact_id=contact_id, right=right, by=current(), now=now())
    except (LookupError, ValueError):
        abort(404)
    flash("The number is confirmed." if right else "The desk asks for the new number.", "success")
    return redirect(row_of(place))


def _day(form: Words, today: date) -> date:
    try:
        day = date(*(int(form.get(f"died-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        raise ValueError("Enter the day, month and year") from None
    if day > today:
        raise ValueError("The date is in the future")
    return day


def _own_incident(incident_id: int) -> Incident:
    row = incidents.find(incident_id) or abort(404)
    own_place(row.place_id)
    return row


def _incident_page(row: Incident, typed: Words, errors: dict[str, str]) -> str:
    place = queries.place(row.place_id)
    given = {"done": row.done or "", "told": row.told or ""}
    return render_template(
        "classes/incident.html",
        incident=row,
        what=dict(INCIDENTS)[row.kind],
        place=place,
        patient=queries.patient_of(place),
        came_of_it=incidents.ENDS[row.outcome] if row.outcome else "",
        may_close=may(current().role, Permission.ASSESS),
        ends=ENDS,
        typed={**given, **typed},
        errors=errors,
    )


def _walk_in_page(session: ClassSession, typed: Words, errors: dict[str, str]) -> str:
    found = walk_ins.candidates(session, current())
    people = [(str(one.id), one.patient.full_name) for one in found]
    return render_template("classes/walk_in.html", session=session, people=people, typed=typed, errors=errors)


def _death_page(place: Place, typed: Words, errors: dict[str, str]) -> str:
    patient = queries.patient_of(place)
    return render_template("classes/death.html", place=place, patient=patient, typed=typed, errors=errors)
