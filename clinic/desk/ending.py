"""Ending somebody's time with us: what happens then is shown first, and one button does all of it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.desk import leaving, patient_page
from clinic.patients import queries as patients
from clinic.referrals import ending
from clinic.referrals.models import Episode, State
from clinic.referrals.problems import Incomplete, NotAllowed
from clinic.referrals.states import CannotMove
from clinic.viewer import current

bp = Blueprint("ending", __name__, template_folder="templates")


@bp.get("/episodes/<int:episode_id>/end")
@requires(Permission.OFFER_SEAT)
def page(episode_id: int) -> ResponseReturnValue:
    return _page(_find(episode_id), {}, {})


@bp.post("/episodes/<int:episode_id>/end")
@requires(Permission.OFFER_SEAT)
def end(episode_id: int) -> ResponseReturnValue:
    """Seats, texts and letter follow in the same transaction."""
    episode = _find(episode_id)
    try:
        leaving.end(
            episode_id=episode.id,
            reason=request.form.get("reason", ""),
            note=request.form.get("note", ""),
            telephoned=request.form.get("telephoned") == "yes",
            onward=request.form.get("onward", ""),
            by=current(),
        )
    except Incomplete as problem:
        return _page(episode, request.form, {problem.field: str(problem)}), 422
    except (NotAllowed, CannotMove) as problem:
        return _page(episode, request.form, {"reason": str(problem)}), 422
    flash(
        "Ended. Their seats go to who is next, and the practice gets a letter. It can be taken back.",
        "success",
    )
    return redirect(url_for("desk.patient", patient_id=episode.patient_id))


def _find(episode_id: int) -> Episode:
    episode = patient_page.open_episode(episode_id)
    return episode if episode and episode.state is not State.ENDED else abort(404)


def _page(episode: Episode, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    members, places = patient_page.seats_of(episode)
    return render_template(
        "desk/ending.html",
        episode=episode,
        patient=patients.patient(episode.patient_id),
        members=members,
        places=places,
        reasons=ending.reasons_for(current().role),
        typed=typed,
        errors=errors,
    )
