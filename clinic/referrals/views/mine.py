"""The referrer's side after sending: where a referral is, what happens next, what may still be said."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.referrals import attachments, changes, clocks, form, letters_words, phrases, queries
from clinic.referrals.decisions import Incomplete
from clinic.referrals.models import Referral
from clinic.referrals.rules.flags import BY_ID
from clinic.referrals.states import CannotMove
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current


@bp.get("/referrals")
@requires(Permission.FOLLOW_REFERRALS)
def mine() -> ResponseReturnValue:
    return render_template(
        "referrals/mine.html",
        rows=queries.of_organisation(),
        act_today=queries.act_today_of,
        words=phrases,
    )


@bp.get("/referrals/<public_id>")
@requires(Permission.FOLLOW_REFERRALS)
def referral(public_id: str) -> ResponseReturnValue:
    return _page(_referral(public_id), {})


@bp.get("/referrals/<public_id>/withdraw")
@requires(Permission.FOLLOW_REFERRALS)
def withdraw(public_id: str) -> ResponseReturnValue:
    return render_template(
        "referrals/withdraw.html", referral=_referral(public_id), typed=request.form, errors={}
    )


@bp.post("/referrals/<public_id>/withdraw")
@requires(Permission.FOLLOW_REFERRALS)
def withdraw_post(public_id: str) -> ResponseReturnValue:
    row = _referral(public_id)
    try:
        changes.withdraw(referral_id=row.id, reason=request.form.get("reason", ""), by=current())
    except Incomplete as problem:
        errors = {problem.field: str(problem)}
        page = render_template("referrals/withdraw.html", referral=row, typed=request.form, errors=errors)
        return page, 422
    flash("The referral is withdrawn.", "success")
    return redirect(url_for(".referral", public_id=public_id))


@bp.get("/referrals/<public_id>/change")
@requires(Permission.FOLLOW_REFERRALS)
def change(public_id: str) -> ResponseReturnValue:
    return _change_page(_referral(public_id), {})


@bp.post("/referrals/<public_id>/change")
@requires(Permission.FOLLOW_REFERRALS)
def change_post(public_id: str) -> ResponseReturnValue:
    row = _referral(public_id)
    errors: dict[str, str] = {}
    today = clocks.today(row.clinic_id, now())
    on = form.whole_date(request.form, "on", errors)
    if not errors:
        try:
            changes.tell_change(
                referral_id=row.id,
                kind=request.form.get("kind", ""),
                on=on or today,
                site=request.form.get("site") or None,
                detail=request.form.get("detail", ""),
                by=current(),
            )
        except Incomplete as problem:
            errors[problem.field] = str(problem)
        except CannotMove as problem:
            errors["kind"] = str(problem)
    if errors:
        return _change_page(row, errors), 422
    flash("Thank you. The service has been told and looks at it by the end of its working day.", "success")
    return redirect(url_for(".referral", public_id=public_id))


@bp.post("/referrals/<public_id>/answer")
@requires(Permission.FOLLOW_REFERRALS)
def answer(public_id: str) -> ResponseReturnValue:
    row = _referral(public_id)
    try:
        changes.answer_question(referral_id=row.id, text=request.form.get("text", ""), by=current())
    except Incomplete as problem:
        return _page(row, {problem.field: str(problem)}), 422
    except CannotMove as problem:
        flash(str(problem), "error")
    else:
        flash("Your answer has been sent.", "success")
    return redirect(url_for(".referral", public_id=public_id))


def _referral(public_id: str) -> Referral:
    return queries.referral(public_id) or abort(404)


def _page(row: Referral, errors: dict[str, str]) -> str:
    episode = queries.episode_of(row)
    moves = queries.changes_of(episode.id) if episode else []
    asked = [move for move in moves if move.reason == "asked"]
    return render_template(
        "referrals/referral.html",
        referral=row,
        episode=episode,
        question=asked[-1].note if episode and asked and episode.state == "with_referrer" else None,
        lines=queries.lines_for_referrer(row.patient_id) if episode else [],
        letters=queries.letters_of(row.episode_id),
        title_of=letters_words.title,
        documents=attachments.of_referral(row.id),
        flags=[BY_ID[flag] for flag in queries.act_today_of(row)],
        clinic=access.clinic(row.clinic_id),
        words=phrases,
        typed=request.form,
        errors=errors,
    )


def _change_page(row: Referral, errors: dict[str, str]) -> str:
    kinds: list[Any] = list(phrases.CHANGE.items())
    return render_template(
        "referrals/change.html", referral=row, kinds=kinds, typed=request.form, errors=errors
    )
