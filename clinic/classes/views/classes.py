"""The timetable: the week, one class, and a new class."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.classes import queries, session_plan, timetable, venues
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ClassSession
from clinic.classes.views.blueprint import BANDS, DAYS, MODALITIES, PHASES, ROLES, bp
from clinic.classes.views.month import shut_days
from clinic.classes.views.two_steps import number
from clinic.extensions import now
from clinic.viewer import current

WEEK = timedelta(days=7)
SATURDAY = 5


@bp.get("/classes", endpoint="timetable")
@requires(Permission.SEE_TIMETABLE)
def week() -> ResponseReturnValue:
    """One week of sessions, Monday first, with the free seats of each."""
    clinic_id = current().clinic_id or 0
    today = access.local(clinic_id, now()).date()
    monday = _monday(request.args.get("week", ""), today)
    sessions = queries.sessions_between(clinic_id, monday, monday + WEEK - timedelta(days=1))
    days: dict[date, list[ClassSession]] = {}
    for session in sessions:
        days.setdefault(session.local_date, []).append(session)
    weekly = queries.running_classes(clinic_id, today)
    return render_template(
        "classes/timetable.html",
        days=days,
        monday=monday,
        before=monday - WEEK,
        after=monday + WEEK,
        day=today,
        weekly=weekly,
        lacking={row.id: session_plan.lacking(row, today) for row in weekly},
        names=DAYS,
        shut=shut_days(clinic_id, monday, monday + WEEK - timedelta(days=1)),
    )


@bp.get("/classes/<int:class_id>")
@requires(Permission.SEE_TIMETABLE)
def klass(class_id: int) -> ResponseReturnValue:
    """One class: its members, its coming sessions, and what each still has free."""
    row = queries.find_class(class_id) or abort(404)
    today = access.local(row.clinic_id, now()).date()
    return render_template(
        "classes/klass.html",
        row=row,
        members=queries.members_in(class_id),
        sessions=queries.sessions_of(class_id, today),
        lead=access.user(row.instructor_id).name if row.instructor_id else "",
        lacking=session_plan.lacking(row, today),
        day=today,
        names=DAYS,
    )


@bp.get("/classes/new")
@requires(Permission.CHANGE_TIMETABLE)
def new_class() -> ResponseReturnValue:
    return _new_page({}, {})


@bp.post("/classes/new")
@requires(Permission.CHANGE_TIMETABLE)
def new_class_post() -> ResponseReturnValue:
    typed: dict[str, Any] = {**request.form.to_dict(), "staffing": request.form.getlist("staffing")}
    errors: dict[str, str] = {}
    read = _read(typed, errors)
    if not errors:
        try:
            row = timetable.create_class(
                clinic_id=current().clinic_id or 0,
                starts_on=access.local(current().clinic_id or 0, now()).date(),
                staffing=request.form.getlist("staffing") + request.form.getlist("second"),
                by=current(),
                now=now(),
                **read,
            )
            flash(f"{row.name} is in the timetable, with {row.capacity} seats.", "success")
            return redirect(url_for("classes.klass", class_id=row.id))
        except BadTimetable as problem:
            errors["staffing"] = str(problem)
    return _new_page(typed, errors), 422


def _new_page(typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    clinic_id = current().clinic_id or 0
    leads = access.staff_of(clinic_id, Role.INSTRUCTOR, Role.PHYSIOTHERAPIST)
    return render_template(
        "classes/new_class.html",
        venues=[(venue.id, venue.name) for venue in queries.venues(clinic_id)],
        leads=[(user.id, user.name) for user in leads],
        days=list(enumerate(DAYS)),
        phases=PHASES,
        bands=BANDS,
        roles=ROLES,
        rooms=venues.choices(clinic_id),
        modalities=MODALITIES,
        typed={"modality": "land", **typed},
        errors=errors,
    )


def _read(typed: Mapping[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """What was typed as the service wants it; problems go to `errors` by field."""
    if not typed.get("name", "").strip():
        errors["name"] = "Enter a name for the class"
    for field, words in (("venue_id", "a venue"), ("weekday", "a day"), ("instructor_id", "who leads it")):
        if not typed.get(field, "").isdigit():
            errors[field] = f"Choose {words}"
    if not typed.get("room", "").isdigit() or not 1 <= int(typed["room"]) <= 60:
        errors["room"] = "Enter how many people the room holds, from 1 to 60"
    if typed.get("modality", "land") not in dict(MODALITIES):
        errors["modality"] = "Choose where it is held"
    if typed.get("level_phase") not in dict(PHASES):
        errors["level_phase"] = "Choose the earliest phase the class serves"
    if typed.get("level_band") not in dict(BANDS):
        errors["level_band"] = "Choose the most help the class can give"
    wall_time = clock(typed.get("wall_time", ""))
    if wall_time is None:
        errors["wall_time"] = "Enter a time such as 10:30"
    if errors:
        return {}
    return {
        "name": typed["name"].strip()[:80],
        "venue_id": int(typed["venue_id"]),
        "weekday": int(typed["weekday"]),
        "wall_time": wall_time,
        "level_phase": typed["level_phase"],
        "level_band": typed["level_band"],
        "room": int(typed["room"]),
        "instructor_id": int(typed["instructor_id"]),
        "second_id": number(typed, "second_id"),
        "room_id": number(typed, "room_id"),
        "modality": typed.get("modality", "land"),
    }


def clock(typed: str) -> time | None:
    """10:30 or 9.30 as a time; None for anything else."""
    hour, _, minute = typed.strip().replace(".", ":").partition(":")
    try:
        return time(int(hour), int(minute or "0"))
    except ValueError:
        return None


def _monday(typed: str, today: date) -> date:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = today + timedelta(days=2) if today.weekday() >= SATURDAY else today  # the week people ask about
    return day - timedelta(days=day.weekday())
