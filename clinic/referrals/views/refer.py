"""The referrer's form: short grouped pages, kept at every step, checked as a whole, sent once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access import sessions
from clinic.access.guards import requires
from clinic.access.hours import is_open, next_opening
from clinic.access.models import Clinic
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.referrals import attachments, clocks, drafts, entry, fact_words, form, phrases, queries
from clinic.referrals.models import Draft
from clinic.referrals.rules.flags import BY_ID, FLAGS
from clinic.referrals.views.answers import rows
from clinic.referrals.views.blueprint import bp
from clinic.viewer import acting_as, current

PAGES = tuple(form.PAGES)
TITLES = {
    "patient": "Who is the patient?",
    "fracture": "The fracture",
    "flags": "Red flags",
    "now": "How the patient is now",
    "check": "Check your answers before sending",
}


@dataclass(frozen=True, slots=True)
class Door:
    """Who types: a referrer, or the front desk; `address` is the endpoint of the pages."""

    address: str
    start: str
    pages: tuple[str, ...]
    titles: dict[str, str]

    def url(self, draft: Draft, page: str, **more: Any) -> str:
        return url_for(self.address, draft_id=draft.id, page=page, **more)


REFERRER = Door(".refer_page", ".refer", PAGES, TITLES)


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
    return redirect(REFERRER.url(draft, PAGES[0]))


@bp.get("/refer/<int:draft_id>/<page>")
@requires(Permission.REFER)
def refer_page(draft_id: int, page: str) -> ResponseReturnValue:
    return show(find(draft_id), page, REFERRER)


def signed_out(draft_id: int, page: str) -> ResponseReturnValue:
    """A sign-in that ran out loses nothing: what was typed goes into the draft, and sign-in leads back."""
    user = sessions.lately_of(session.get("sign_in"))
    if user is not None and page in form.EVERY_PAGE:
        by = sessions.viewer_of(user)
        with acting_as(by):
            draft = drafts.mine(draft_id)
            if draft is not None and draft.referral_id is None:
                drafts.keep(draft=draft, page=page, typed=request.form, by=by)
    return redirect(url_for("access.sign_in", next=request.path))


@bp.post("/refer/<int:draft_id>/<page>")
@requires(Permission.REFER, signed_out=signed_out)
def refer_page_post(draft_id: int, page: str) -> ResponseReturnValue:
    return take(find(draft_id), page, REFERRER)


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


def find(draft_id: int) -> Draft:
    """The viewer's own draft, or not found."""
    return drafts.mine(draft_id) or abort(404)


def show(draft: Draft, page: str, door: Door) -> ResponseReturnValue:
    """One page of the form; a sent draft shows its reference."""
    if draft.referral_id is not None:
        return redirect(_sent_url(draft))
    if page == "check":
        return _check_page(draft, door)
    if page == "act-today":
        return _act_today_page(draft, door)
    if page not in door.pages:
        abort(404)
    return _page(draft, page, {}, door)


def take(draft: Draft, page: str, door: Door) -> ResponseReturnValue:
    """Keep what was typed on a page, right or wrong; send from the check page."""
    if draft.referral_id is not None:
        return redirect(_sent_url(draft))
    if page == "check":
        return _send(draft, door)
    if page == "remove":
        drafts.remove(draft=draft, by=current())
        flash("The unfinished referral is removed.", "success")
        return redirect(url_for(door.start))
    if page not in door.pages:
        abort(404)
    drafts.keep(draft=draft, page=page, typed=request.form, by=current())
    if errors := drafts.errors_on(draft, page):
        return _page(draft, page, errors, door), 422
    if page == "flags" and drafts.check(draft).act_today:
        return redirect(door.url(draft, "act-today"))
    return redirect(door.url(draft, _next(page, door)))


def _clinics() -> list[Clinic]:
    return access.clinics_of(current().organisation_id or 0)


def _next(page: str, door: Door) -> str:
    """Back to the check page when the referrer came from there, else the next page."""
    if request.args.get("back") == "check":
        return "check"
    return (*door.pages, "check")[door.pages.index(page) + 1]


def _start_page(errors: dict[str, str]) -> str:
    return render_template(
        "referrals/refer_start.html",
        clinics=_clinics(),
        drafts=(unsent := drafts.unsent()),
        ending=drafts.ending(unsent),
        door=REFERRER,
        kept_days=drafts.KEPT.days,
        essential=len(form.ESSENTIAL),
        typed=request.form,
        errors=errors,
    )


def _page(draft: Draft, page: str, errors: dict[str, str], door: Door) -> str:
    before = ("", *door.pages)[door.pages.index(page)]
    back = "check" if request.args.get("back") == "check" else before
    return render_template(
        f"referrals/refer_{page}.html",
        draft=draft,
        typed=draft.typed,
        errors=errors,
        title=door.titles[page],
        step=door.pages.index(page) + 1,
        steps=len(door.pages) + 1,
        back=door.url(draft, back) if back else url_for(door.start),
        flags=FLAGS,
        practices=entry.organisations(draft),
        at_desk=entry.at_desk(draft),
    )


def _check_page(draft: Draft, door: Door, *, refused: bool = False) -> str:
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
        door=door,
        titles=door.titles,
        steps=len(door.pages) + 1,
        at_desk=entry.at_desk(draft),
        words=phrases,
        facts=fact_words,
    )


def _act_today_page(draft: Draft, door: Door) -> ResponseReturnValue:
    flags = drafts.check(draft).act_today
    if not flags:
        return redirect(door.url(draft, "flags"))
    clinic = access.clinic(draft.clinic_id)
    local = access.local(clinic.id, now())
    closed = access.holidays_of(clinic.id)
    reading = is_open(clinic.opening, local, closed)
    return render_template(
        "referrals/refer_act_today.html",
        draft=draft,
        door=door,
        flags=[BY_ID[flag] for flag in flags],
        clinic=clinic,
        opens=None if reading else next_opening(clinic.opening, local, closed),
    )


def _send(draft: Draft, door: Door) -> ResponseReturnValue:
    referral = drafts.send(draft=draft, by=current())
    if referral is None:
        return _check_page(draft, door, refused=True), 422
    if entry.at_desk(draft):
        flash(f"{referral.reference} is in the inbox.", "success")
    return redirect(_sent_url(draft))


def _sent_url(draft: Draft) -> str:
    """Where a sent draft leads: the reference, or for the desk the referral to decide."""
    referral = queries.referral_by_id(draft.referral_id or 0)
    return url_for(".decide" if entry.at_desk(draft) else ".sent", public_id=referral.public_id)
