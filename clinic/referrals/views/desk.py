"""The front desk's pages: the inbox, and one referral in three layers with the four decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission, may
from clinic.extensions import now
from clinic.patients import registrations
from clinic.referrals import (
    answers,
    attachments,
    clocks,
    decisions,
    engine,
    explain,
    fact_words,
    form,
    origins,
    phrases,
    queries,
    time_on_page,
)
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.inbox import UNDECIDED, Wanted, inbox
from clinic.referrals.models import Referral, State
from clinic.referrals.states import CannotMove
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current


@bp.get("/inbox", endpoint="inbox")
@requires(Permission.SEE_INBOX)
def inbox_page() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    states = [State(wanted)] if wanted in set(UNDECIDED) else UNDECIDED
    clinic_id = current().clinic_id or 0
    every = inbox(clocks.today(clinic_id, now()), states)
    only = Wanted(*(request.args.get(name, "") for name in ("priority", "source", "only")))
    rows = [row for row in every if only.keeps(row)]
    return render_template(
        "referrals/inbox.html",
        rows=rows,
        hidden=len(every) - len(rows),
        only=only,
        counts=queries.counts_by_state(),
        wanted=wanted,
        undecided=UNDECIDED,
        at=now(),
        words=phrases,
    )


@bp.get("/inbox/<public_id>")
@requires(Permission.SEE_INBOX)
def decide(public_id: str) -> ResponseReturnValue:
    return _page(_referral(public_id), "", {})


@bp.post("/inbox/<public_id>/accept")
@requires(Permission.DECIDE)
def accept(public_id: str) -> ResponseReturnValue:
    typed = request.form
    return _decided(
        public_id,
        "accept",
        "Accepted. Next: the first assessment.",
        lambda episode_id: decisions.accept(
            episode_id=episode_id,
            confirmed=typed.getlist("confirmed"),
            phase=typed.get("phase"),
            band=typed.get("band"),
            reason=typed.get("change_reason", "").strip() or None,
            version=_version(),
            seconds_open=time_on_page.seconds(typed.get("opened"), episode_id, current()),
            by=current(),
        ),
    )


@bp.post("/inbox/<public_id>/ask")
@requires(Permission.DECIDE)
def ask(public_id: str) -> ResponseReturnValue:
    return _decided(
        public_id,
        "ask",
        "The question is with the practice.",
        lambda episode_id: decisions.ask(
            episode_id=episode_id,
            question=request.form.get("question", ""),
            version=_version(),
            by=current(),
        ),
    )


@bp.post("/inbox/<public_id>/hold")
@requires(Permission.DECIDE)
def hold(public_id: str) -> ResponseReturnValue:
    errors: dict[str, str] = {}
    until = form.whole_date(request.form, "until", errors)
    if until is None:
        errors.setdefault("until", "Enter the day on which somebody looks again")
        return _page(_referral(public_id), "hold", errors), 422
    return _decided(
        public_id,
        "hold",
        "On hold.",
        lambda episode_id: decisions.hold(
            episode_id=episode_id,
            reason=request.form.get("hold_reason", ""),
            until=until,
            version=_version(),
            by=current(),
        ),
    )


@bp.post("/inbox/<public_id>/decline")
@requires(Permission.DECIDE)
def decline(public_id: str) -> ResponseReturnValue:
    return _decided(
        public_id,
        "decline",
        "Not accepted. The practice has the letter.",
        lambda episode_id: decisions.decline(
            episode_id=episode_id,
            reason=request.form.get("decline_reason", ""),
            comment=request.form.get("comment", ""),
            version=_version(),
            by=current(),
        ),
    )


# a service's field by its name on the page, where two forms of the page have one each
_FIELDS = {("hold", "reason"): "hold_reason", ("decline", "reason"): "decline_reason"}
_FIELDS |= {("accept", "reason"): "change_reason"}


def _decided(public_id: str, choice: str, done: str, service: Callable[[int], Any]) -> ResponseReturnValue:
    """Run one decision; what is missing or not allowed is said beside its form, with the typed text kept."""
    row = _referral(public_id)
    try:
        service(row.episode_id)
    except Incomplete as problem:
        name = _FIELDS.get((choice, problem.field), problem.field)
        return _page(row, choice, {name: str(problem)}), 422
    except (NotAllowed, CannotMove) as problem:
        return _page(row, choice, {choice: str(problem)}), 422
    flash(done, "success")
    return redirect(url_for(".inbox"))


def _version() -> int | None:
    typed = request.form.get("version", "")
    return int(typed) if typed.isdigit() else None


def _referral(public_id: str) -> Referral:
    return queries.referral(public_id) or abort(404)


def _page(row: Referral, choice: str, errors: dict[str, str]) -> str:
    episode = queries.episode_of(row) or abort(404)
    suggested = engine.latest(episode.id) or abort(404)
    by, referrals = current(), queries.referrals_of(episode.id)
    return render_template(
        "referrals/decide.html",
        referral=row,
        referrals=referrals,
        practice=access.organisation(row.organisation_id) if row.organisation_id else None,
        episode=episode,
        patient=episode.patient,
        decision=suggested,
        answer=suggested.answer,
        layers=explain.layers(suggested),
        changes=explain.would_change(episode, clocks.today(episode.clinic_id, now())),
        differing=explain.differing(referrals[0], answers.of_episode(episode.id)),
        moves=queries.changes_of(episode.id),
        documents=attachments.of_episode(episode.id),
        **_how_it_came(row),
        deciding=decisions.deciding_facts(episode.id),
        undecided=episode.state in UNDECIDED,
        may_accept=may(by.role, Permission.DECIDE_FLAGGED)
        or not decisions.needs_physiotherapist(suggested.answer),
        choice=choice,
        typed=_typed(episode.phase, episode.band),
        opened=time_on_page.mark(episode.id, by, request.form.get("opened")),
        errors=errors,
        words=phrases,
        facts=fact_words,
    )


def _how_it_came(row: Referral) -> dict[str, Any]:
    """Who referred, where the patient is registered, and the referrals before and after this one."""
    registered = registrations.practice_of(row.patient_id)
    linked = registered.organisation_id if registered else None
    return {
        "origin": origins.of(row.id),
        "registered": registered,
        "registered_name": access.organisation(linked).name if linked else "",
        "replaces": origins.replaces(row.id),
        "replaced_by": origins.replaced_by(row.id),
    }


def _typed(phase: str | None, band: str | None) -> dict[str, Any]:
    if request.method == "GET":
        return {"phase": phase, "band": band}
    return {**request.form.to_dict(), "confirmed": request.form.getlist("confirmed")}
