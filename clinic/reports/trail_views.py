"""The audit trail's page, and the same rows for a spreadsheet."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.reports import trail
from clinic.viewer import current

bp = Blueprint("trail", __name__, template_folder="templates")


@bp.get("/audit")
@requires(Permission.SEE_AUDIT)
def page() -> ResponseReturnValue:
    clinic_id, errors = _clinic_id(), dict[str, str]()
    wanted = _wanted(errors)
    lines = trail.read(wanted=wanted, zone=access.zone_of(clinic_id), by=current()) if not errors else []
    answer = render_template(
        "reports/trail.html",
        lines=lines,
        people=access.managed_by(clinic_id),
        acts=trail.acts_of(clinic_id),
        unsealed=trail.unsealed_of(clinic_id),
        more=lines[-1].id if len(lines) == trail.PAGE else None,
        typed=request.args,
        errors=errors,
    )
    return (answer, 422) if errors else answer


@bp.get("/audit.csv")
@requires(Permission.SEE_AUDIT)
def export() -> ResponseReturnValue:
    """What the filters leave, at most 10,000 rows; the export is a row of the trail."""
    errors = dict[str, str]()
    wanted, zone = _wanted(errors), access.zone_of(_clinic_id())
    if errors:
        return page()
    lines = trail.read(wanted=wanted, zone=zone, by=current(), limit=trail.EXPORTED)
    named = {"Content-Disposition": "attachment; filename=audit.csv"}
    return Response(trail.as_csv(lines, zone), mimetype="text/csv", headers=named)


def _clinic_id() -> int:
    clinic_id = current().clinic_id
    assert clinic_id is not None, "SEE_AUDIT belongs to staff"
    return clinic_id


def _wanted(errors: dict[str, str]) -> trail.Wanted:
    typed = {name: request.args.get(name, "").strip() for name in ("who", "act", "day", "before")}
    day = None
    try:
        day = date.fromisoformat(typed["day"]) if typed["day"] else None
    except ValueError:
        errors["day"] = "Enter the day as year, month, day, such as 2026-11-22"
    numbers = {name: int(typed[name]) if typed[name].isdecimal() else None for name in ("who", "before")}
    return trail.Wanted(act=typed["act"], day=day, **numbers)
