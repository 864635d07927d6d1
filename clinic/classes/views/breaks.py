"""A break from class: pausing until a day, coming back, and taking a discharge back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import lending, queries
from clinic.classes.lending import CannotPause, NotScreenedAgain
from clinic.classes.rules.lending import screened_again
from clinic.classes.seat_rows import RETURN
from clinic.classes.views.blueprint import DAYS, bp
from clinic.extensions import now
from clinic.referrals import reopening
from clinic.referrals.models import Episode, State
from clinic.referrals.reopening import CannotReopen
from clinic.referrals.states import CannotMove
from clinic.viewer import current

REASONS = (
    ("holiday", "A holiday"),
    ("illness", "Illness"),
    ("operation", "An operation or treatment"),
    ("family", "Family or caring"),
    ("patient_asks", "Another reason of their own"),
)


@bp.get("/episodes/<int:episode_id>/break")
@requires(Permission.OFFER_SEAT)
def take_break(episode_id: int) -> ResponseReturnValue:
    return _page(episode_id, {}, {})


@bp.post("/episodes/<int:episode_id>/pause")
@requires(Permission.OFFER_SEAT)
def pause(episode_id: int) -> ResponseReturnValue:
    """Away until a day: the seat is kept, its dates are lent. While paused: another day of return."""
    episode = _episode(episode_id)
    typed = request.form
    errors: dict[str, str] = {}
    returns_on = _date(typed, errors)
    reason = typed.get("reason", "")
    if episode.state is not State.PAUSED and reason not in dict(REASONS):
        errors["reason"] = "Choose why they pause"
    if not errors and returns_on is not None:
        try:
            if episode.state is State.PAUSED:
                lending.put_off(episode_id=episode_id, returns_on=returns_on, by=current(), now=now())
            else:
                lending.pause(
                    episode_id=episode_id, reason=reason, returns_on=returns_on, by=current(), now=now()
                )
            flash("Kept. The seat stays theirs, and the dates until then are offered to others.", "success")
            return redirect(url_for(".take_break", episode_id=episode_id))
        except (CannotPause, CannotMove) as problem:
            errors["returns"] = str(problem)
    return _page(episode_id, typed, errors), 422


@bp.post("/episodes/<int:episode_id>/back")
@requires(Permission.OFFER_SEAT)
def back(episode_id: int) -> ResponseReturnValue:
    """They are back, and every date that has room is theirs at once."""
    _episode(episode_id)
    screened = request.form.get("screened") == "yes"
    try:
        lending.back(episode_id=episode_id, screened=screened, by=current(), now=now())
    except NotScreenedAgain as problem:
        return _page(episode_id, request.form, {"screened": problem.text}), 422
    except (CannotPause, CannotMove) as problem:
        return _page(episode_id, request.form, {"screened": str(problem)}), 422
    flash("Welcome back: every date that has room is theirs.", "success")
    return redirect(url_for(".placement", episode_id=episode_id))


@bp.post("/episodes/<int:episode_id>/reopen")
@requires(Permission.OFFER_SEAT)
def reopen(episode_id: int) -> ResponseReturnValue:
    """Take a discharge back, and say why."""
    _episode(episode_id)
    try:
        reopening.reopen(episode_id=episode_id, reason=request.form.get("why", ""), by=current())
    except (CannotReopen, CannotMove) as problem:
        return _page(episode_id, request.form, {"why": str(problem)}), 422
    flash("Reopened. They wait in their old turn.", "success")
    return redirect(url_for("desk.patient", patient_id=_episode(episode_id).patient_id))


def _episode(episode_id: int) -> Episode:
    return queries.find_episode(episode_id) or abort(404)


def _date(typed: Any, errors: dict[str, str]) -> date | None:
    try:
        return date(*(int(typed.get(f"returns-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        errors["returns"] = "Enter the day, month and year of the return"
        return None


def _page(episode_id: int, typed: Any, errors: dict[str, str]) -> str:
    episode = _episode(episode_id)
    today = access.local(episode.clinic_id, now()).date()
    away = episode.state is State.PAUSED and episode.suspended_at is None
    since = lending.paused_on(episode) if away else None
    members = [member for member in queries.members_of(episode_id) if member.state.value != "held"]
    return render_template(
        "classes/break.html",
        episode=episode,
        members=members,
        names=DAYS,
        away=away,
        since=since,
        returns=episode.next_on if away and episode.next_step == RETURN else None,
        again=since is not None and screened_again(since, today),
        latest=(since or today) + lending.kept_for(episode.clinic_id),
        a_week=today + timedelta(days=7),
        reasons=REASONS,
        day=today,
        typed=typed,
        errors=errors,
    )
