"""The second look: the same three layers, what was decided, and another physiotherapist's word."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.referrals import explain, fact_words, phrases, second_look
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.states import CannotMove
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current


@bp.get("/second-looks/<int:decision_id>", endpoint="second_look")
@requires(Permission.SEE_INBOX)
def look(decision_id: int) -> ResponseReturnValue:
    return _page(decision_id, {})


@bp.post("/second-looks/<int:decision_id>")
@requires(Permission.DECIDE_FLAGGED)
def answer_look(decision_id: int) -> ResponseReturnValue:
    """Agree, or disagree with a reason that the first one reads."""
    if second_look.decision(decision_id) is None:
        abort(404)
    said = request.form.get("agrees", "")
    if said not in ("yes", "no"):
        return _page(decision_id, {"agrees": "Choose whether you agree"}), 422
    note = request.form.get("note", "")
    try:
        second_look.answer(decision_id=decision_id, agrees=said == "yes", note=note, by=current())
    except Incomplete as problem:
        return _page(decision_id, {problem.field: str(problem)}), 422
    except (NotAllowed, CannotMove) as problem:
        return _page(decision_id, {"agrees": str(problem)}), 422
    flash("Your second look is kept, with your name and the time.", "success")
    return redirect(url_for("worklist.work_list"))


def _page(decision_id: int, errors: dict[str, str]) -> str:
    decision = second_look.decision(decision_id)
    task = second_look.of_decision(decision_id)
    if decision is None or task is None:
        abort(404)
    return render_template(
        "referrals/second_look.html",
        decision=decision,
        answer=decision.answer,
        layers=explain.layers(decision),
        changes=[],
        differing=[],
        task=task,
        refused=second_look.may_not(decision, current()),
        typed=request.form,
        errors=errors,
        words=phrases,
        facts=fact_words,
    )
