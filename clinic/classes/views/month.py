"""The timetable by month, beside the week."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import queries
from clinic.classes.models import ClassSession
from clinic.classes.views.blueprint import DAYS, bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/classes/month", endpoint="month")
@requires(Permission.SEE_TIMETABLE)
def month() -> ResponseReturnValue:
    """Every session of a month, in weeks from Monday; closed days and holidays say so."""
    clinic_id = current().clinic_id or 0
    today = access.local(clinic_id, now()).date()
    first = _first(request.args.get("month", ""), today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    monday, sunday = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    sessions: dict[date, list[ClassSession]] = {}
    for session in queries.sessions_between(clinic_id, monday, sunday):
        sessions.setdefault(session.local_date, []).append(session)
    span = [monday + timedelta(days=n) for n in range((sunday - monday).days + 1)]
    return render_template(
        "classes/month.html",
        weeks=[span[n : n + 7] for n in range(0, len(span), 7)],
        sessions=sessions,
        shut=shut_days(clinic_id, monday, sunday),
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=last + timedelta(days=1),
        day=today,
        names=DAYS,
    )


def shut_days(clinic_id: int, first: date, last: date) -> dict[date, str]:
    """Why nothing, or less, is held on these days: a holiday's name, or a closure and whose it is."""
    off = access.holidays_of(clinic_id)
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = {day: str(off.get(day)) for day in span if day in off}
    venues = {venue.id: venue.name for venue in queries.venues(clinic_id)}
    for closed in queries.closures(clinic_id, first, last):
        words = f"{venues.get(closed.venue_id, 'Clinic') if closed.venue_id else 'Clinic'} closed"
        for day in span:
            if closed.first <= day <= closed.last:
                found[day] = f"{found[day]}. {words}" if day in found else words
    return found


def _first(typed: str, today: date) -> date:
    """The first day of the month named 2026-12; of this one for anything else."""
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return today.replace(day=1)
