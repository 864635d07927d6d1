"""The session page: roster and register, one tap a person; an instructor sees their own sessions only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import one_session, places, queries, register, roster
from clinic.classes.errors import NeedsAssessment, SessionIsOver
from clinic.classes.models import ClassSession, Place
from clinic.classes.register import NotEverybody, NotYet, RegisterIsClosed, Tap
from clinic.classes.views.blueprint import OUTCOMES, bp
from clinic.extensions import now
from clinic.viewer import current

INCIDENTS = (
    ("fall", "Fall"),
    ("chest_pain", "Chest pain"),
    ("collapse", "Collapse"),
    ("new_back_pain", "New back pain"),
)
SYMPTOMS = {"yes": True, "no": False, "": None}
REASONS = (
    ("wrong_tap", "A wrong tap"),
    ("late_news", "News came later"),
    ("wrong_person", "The wrong person"),
)


@bp.get("/sessions/<int:session_id>", endpoint="session")
@requires(Permission.TAKE_REGISTER)
def session_page(session_id: int) -> ResponseReturnValue:
    """Roster, register and emergency contacts of one session."""
    return _page(_own(session_id), {}, {})


@bp.post("/places/<int:place_id>/tick")
@requires(Permission.TAKE_REGISTER)
def tick(place_id: int) -> ResponseReturnValue:
    """One tap; the tablet's script asks for JSON and sends the device's own time."""
    place = _own_place(place_id)
    try:
        tap = _tap(place)
        because = request.form.get("because")
        said = register.tick(tap=tap, by=current(), now=now(), unassessed_because=because)
    except (NeedsAssessment, NotYet, RegisterIsClosed) as problem:
        return _refused(place, problem.text)
    except ValueError:
        return _refused(place, "That is not one of the answers.")
    if _wants_json():
        return jsonify(result=said)
    return redirect(_row(place))


@bp.post("/places/<int:place_id>/cannot-come")
@requires(Permission.OFFER_SEAT)
def cannot_come(place_id: int) -> ResponseReturnValue:
    """Said by telephone: this one session is freed and handed on."""
    place = _own_place(place_id)
    try:
        places.cannot_come(place_id=place_id, by=current(), now=now())
        flash("This session is freed; a weekly place stays. The seat goes to who is next.", "success")
    except SessionIsOver as problem:
        flash(problem.text, "error")
    return redirect(url_for("classes.session", session_id=place.session_id))


@bp.get("/places/<int:place_id>/incident")
@requires(Permission.TAKE_REGISTER)
def incident(place_id: int) -> ResponseReturnValue:
    return _incident_page(_own_place(place_id), {}, {})


@bp.post("/places/<int:place_id>/incident")
@requires(Permission.TAKE_REGISTER)
def incident_post(place_id: int) -> ResponseReturnValue:
    """What happened, what was done, who was told: texts and classes rest until somebody has looked (F18)."""
    place, form = _own_place(place_id), request.form
    wanted = (("done", "Enter what was done"), ("told", "Enter who was told"))
    errors = {name: words for name, words in wanted if not form.get(name, "").strip()}
    if form.get("kind") not in dict(INCIDENTS):
        errors["kind"] = "Choose what happened"
    if errors:
        return _incident_page(place, form, errors), 422
    try:
        register.incident(
            place_id=place_id,
            kind=form["kind"],
            what_was_done=form["done"].strip(),
            told=form["told"].strip(),
            by=current(),
            now=now(),
        )
    except (NotYet, RegisterIsClosed) as problem:
        return _incident_page(place, form, {"kind": problem.text}), 422
    flash("Recorded. An alert is open; texts and classes rest until somebody has looked.", "success")
    return redirect(_row(place))


@bp.post("/sessions/<int:session_id>/close")
@requires(Permission.TAKE_REGISTER)
def close_register(session_id: int) -> ResponseReturnValue:
    session = _own(session_id)
    try:
        register.close(session_id=session_id, by=current(), now=now())
    except NotEverybody as problem:
        return _page(session, {}, {f"place-{i}": problem.text for i in problem.place_ids[:1]}), 422
    except NotYet:
        return _page(session, {}, {"close": "The register can be closed once the session has begun"}), 422
    flash("The register is closed: everybody has an outcome.", "success")
    return redirect(url_for("classes.session", session_id=session_id))


@bp.post("/sessions/<int:session_id>/reopen")
@requires(Permission.TAKE_REGISTER)
def reopen_register(session_id: int) -> ResponseReturnValue:
    session, reason = _own(session_id), request.form.get("reason", "")
    if reason not in dict(REASONS):
        return _page(session, {}, {"reason": "Choose why the register is opened again"}), 422
    register.reopen(session_id=session_id, reason=reason, by=current(), now=now())
    return redirect(url_for("classes.session", session_id=session_id))


def _own(session_id: int) -> ClassSession:
    """The session, if this viewer may see it: an instructor's own, or any of the clinic for the others."""
    session = queries.find_session(session_id) or abort(404)
    if current().role == "instructor" and session.instructor_id != current().id:
        abort(404)
    return session


def _own_place(place_id: int) -> Place:
    place = queries.find_place(place_id) or abort(404)
    _own(place.session_id)
    return place


def _tap(place: Place) -> Tap:
    """Without a script the moment of arrival counts; the last of two taps then wins, as people expect."""
    field = "symptoms" if "symptoms" in request.form else "outcome"
    value: object = request.form.get(field, "")
    if field == "symptoms":
        if value not in SYMPTOMS:
            raise ValueError(field)
        value = SYMPTOMS[str(value)]
    device = request.form.get("device", "")[:40] or "page"
    return Tap(place.id, field, value, device, _moment(request.form.get("device_at", "")))


def _moment(typed: str) -> datetime:
    """The device's time; one from the future counts as now."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return now()
    return min(at, now()) if at.tzinfo else min(at.replace(tzinfo=UTC), now())


def _refused(place: Place, words: str) -> ResponseReturnValue:
    if _wants_json():
        return jsonify(problem=words), 422
    flash(words, "error")
    return redirect(_row(place))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _row(place: Place) -> str:
    return url_for("classes.session", session_id=place.session_id, _anchor=f"place-{place.id}")


def _incident_page(place: Place, typed: Any, errors: dict[str, str]) -> str:
    return render_template(
        "classes/incident.html",
        place=place,
        patient=queries.patient_of(place),
        incidents=INCIDENTS,
        typed=typed,
        errors=errors,
    )


def _page(session: ClassSession, typed: dict[str, str], errors: dict[str, str]) -> str:
    found = roster.of_session(session)
    over = one_session.those_over(session, [row.place for row in (*found.expected, *found.held)])
    return render_template(
        "classes/session.html",
        roster=found,
        over={place.id for place in over},
        opens=session.starts_at - register.OPENS_BEFORE,
        open_now=session.starts_at - register.OPENS_BEFORE <= now(),
        outcomes=OUTCOMES,
        reasons=REASONS,
        typed=typed,
        errors=errors,
    )
