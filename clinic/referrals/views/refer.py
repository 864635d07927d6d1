"""The referrer's form: short grouped pages, kept at every step, checked as a whole, sent once."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.hours import is_open, next_opening
from clinic.access.models import Clinic
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.referrals import attachments, clocks, drafts, fact_words, form, phrases, queries
from clinic.referrals.models import Draft
from clinic.referrals.rules.flags import BY_ID, FLAGS
from clinic.referrals.views.answers import rows
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current

PAGES = tuple(form.PAGES)
TITLES = {
    "patient": "Who is the patient?",
    "fracture": "The fracture",
    "flags": "Red flags",
    "now": "How the patient is now",
    "check": "Check your answers before sending",
}


@bp.get("/refer")
@requires(Permission.REFER)
def refer() -> ResponseReturnValue:
    return _start_page({})


@bp.post("/refer")
@requires(Permission.REFER)
def refer_post() -> ResponseReturnValue:
    clinics = _clinics()
    chosen = [c for c in clinics if str(c.id) == request.form.get("clinic")] or clinics
    if len(chosen) != 1:
        return _start_page({"clinic": "Choose the clinic"}), 422
    draft = drafts.start(clinic_id=chosen[0].id, by=current())
    return redirect(url_for(".refer_page", draft_id=draft.id, page=PAGES[0]))


@bp.get("/refer/<int:draft_id>/<page>")
@requires(Permission.REFER)
def refer_page(draft_id: int, page: str) -> ResponseReturnValue:
    draft = _draft(draft_id)
    if draft.referral_id is not None:
        return redirect(_sent_url(draft))
    if page == "check":
        return _check_page(draft)
    if page == "act-today":
        return _act_today_page(draft)
    if page not in form.PAGES:
        abort(404)
    return _page(draft, page, {})


@bp.post("/refer/<int:draft_id>/<page>")
@requires(Permission.REFER)
def refer_page_post(draft_id: int, page: str) -> ResponseReturnValue:
    draft = _draft(draft_id)
    if draft.referral_id is not None:
        return redirect(_sent_url(draft))
    if page == "check":
        return _send(draft)
    if page == "remove":
        drafts.remove(draft=draft, by=current())
        flash("The unfinished referral is removed.", "success")
        return redirect(url_for(".refer"))
    if page not in form.PAGES:
        abort(404)
    drafts.keep(draft=draft, page=page, typed=request.form, by=current())
    if errors := drafts.errors_on(draft, page):
        return _page(draft, page, errors), 422
    if page == "flags" and drafts.check(draft).act_today:
        return redirect(url_for(".refer_page", draft_id=draft.id, page="act-today"))
    return redirect(url_for(".refer_page", draft_id=draft.id, page=_next(page)))


@bp.get("/referrals/<public_id>/sent")
@requires(Permission.REFER)
def sent(public_id: str) -> ResponseReturnValue:
    row = queries.referral(public_id) or abort(404)
    flags = queries.act_today_of(row)
    return render_template(
        "referrals/sent.html",
        referral=row,
        elsewhere=queries.episode_of(row) is None,
        flags=[BY_ID[flag] for flag in flags],
        clinic=access.clinic(row.clinic_id),
    )


def _clinics() -> list[Clinic]:
    return access.clinics_of(current().organisation_id or 0)


def _draft(draft_id: int) -> Draft:
    return drafts.mine(draft_id) or abort(404)


def _next(page: str) -> str:
    """Back to the check page when the referrer came from there, else the next page."""
    if request.args.get("back") == "check":
        return "check"
    return (*PAGES, "check")[PAGES.index(page) + 1]


def _start_page(errors: dict[str, str]) -> str:
    return render_template(
        "referrals/refer_start.html",
        clinics=_clinics(),
        drafts=drafts.unsent(),
        kept_days=drafts.KEPT.days,
        essential=len(form.ESSENTIAL),
        typed=request.form,
        errors=errors,
    )


def _page(draft: Draft, page: str, errors: dict[str, str]) -> str:
    before = ("", *PAGES)[PAGES.index(page)]
    back = "check" if request.args.get("back") == "check" else before
    return render_template(
        f"referrals/refer_{page}.html",
        draft=draft,
        typed=draft.typed,
        errors=errors,
        title=TITLES[page],
        step=PAGES.index(page) + 1,
        steps=len(PAGES) + 1,
        back=url_for(".refer_page", draft_id=draft.id, page=back) if back else url_for(".refer"),
        flags=FLAGS,
    )


def _check_page(draft: Draft, *, refused: bool = False) -> str:
    checked = drafts.check(draft)
    today = clocks.today(draft.clinic_id, now())
    suggestion = checked.suggestion.to_json() if checked.suggestion else None
    wait = None
    if suggestion:
        wait = queries.usual_wait(
            draft.clinic_id, suggestion["phase"]["value"], suggestion["band"]["value"], today
        )
    return render_template(
        "referrals/refer_check.html",
        draft=draft,
        checked=checked,
        answers=rows(draft.typed, checked.read),
        documents=attachments.of_draft(draft.id),
        errors=checked.errors if refused else {},
        gaps=[] if refused else [(form.page_of(name), words) for name, words in checked.errors.items()],
        page_of=form.page_of,
        suggestion=suggestion,
        wait=wait,
        hear_by=clocks.hear_by(draft.clinic_id, today, checked.read.priority),
        act_today=[BY_ID[flag] for flag in checked.act_today],
        titles=TITLES,
        words=phrases,
        facts=fact_words,
    )


def _act_today_page(draft: Draft) -> ResponseReturnValue:
    flags = drafts.check(draft).act_today
    if not flags:
        return redirect(url_for(".refer_page", draft_id=draft.id, page="flags"))
    clinic = access.clinic(draft.clinic_id)
    local = access.local(clinic.id, now())
    closed = access.holidays_of(clinic.id)
    reading = is_open(clinic.opening, local, closed)
    return render_template(
        "referrals/refer_act_today.html",
        draft=draft,
        flags=[BY_ID[flag] for flag in flags],
        clinic=clinic,
        opens=None if reading else next_opening(clinic.opening, local, closed),
    )


def _send(draft: Draft) -> ResponseReturnValue:
    referral = drafts.send(draft=draft, by=current())
    if referral is None:
        return _check_page(draft, refused=True), 422
    return redirect(url_for(".sent", public_id=referral.public_id))


def _sent_url(draft: Draft) -> str:
    referral = queries.referral_by_id(draft.referral_id or 0)
    return url_for(".sent", public_id=referral.public_id)
