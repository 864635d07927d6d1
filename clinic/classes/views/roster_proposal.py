"""The proposed roster beside today's: looked at, and offered in part or whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import roster_apply, roster_report
from clinic.classes import roster_proposal as proposing
from clinic.classes.roster_apply import Applied, Chosen, Refused
from clinic.classes.views.blueprint import DAYS, bp
from clinic.extensions import now
from clinic.viewer import current

SECONDS = 5.0
CHOICE = re.compile(r"[0-9]{1,18}(-[0-9]{1,18}){1,2}")


@bp.get("/classes/proposal")
@requires(Permission.OFFER_SEAT)
def roster_proposal() -> ResponseReturnValue:
    """Who could have which seats; looking changes nothing."""
    return _page({}, {}, None)


@bp.post("/classes/proposal")
@requires(Permission.OFFER_SEAT)
def offer_roster() -> ResponseReturnValue:
    """Offer what was ticked, seat by seat; who could not be offered theirs is named with the reason."""
    ticked = [one for one in request.form.getlist("give") if CHOICE.fullmatch(one)]
    if not ticked:
        return _page({"give": []}, {"give": "Tick who is to be offered their seats"}, None), 422
    reason = request.form.get("out_of_turn", "").strip() or None
    done = roster_apply.apply(
        clinic_id=current().clinic_id or 0,
        chosen=[_chosen(one) for one in ticked],
        by=current(),
        now=now(),
        out_of_turn=reason,
    )
    if done.refused:
        typed = {"give": [], "out_of_turn": reason or ""}
        return _page(typed, {}, done), 422
    flash(f"{_people(done.offered)} offered their seats. They are held until the answer.", "success")
    return redirect(url_for("classes.roster_proposal"))


def _page(typed: dict[str, Any], errors: dict[str, str], done: Applied | None) -> str:
    proposal = proposing.propose(current().clinic_id or 0, now(), seconds=SECONDS)
    return render_template(
        "classes/roster_proposal.html",
        proposal=proposal,
        tiers=[roster_report.tier_words(one) for one in proposal.compared["proposal"]],
        by_hand=[roster_report.tier_words(one) for one in proposal.compared["first_fit"]],
        proof=roster_report.proof_words(proposal),
        helps=[roster_report.help_words(proposal, one) for one in proposal.helps],
        names=DAYS,
        typed={"give": [one.key for one in proposal.placed], **typed},
        errors=errors,
        refused=[_refused(one) for one in done.refused] if done else [],
        offered=_people(done.offered) if done else "",
        may_pass_over=current().role == "physiotherapist",
    )


def _chosen(ticked: str) -> Chosen:
    episode_id, *class_ids = map(int, ticked.split("-"))
    return Chosen(episode_id, tuple(class_ids))


def _refused(one: Refused) -> dict[str, str]:
    """An entry of the error summary; it leads to where that person's seat can be looked at alone."""
    said = {"text": f"{one.name}: {one.why}"}
    if one.waits:
        said["href"] = url_for("classes.placement", episode_id=one.chosen.episode_id)
    return said


def _people(ids: Sequence[int]) -> str:
    return "1 person is" if len(ids) == 1 else f"{len(ids)} people are"
