"""The referrer's side after sending: where a referral is, what happens next, what may still be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.patients import registrations
from clinic.referrals import (
    again,
    attachments,
    changes,
    clocks,
    form,
    letters_words,
    origins,
    phrases,
    practice_view,
    queries,
)
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.models import Referral
from clinic.referrals.rules.flags import BY_ID
from clinic.referrals.states import CannotMove
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current

PAGE = 100  # referrals


@bp.get("/referrals")
@requires(Permission.FOLLOW_REFERRALS)
def mine() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    return render_template(
        "referrals/mine.html",
        rows=(rows := queries.of_organisation(before=before, limit=PAGE)),
        older=rows[-1][0].id if len(rows) == PAGE else None,
        before=before,
        to_answer=[] if before else queries.to_answer(),
        left=registrations.left(current().organisation_id or 0, {row.patient_id for row, _ in rows}),
        followed=[] if before else practice_view.followed(),
        act_today=queries.act_today_of,
        words=phrases,
    )


@bp.get("/referrals/<public_id>")
@requires(Permission.FOLLOW_REFERRALS)
def referral(public_id: str) -> ResponseReturnValue:
    return _page(_referral(public_id), {})


@bp.post("/referrals/<public_id>/again")
@requires(Permission.REFER)
def send_again(public_id: str) -> ResponseReturnValue:
    """A new draft with everything that was typed before."""
    row = _referral(public_id)
    try:
        draft = again.start(referral_id=row.id, by=current())
    except NotAllowed as problem:
        flash(str(problem), "error")
        return redirect(url_for(".referral", public_id=public_id))
    return redirect(url_for(".refer_page", draft_id=draft.id, page="check"))


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
    errors = told(clocks.today(row.clinic_id, now()), partial(changes.tell_change, referral_id=row.id))
    if errors:
        return _change_page(row, errors), 422
    flash("Thank you. The service has been told and looks at it by the end of its working day.", "success")
    return redirect(url_for(".referral", public_id=public_id))


def told(today: date, service: Callable[..., Referral]) -> dict[str, str]:
    """Tell the service of a change; what is wrong with the form, by field. `today` is the clinic's."""
    errors: dict[str, str] = {}
    on = form.whole_date(request.form, "on", errors)
    if errors:
        return errors
    try:
        service(
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
    return errors


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
        left=registrations.left(current().organisation_id or 0, [row.patient_id]).get(row.patient_id),
        replaces=origins.replaces(row.id),
        replaced_by=origins.replaced_by(row.id),
        may_amend=again.may_amend(row, episode),
        clinic=access.clinic(row.clinic_id),
        words=phrases,
        typed=request.form,
        errors=errors,
    )


def _change_page(row: Referral, errors: dict[str, str]) -> str:
    kinds: list[Any] = list(phrases.CHANGE.items())
    return render_template(
        "referrals/change.html",
        about=row.reference,
        back=url_for(".referral", public_id=row.public_id),
        kinds=kinds,
        typed=request.form,
        errors=errors,
    )
