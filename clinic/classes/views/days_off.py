"""A day or a range of days on which nothing is held, in one action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.classes import cancelling, queries
from clinic.classes.cancelling import Days
from clinic.classes.views.blueprint import bp
from clinic.classes.views.two_steps import date_of, said, two_steps
from clinic.extensions import now
from clinic.viewer import current

REASONS = (
    ("illness", "Illness"),
    ("building", "The building"),
    ("weather", "Weather"),
    ("holiday", "Holiday"),
    ("other", "Another reason"),
)


@bp.get("/classes/days-off")
@requires(Permission.CHANGE_TIMETABLE)
def days_off() -> ResponseReturnValue:
    """Which days, and whose classes."""
    return _page({}, {})


@bp.post("/classes/days-off")
@requires(Permission.CHANGE_TIMETABLE)
def days_off_post() -> ResponseReturnValue:
    """Who would be told; then cancel them all and tell everybody."""
    form, clinic_id = request.form, current().clinic_id or 0
    first = date_of(form, "first")
    blank = not any(form.get(f"last-{part}", "").strip() for part in ("day", "month", "year"))
    last = first if blank else date_of(form, "last")
    which, reason = form.get("which", ""), form.get("reason", "")
    names = dict(_whose(clinic_id))
    errors = {}
    if first is None:
        errors["first"] = "Enter the first day, with month and year"
    if last is None:
        errors["last"] = "Enter the last day, with month and year, or leave it empty"
    if which not in names:
        errors["which"] = "Choose whose classes"
    if reason not in dict(REASONS):
        errors["reason"] = "Choose why"
    if errors or first is None or last is None:
        return _page(form, errors), 422
    kind, _, row_id = which.partition("-")
    days = Days(
        clinic_id=clinic_id,
        first=first,
        last=last,
        venue_id=int(row_id) if kind == "venue" else None,
        staff_id=int(row_id) if kind == "staff" else None,
    )
    span = (
        said(first, "day_words")
        if first == last
        else f"{said(first, 'day_words')} to {said(last, 'day_words')}"
    )

    def act(seen: str) -> tuple[str, str]:
        done = cancelling.cancel_days(days=days, reason=reason, by=current(), now=now(), seen=seen)
        words = f"{len(done.lines)} sessions are cancelled. {len(done.by_text)} people are told by text"
        words += f", {len(done.by_phone)} are on the call list." if done.by_phone else "."
        return words, url_for("classes.timetable", week=first.isoformat())

    return two_steps(
        heading="Cancel days",
        asked=f"{span}: {names[which]}.",
        button="Cancel these and tell everybody",
        back=url_for("classes.days_off"),
        look=lambda: cancelling.preview(days, now()),
        act=act,
        again=lambda problem: _page(form, {"first": problem}),
    )


def _whose(clinic_id: int) -> list[tuple[str, str]]:
    """All classes, one venue's, or one colleague's."""
    staff = access.staff_of(clinic_id, Role.INSTRUCTOR, Role.PHYSIOTHERAPIST)
    found = [("all", "Every class of the clinic")]
    found += [(f"venue-{venue.id}", f"Classes at {venue.name}") for venue in queries.venues(clinic_id)]
    return found + [(f"staff-{user.id}", f"Classes of {user.name}") for user in staff]


def _page(typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "classes/days_off.html",
        typed=typed,
        errors=errors,
        whose=_whose(current().clinic_id or 0),
        reasons=REASONS,
    )
