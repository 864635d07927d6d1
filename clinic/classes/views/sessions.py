"""Changing one session: moved, cancelled, covered, merged; the impact is shown before the confirm."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import cancelling, cover, impact, merging, moving, one_session, queries
from clinic.classes.errors import BadTimetable, SessionIsOver
from clinic.classes.merging import Merge
from clinic.classes.models import ClassSession
from clinic.classes.moving import Move
from clinic.classes.views.blueprint import ROLES, bp
from clinic.classes.views.classes import clock
from clinic.classes.views.two_steps import date_of, number, said, two_steps
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/sessions/<int:session_id>/change")
@requires(Permission.CHANGE_TIMETABLE)
def change_session(session_id: int) -> ResponseReturnValue:
    """What would happen to whom, and the changes."""
    return _page(_session(session_id), {}, {})


@bp.post("/sessions/<int:session_id>/cancel")
@requires(Permission.CHANGE_TIMETABLE)
def cancel_session(session_id: int) -> ResponseReturnValue:
    """The page before shows who is told; its fingerprint comes with the tick."""
    session, form = _session(session_id), request.form
    if not form.get("sure"):
        return _page(session, form, {"sure": "Tick that everybody may be told"}), 422
    try:
        freed = one_session.cancel(
            session_id=session_id, reason="cancelled", by=current(), now=now(), seen=form.get("seen", "")
        )
    except impact.ImpactChanged as changed:
        return _page(session, form, {"sure": changed.text}), 409
    except (SessionIsOver, BadTimetable) as problem:
        return _page(session, form, {"sure": str(problem)}), 422
    flash(f"Cancelled. {len(freed)} people are told by text, or are on the call list.", "success")
    return redirect(url_for("classes.session", session_id=session_id))


@bp.post("/sessions/<int:session_id>/move")
@requires(Permission.CHANGE_TIMETABLE)
def move_session(session_id: int) -> ResponseReturnValue:
    """Another day, time or venue for this date."""
    session, form, errors = _session(session_id), request.form, {}
    on, wall_time = typed_date(form), clock(form.get("wall_time", ""))
    venue_id = number(form, "venue_id")
    if on is None:
        errors["on"] = "Enter a day, month and year"
    if wall_time is None:
        errors["wall_time"] = "Enter a time such as 10:30"
    if venue_id is None:
        errors["venue_id"] = "Choose a venue"
    if on is None or wall_time is None or venue_id is None:
        return _page(session, form, errors), 422
    asked = Move(session_id, on, wall_time, venue_id)

    def act(seen: str) -> tuple[str, str]:
        left = one_session.move(
            session_id=session_id,
            on=on,
            wall_time=wall_time,
            venue_id=venue_id,
            by=current(),
            now=now(),
            seen=seen,
        )
        words = f" {len(left)} have another class that day: ring them." if left else ""
        return f"Moved. Everybody is told, with a new reminder.{words}", _address(session_id)

    return two_steps(
        heading=f"Move {session.klass.name}",
        asked=f"To {said(on, 'day_words')} at {said(wall_time, 'clock_words')}. "
        "The weekly class stays as it is.",
        button="Move it and tell everybody",
        back=_change(session_id),
        look=lambda: moving.preview(asked, now()),
        act=act,
        again=lambda problem: _page(session, form, {"on": problem}),
    )


@bp.post("/sessions/<int:session_id>/staffing")
@requires(Permission.CHANGE_TIMETABLE)
def staff_session(session_id: int) -> ResponseReturnValue:
    session = _session(session_id)
    roles = [role for role, _ in ROLES for _ in range(min(9, number(request.form, role) or 0))]
    over = one_session.set_staffing(session_id=session_id, staffing=roles, by=current(), now=now())
    words = f" {len(over)} are over: a task is open." if over else ""
    flash(f"Seats for this session: {queries.session(session.id).capacity}.{words}", "success")
    return redirect(_address(session_id))


@bp.post("/sessions/<int:session_id>/cover")
@requires(Permission.CHANGE_TIMETABLE)
def cover_session(session_id: int) -> ResponseReturnValue:
    """Another colleague for this date."""
    session, form = _session(session_id), request.form
    staff_id, seat = number(form, "staff_id"), form.get("seat", "")
    if staff_id is None or seat not in ("lead", "second"):
        return _page(session, form, {"staff_id": "Choose who covers, and what they take over"}), 422
    try:
        over = cover.assign(session_id=session_id, seat=seat, staff_id=staff_id, by=current(), now=now())
    except (BadTimetable, SessionIsOver) as problem:
        return _page(session, form, {"staff_id": str(problem)}), 422
    words = f" {over} are still over: a task is open." if over else ""
    flash(f"{access.user(staff_id).name} is there for this session and is told by e-mail.{words}", "success")
    return redirect(_address(session_id))


@bp.post("/sessions/<int:session_id>/merge")
@requires(Permission.CHANGE_TIMETABLE)
def merge_session(session_id: int) -> ResponseReturnValue:
    """Its people go into another session of that day."""
    session, form = _session(session_id), request.form
    into_id = number(form, "into_id")
    into = queries.find_session(into_id) if into_id is not None else None
    if into is None:
        return _page(session, form, {"into_id": "Choose the session they go into"}), 422
    first = [int(one) for one in form.getlist("first") if one.isdigit()]
    asked = Merge(session_id, into.id, tuple(sorted(first)))

    def act(seen: str) -> tuple[str, str]:
        done = merging.merge(asked=asked, by=current(), now=now(), seen=seen)
        words = f" {len(done.orphaned)} did not fit: ring them." if done.orphaned else ""
        return f"Merged. Everybody is told.{words}", _address(into.id)

    return two_steps(
        heading=f"Merge {session.klass.name} into {into.klass.name}",
        asked=f"On {said(into.local_date, 'day_words')} at {said(into.starts_at, 'clock_words')}, "
        f"{into.venue.name}. "
        "Who does not fit is cancelled for that date and rung. Weekly seats stay as they are.",
        button="Merge and tell everybody",
        back=_change(session_id),
        look=lambda: merging.preview(asked, now()),
        act=act,
        again=lambda problem: _page(session, form, {"into_id": problem}),
    )


def _session(session_id: int) -> ClassSession:
    return queries.find_session(session_id) or abort(404)


def _address(session_id: int) -> str:
    return url_for("classes.session", session_id=session_id)


def _change(session_id: int) -> str:
    return url_for("classes.change_session", session_id=session_id)


def _page(session: ClassSession, typed: Any, errors: dict[str, str]) -> str:
    people = cancelling.preview_one(session.id, now())
    free = [(user.id, f"{user.name} ({why})" if why else user.name) for user, why in cover.who_can(session)]
    merges = merging.suitable(session, now())
    names = {user.id: user.name for user in access.staff_of(session.clinic_id)}
    return render_template(
        "classes/change_session.html",
        session=session,
        people=people,
        venues=[(venue.id, venue.name) for venue in queries.venues(session.clinic_id)],
        roles=ROLES,
        free=free,
        seats=[
            ("lead", f"Lead: {names.get(session.instructor_id or 0, 'nobody')}"),
            ("second", f"Beside: {names.get(session.second_id or 0, 'nobody named')}"),
        ],
        merges=[(one.id, _merge_words(one)) for one in merges],
        typed=typed,
        errors=errors,
    )


def _merge_words(one: ClassSession) -> str:
    free = one.capacity - one.taken
    return f"{said(one.starts_at, 'clock_words')} {one.klass.name}, {one.venue.name} ({free} free)"


def typed_date(form: Any) -> date | None:
    """The three fields of a date called `on`; None when they are no date."""
    return date_of(form, "on")
