"""Changing a class: this and following, all dates, or its end; each by impact and confirm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.classes import always, editing, ending, following, queries, splitting, venues
from clinic.classes.always import Always
from clinic.classes.ending import End
from clinic.classes.models import ExerciseClass
from clinic.classes.splitting import Following
from clinic.classes.views.blueprint import BANDS, DAYS, PHASES, ROLES, bp
from clinic.classes.views.classes import clock
from clinic.classes.views.two_steps import date_of, number, said, two_steps
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/classes/<int:class_id>/change")
@requires(Permission.CHANGE_TIMETABLE)
def change_class(class_id: int) -> ResponseReturnValue:
    """The three ways to change a class."""
    row = _class(class_id)
    return _page(row, _as_it_is(row), {})


@bp.post("/classes/<int:class_id>/following")
@requires(Permission.CHANGE_TIMETABLE)
def change_following(class_id: int) -> ResponseReturnValue:
    """Another day, time or venue from a date on."""
    row, form, errors = _class(class_id), request.form, {}
    since, wall_time = date_of(form, "since"), clock(form.get("wall_time", ""))
    venue_id, weekday = number(form, "venue_id"), number(form, "weekday")
    if since is None:
        errors["since"] = "Enter the first day, with month and year"
    if wall_time is None:
        errors["wall_time"] = "Enter a time such as 10:30"
    if weekday is None:
        errors["weekday"] = "Choose a day"
    if venue_id is None:
        errors["venue_id"] = "Choose a venue"
    if since is None or wall_time is None or weekday is None or venue_id is None:
        return _page(row, form, errors), 422
    edit = Following(row.id, since, weekday, wall_time, venue_id, number(form, "room_id"))
    venue = venues.find_venue(venue_id)
    asked = (
        f"From {since.day} {since:%B %Y}: {_day(weekday)} at {said(wall_time, 'clock_words')}, "
        f"{venue.name if venue else 'another venue'}. "
        f"Now: {_day(row.weekday)} at {said(row.wall_time, 'clock_words')}, "
        f"{row.venue.name}."
    )

    def act(seen: str) -> tuple[str, str]:
        new = following.follow(edit=edit, by=current(), now=now(), seen=seen)
        return _told(f"{new.name} has changed from {since.day} {since:%B} on."), _address(new)

    return two_steps(
        heading=f"Change {row.name} from a day on",
        asked=asked,
        button="Change it and tell everybody",
        back=url_for("classes.change_class", class_id=class_id),
        look=lambda: splitting.preview(edit, now()),
        act=act,
        again=lambda problem: _page(row, form, {"room_id" if "room" in problem else "since": problem}),
    )


@bp.post("/classes/<int:class_id>/always")
@requires(Permission.CHANGE_TIMETABLE)
def change_always(class_id: int) -> ResponseReturnValue:
    """Name, venue, room, staff or level of every date to come."""
    row, form = _class(class_id), request.form
    venue_id = number(form, "all_venue_id")
    if venue_id is None or not form.get("name", "").strip():
        errors = {"name": "Enter a name for the class"} if venue_id else {"all_venue_id": "Choose a venue"}
        return _page(row, _typed(form), errors), 422
    asked = Always(
        class_id=row.id,
        name=form["name"].strip()[:80],
        venue_id=venue_id,
        room_id=number(form, "all_room_id"),
        instructor_id=number(form, "instructor_id"),
        second_id=number(form, "second_id"),
        level_phase=form.get("level_phase", ""),
        level_band=form.get("level_band", ""),
        staffing=tuple(form.getlist("staffing") + form.getlist("second")),
    )

    def act(seen: str) -> tuple[str, str]:
        edited = editing.edit(asked=asked, by=current(), now=now(), seen=seen)
        return _told(f"{edited.name} is changed for every date to come."), _address(edited)

    return two_steps(
        heading=f"Change all dates of {row.name}",
        asked="The day and the time stay. A date that differs on its own keeps what is its own.",
        button="Change it",
        back=url_for("classes.change_class", class_id=class_id),
        look=lambda: always.preview(asked, now()),
        act=act,
        again=lambda problem: _page(
            row, _typed(form), {"all_room_id" if "room" in problem else "name": problem}
        ),
    )


@bp.post("/classes/<int:class_id>/end")
@requires(Permission.CHANGE_TIMETABLE)
def end_class(class_id: int) -> ResponseReturnValue:
    """No such class from a date on."""
    row, form = _class(class_id), request.form
    since = date_of(form, "ends")
    if since is None:
        return _page(row, form, {"ends": "Enter the first day without it, with month and year"}), 422
    asked = End(row.id, since)

    def act(seen: str) -> tuple[str, str]:
        done = ending.end(asked=asked, by=current(), now=now(), seen=seen)
        return _told(f"{row.name} ends. {len(done.orphaned)} need a new seat: a task each."), _address(row)

    return two_steps(
        heading=f"End {row.name}",
        asked=f"From {since.day} {since:%B %Y} there is no such class.",
        button="End the class and tell everybody",
        back=url_for("classes.change_class", class_id=class_id),
        look=lambda: ending.preview(asked, now()),
        act=act,
        again=lambda problem: _page(row, form, {"ends": problem}),
    )


def _class(class_id: int) -> ExerciseClass:
    return queries.find_class(class_id) or abort(404)


def _address(row: ExerciseClass) -> str:
    return url_for("classes.klass", class_id=row.id)


def _told(what: str) -> str:
    return f"{what} Everybody concerned is told by text, or is on the call list."


def _day(weekday: int) -> str:
    return f"{DAYS[weekday]}s" if weekday in range(7) else "another day"


def _as_it_is(row: ExerciseClass) -> dict[str, Any]:
    """The form as the class is."""
    return {
        "weekday": row.weekday,
        "wall_time": f"{row.wall_time:%H:%M}",
        "venue_id": row.venue_id,
        "room_id": row.room_id or "",
        "name": row.name,
        "all_venue_id": row.venue_id,
        "all_room_id": row.room_id or "",
        "instructor_id": row.instructor_id or "",
        "second_id": row.second_id or "",
        "level_phase": row.level_phase,
        "level_band": row.level_band,
        "staffing": sorted(set(row.staffing)),
        "second": [role for role in set(row.staffing) if row.staffing.count(role) > 1],
    }


def _typed(form: Any) -> dict[str, Any]:
    lists = {name: form.getlist(name) for name in ("staffing", "second")}
    return {**form.to_dict(), **lists}


def _page(row: ExerciseClass, typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    leads = access.staff_of(row.clinic_id, Role.INSTRUCTOR, Role.PHYSIOTHERAPIST)
    return render_template(
        "classes/change_class.html",
        row=row,
        typed={**_as_it_is(row), **typed},
        errors=errors,
        days=list(enumerate(DAYS)),
        venues=[(venue.id, venue.name) for venue in queries.venues(row.clinic_id)],
        rooms=venues.choices(row.clinic_id),
        leads=[(user.id, user.name) for user in leads],
        phases=PHASES,
        bands=BANDS,
        roles=ROLES,
        names=DAYS,
    )
