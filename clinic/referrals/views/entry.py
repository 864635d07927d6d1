"""The front desk keys in letters, calls and self-referrals: the same pages, the same validator."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.referrals import drafts, entry
from clinic.referrals.views.blueprint import bp
from clinic.referrals.views.refer import PAGES, TITLES, Door, find, show, signed_out, take
from clinic.viewer import current

DESK = Door(
    ".entry_page",
    ".entries",
    ("source", *PAGES),
    {**TITLES, "source": "Where does it come from?", "check": "Check what you typed"},
)


@bp.get("/entries")
@requires(Permission.ENTER_REFERRALS)
def entries() -> ResponseReturnValue:
    unsent = drafts.unsent()
    return render_template(
        "referrals/entries.html",
        drafts=unsent,
        ending=drafts.ending(unsent),
        door=DESK,
        kept_days=drafts.KEPT.days,
    )


@bp.post("/entries")
@requires(Permission.ENTER_REFERRALS)
def entries_post() -> ResponseReturnValue:
    by = current()
    draft = drafts.start(clinic_id=by.clinic_id or 0, by=by, typed={"door": entry.DESK})
    return redirect(DESK.url(draft, DESK.pages[0]))


@bp.get("/entries/<int:draft_id>/<page>")
@requires(Permission.ENTER_REFERRALS)
def entry_page(draft_id: int, page: str) -> ResponseReturnValue:
    return show(find(draft_id), page, DESK)


@bp.post("/entries/<int:draft_id>/<page>")
@requires(Permission.ENTER_REFERRALS, signed_out=signed_out)
def entry_page_post(draft_id: int, page: str) -> ResponseReturnValue:
    return take(find(draft_id), page, DESK)
