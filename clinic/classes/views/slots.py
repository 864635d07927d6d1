"""Booking a one-to-one appointment for somebody: with whom, when, where."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.classes import queries, slots
from clinic.classes.errors import BadTimetable
from clinic.classes.rules.calendar import instant
from clinic.classes.views.blueprint import bp
from clinic.classes.views.classes import clock
from clinic.classes.views.sessions import typed_date
from clinic.extensions import now
from clinic.referrals.models import Episode
from clinic.viewer import current

KINDS = (
    ("first_assessment", "First assessment"),
    ("phone_screen", "Phone screen"),
    ("treatment", "Treatment"),
    ("home_visit", "Home visit"),
)


@bp.get("/episodes/<int:episode_id>/appointment")
@requires(Permission.OFFER_SEAT)
def book_slot(episode_id: int) -> ResponseReturnValue:
    return _page(_episode(episode_id), {"kind": "first_assessment", "minutes": "45"}, {})


@bp.post("/episodes/<int:episode_id>/appointment")
@requires(Permission.OFFER_SEAT)
def book_slot_post(episode_id: int) -> ResponseReturnValue:
    episode, typed = _episode(episode_id), request.form
    errors: dict[str, str] = {}
    starts_at = _starts(episode, typed, errors)
    staff, venue, minutes = (typed.get(name, "") for name in ("staff_id", "venue_id", "minutes"))
    if not staff.isdigit():
        errors["staff_id"] = "Choose a colleague"
    if not minutes.isdigit():
        errors["minutes"] = "Enter a number of minutes, such as 45"
    if starts_at and not errors:
        try:
            slots.book(
                episode_id=episode_id,
                kind=typed.get("kind", ""),
                staff_id=int(staff),
                venue_id=int(venue) if venue.isdigit() else None,
                starts_at=starts_at,
                minutes=int(minutes),
                by=current(),
                now=now(),
            )
        except BadTimetable as problem:
            errors["wall_time"] = str(problem)
        else:
            flash("Booked. The person is told by text, with a reminder.", "success")
            return redirect(url_for("classes.book_slot", episode_id=episode_id))
    return _page(episode, typed, errors), 422


@bp.post("/appointments/<int:slot_id>/cancel")
@requires(Permission.OFFER_SEAT)
def cancel_slot(slot_id: int) -> ResponseReturnValue:
    row = queries.find_slot(slot_id) or abort(404)
    slots.cancel(slot_id=slot_id, by=current(), now=now())
    flash("Cancelled. The person is told.", "success")
    return redirect(url_for("classes.book_slot", episode_id=row.episode_id))


def _episode(episode_id: int) -> Episode:
    return queries.find_episode(episode_id) or abort(404)


def _starts(episode: Episode, typed: Any, errors: dict[str, str]) -> datetime | None:
    on, wall_time = typed_date(typed), clock(typed.get("wall_time", ""))
    if on is None:
        errors["on"] = "Enter a day, month and year"
    if wall_time is None:
        errors["wall_time"] = "Enter a time such as 10:30"
    return instant(on, wall_time, access.zone_of(episode.clinic_id)) if on and wall_time else None


def _page(episode: Episode, typed: Any, errors: dict[str, str]) -> str:
    colleagues = access.staff_of(episode.clinic_id, Role.PHYSIOTHERAPIST, Role.COORDINATOR)
    return render_template(
        "classes/book_slot.html",
        episode=episode,
        booked=slots.of_episode(episode.id),
        kinds=KINDS,
        colleagues=[(user.id, user.name) for user in colleagues],
        venues=[(venue.id, venue.name) for venue in queries.venues(episode.clinic_id)],
        typed=typed,
        errors=errors,
    )
