"""The session page: roster and register, one tap a person; an instructor sees their own sessions only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import one_session, places, queries, register, roster, walk_ins
from clinic.classes.errors import NeedsAssessment, SessionIsOver
from clinic.classes.models import ClassSession, Place, SessionState
from clinic.classes.register import NotEverybody, NotYet, RegisterIsClosed, Tap
from clinic.classes.views.blueprint import INCIDENTS, OUTCOMES, bp
from clinic.extensions import now
from clinic.patients import numbers
from clinic.viewer import current

SYMPTOMS = {"yes": True, "no": False, "": None}
BESIDE = ("tick", "incident", "exercises", "death", "cannot_come", "take_off", "number")
ANSWERS: dict[object, str] = {
    **dict(OUTCOMES),
    "expected": "Not said",
    True: "Yes",
    False: "No",
    None: "Not asked",
}
REASONS = (
    ("wrong_tap", "A wrong tap"),
    ("late_news", "News came later"),
    ("wrong_person", "The wrong person"),
    ("other", "Another reason"),
)


@dataclass(frozen=True, slots=True)
class Everybody:
    """What is the same for each person of a page, worked out once: addresses, words, who is over."""

    tick: str
    incident: str
    exercises: str
    death: str
    cannot_come: str
    take_off: str
    number: str
    patient: str
    role: str
    early: bool
    over: frozenset[int]
    ask_after: timedelta
    outcomes: tuple[tuple[str, str], ...] = OUTCOMES
    incidents: tuple[tuple[str, str], ...] = INCIDENTS
    walked_in: str = walk_ins.WALKED_IN
    answers: Mapping[object, str] = field(default_factory=lambda: ANSWERS)


@bp.get("/sessions/<int:session_id>", endpoint="session")
@requires(Permission.TAKE_REGISTER)
def session_page(session_id: int) -> ResponseReturnValue:
    """Roster, register and emergency contacts of one session."""
    return _page(own_session(session_id), {}, {})


@bp.post("/places/<int:place_id>/tick")
@requires(Permission.TAKE_REGISTER)
def tick(place_id: int) -> ResponseReturnValue:
    """One tap; the tablet's script asks for JSON and sends the device's own time."""
    place = own_place(place_id)
    try:
        tap = _tap(place)
        because = request.form.get("because")
        said = register.tick(tap=tap, by=current(), now=now(), unassessed_because=because)
    except (NeedsAssessment, NotYet, RegisterIsClosed) as problem:
        return refused(place, problem.text)
    except ValueError:
        return refused(place, "That is not one of the answers.")
    if wants_json():
        return jsonify(result=said, differs=bool(place.conflict))
    return redirect(row_of(place))


@bp.post("/places/<int:place_id>/cannot-come")
@requires(Permission.OFFER_SEAT)
def cannot_come(place_id: int) -> ResponseReturnValue:
    """Said by telephone: this one session is freed and handed on."""
    place = own_place(place_id)
    try:
        places.cannot_come(place_id=place_id, by=current(), now=now())
        flash("This session is freed; a weekly place stays. The seat goes to who is next.", "success")
    except SessionIsOver as problem:
        flash(problem.text, "error")
    return redirect(url_for("classes.session", session_id=place.session_id))


@bp.post("/sessions/<int:session_id>/close")
@requires(Permission.TAKE_REGISTER)
def close_register(session_id: int) -> ResponseReturnValue:
    session = own_session(session_id)
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
    session, typed = own_session(session_id), request.form
    errors = {}
    if typed.get("reason") not in dict(REASONS):
        errors["reason"] = "Choose why the register is opened again"
    if not typed.get("note", "").strip():
        errors["note"] = "Write what is wrong in the register"
    if errors:
        return _page(session, typed, errors), 422
    register.reopen(
        session_id=session_id, reason=typed["reason"], note=typed["note"], by=current(), now=now()
    )
    flash("The register is open again.", "success")
    return redirect(url_for("classes.session", session_id=session_id))


def own_session(session_id: int) -> ClassSession:
    """The session, if this viewer may see it: an instructor's own, or any of the clinic for the others."""
    session = queries.find_session(session_id) or abort(404)
    if current().role == "instructor" and current().id not in (session.instructor_id, session.second_id):
        abort(404)
    return session


def own_place(place_id: int) -> Place:
    place = queries.find_place(place_id) or abort(404)
    own_session(place.session_id)
    return place


def _tap(place: Place) -> Tap:
    """Without a script the moment of arrival counts; the last of two taps then wins, as people expect."""
    form = request.form
    field = next((name for name in ("symptoms", "load") if name in form), "outcome")
    was = _said(field, form["was"]) if "was" in form else register.UNSEEN
    device = form.get("device", "")[:40] or f"page-{current().id}"
    return Tap(
        place.id, field, _said(field, form.get(field, "")), device, moment_of(form.get("device_at", "")), was
    )


def _said(field: str, words: str) -> object:
    """What a button or a page says, as the register keeps it. Raises ValueError."""
    if field == "symptoms":
        if words not in SYMPTOMS:
            raise ValueError(field)
        return SYMPTOMS[words]
    return (words or None) if field == "load" else words


def moment_of(typed: str) -> datetime:
    """The device's time; one from the future counts as now."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return now()
    return min(at, now()) if at.tzinfo else min(at.replace(tzinfo=UTC), now())


def refused(place: Place, words: str) -> ResponseReturnValue:
    if wants_json():
        return jsonify(problem=words), 422
    flash(words, "error")
    return redirect(row_of(place))


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def row_of(place: Place) -> str:
    return url_for("classes.session", session_id=place.session_id, _anchor=f"place-{place.id}")


def _page(session: ClassSession, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    found = roster.of_session(session)
    opens = session.starts_at - register.OPENS_BEFORE
    return render_template(
        "classes/session.html",
        roster=found,
        page=_for_everybody(session, found, early=now() < opens),
        opens=opens,
        open_now=opens <= now(),
        reasons=REASONS,
        why=dict(REASONS),
        phone=access.clinic(session.clinic_id).phone,
        reopenings=register.reopenings(session),
        typed=typed,
        errors=errors,
    )


def _for_everybody(session: ClassSession, found: roster.Roster, *, early: bool) -> Everybody:
    over = one_session.those_over(session, [row.place for row in (*found.expected, *found.held)])
    addresses: dict[str, Any] = {name: _address(f"classes.{name}", "place_id") for name in BESIDE}
    return Everybody(
        **addresses,
        patient=_address("desk.patient", "patient_id"),
        role=current().role or "",
        early=early and session.state is SessionState.PLANNED,
        over=frozenset(place.id for place in over),
        ask_after=numbers.ask_after(session.clinic_id),
    )


def _address(endpoint: str, what: str) -> str:
    """The address of an endpoint with a hole where an id goes."""
    hole: dict[str, Any] = {what: 0}
    return url_for(endpoint, **hole).replace("/0", "/{}")
