"""Colleagues who are away, and the sessions that need somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.classes import absences
from clinic.classes.absences import Away
from clinic.classes.views.blueprint import bp
from clinic.classes.views.two_steps import date_of, number, said, two_steps
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/absences", endpoint="absences")
@requires(Permission.CHANGE_TIMETABLE)
def all_absences() -> ResponseReturnValue:
    """Who is away, which of their sessions are covered, and a form for another."""
    return _page({}, {})


@bp.post("/absences")
@requires(Permission.CHANGE_TIMETABLE)
def record_absence() -> ResponseReturnValue:
    """Which sessions would be short; then write it down."""
    form, clinic_id, errors = request.form, current().clinic_id or 0, {}
    staff_id, first, last = number(form, "staff_id"), date_of(form, "first"), date_of(form, "last")
    if staff_id is None:
        errors["staff_id"] = "Choose who is away"
    if first is None:
        errors["first"] = "Enter the first day, with month and year"
    if last is None:
        errors["last"] = "Enter the last day, with month and year"
    if form.get("reason", "") not in dict(absences.REASONS):
        errors["reason"] = "Choose why"
    if errors or staff_id is None or first is None or last is None:
        return _page(form, errors), 422
    away = Away(clinic_id, staff_id, first, last)
    name = dict(_staff()).get(staff_id, "A colleague")

    def act(seen: str) -> tuple[str, str]:
        absences.record(away=away, reason=form["reason"], by=current(), now=now(), seen=seen)
        return f"{name} is away. Find cover, merge or cancel below.", url_for("classes.absences")

    return two_steps(
        heading="Record an absence",
        asked=f"{name} is away from {said(first, 'day_words')} to {said(last, 'day_words')}.",
        button="Record the absence",
        back=url_for("classes.absences"),
        look=lambda: absences.preview(away, now()),
        act=act,
        again=lambda problem: _page(form, {"first": problem}),
        texted=False,
    )


@bp.post("/absences/<int:absence_id>/withdraw")
@requires(Permission.CHANGE_TIMETABLE)
def withdraw_absence(absence_id: int) -> ResponseReturnValue:
    """Back early, or a mistake."""
    if absences.find(absence_id) is None:
        abort(404)
    back = absences.withdraw(absence_id=absence_id, by=current(), now=now())
    flash(f"{back} sessions are theirs again. Sessions with cover keep it.", "success")
    return redirect(url_for("classes.absences"))


def _staff() -> list[tuple[int, str]]:
    found = access.staff_of(current().clinic_id or 0, Role.INSTRUCTOR, Role.PHYSIOTHERAPIST)
    return [(user.id, user.name) for user in found]


def _page(typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    clinic_id = current().clinic_id or 0
    today = access.local(clinic_id, now()).date()
    away = [
        (row, [gap for gap in absences.gaps_of(row.id) if gap.session.starts_at > now()])
        for row in absences.coming(clinic_id, today)
    ]
    return render_template(
        "classes/absences.html",
        away=away,
        staff=_staff(),
        names={user.id: user.name for user in access.staff_of(clinic_id)},
        reasons=absences.REASONS,
        typed=typed,
        errors=errors,
    )
