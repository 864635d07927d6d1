"""Changing one session: cancelled, moved, or short of staff; the impact is shown before the confirm."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import impact, one_session, queries
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.models import ClassSession
from clinic.classes.views.blueprint import ROLES, bp
from clinic.classes.views.classes import clock
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/sessions/<int:session_id>/change")
@requires(Permission.CHANGE_TIMETABLE)
def change_session(session_id: int) -> ResponseReturnValue:
    """What would happen to whom, and the three changes."""
    return _page(_session(session_id), {}, {})


@bp.post("/sessions/<int:session_id>/cancel")
@requires(Permission.CHANGE_TIMETABLE)
def cancel_session(session_id: int) -> ResponseReturnValue:
    session = _session(session_id)
    if not request.form.get("sure"):
        return _page(session, request.form, {"sure": "Tick that everybody may be told"}), 422
    try:
        freed = one_session.cancel(session_id=session_id, reason="cancelled", by=current(), now=now())
    except (SessionIsOver, BadTimetable) as problem:
        return _page(session, request.form, {"sure": str(problem)}), 422
    flash(f"Cancelled. {len(freed)} people are told by text, or are on the call list.", "success")
    return redirect(url_for("classes.session", session_id=session_id))


@bp.post("/sessions/<int:session_id>/move")
@requires(Permission.CHANGE_TIMETABLE)
def move_session(session_id: int) -> ResponseReturnValue:
    session = _session(session_id)
    errors: dict[str, str] = {}
    on, wall_time = typed_date(request.form), clock(request.form.get("wall_time", ""))
    venue = request.form.get("venue_id", "")
    if on is None:
        errors["on"] = "Enter a day, month and year"
    if wall_time is None:
        errors["wall_time"] = "Enter a time such as 10:30"
    if not venue.isdigit():
        errors["venue_id"] = "Choose a venue"
    if on and wall_time and not errors:
        try:
            orphaned = one_session.move(
                session_id=session_id,
                on=on,
                wall_time=wall_time,
                venue_id=int(venue),
                by=current(),
                now=now(),
            )
        except (SessionIsOver, BadTimetable) as problem:
            errors["on"] = str(problem)
        else:
            left = f" {len(orphaned)} have another class that day: ring them." if orphaned else ""
            flash(f"Moved. Everybody is told, with a new reminder.{left}", "success")
            return redirect(url_for("classes.session", session_id=session_id))
    return _page(session, request.form, errors), 422


@bp.post("/sessions/<int:session_id>/staffing")
@requires(Permission.CHANGE_TIMETABLE)
def staff_session(session_id: int) -> ResponseReturnValue:
    session = _session(session_id)
    roles = [role for role, _ in ROLES for _ in range(_count(request.form.get(role, "0")))]
    over = one_session.set_staffing(session_id=session_id, staffing=roles, by=current(), now=now())
    words = f" {len(over)} are over: a task is open." if over else ""
    flash(f"Seats for this session: {queries.session(session.id).capacity}.{words}", "success")
    return redirect(url_for("classes.session", session_id=session_id))


def _session(session_id: int) -> ClassSession:
    return queries.find_session(session_id) or abort(404)


def _page(session: ClassSession, typed: Any, errors: dict[str, str]) -> str:
    return render_template(
        "classes/change_session.html",
        session=session,
        told=impact.of_session(session.id),
        venues=[(venue.id, venue.name) for venue in queries.venues(session.clinic_id)],
        roles=ROLES,
        typed=typed,
        errors=errors,
    )


def typed_date(form: Any) -> date | None:
    """The three fields of a date called `on`; None when they are no date."""
    try:
        return date(*(int(form.get(f"on-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def _count(typed: str) -> int:
    return min(9, int(typed)) if typed.isdigit() else 0
