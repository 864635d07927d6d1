"""The offline packs' page: fetch the newest, make one now, set the passphrase."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission, may
from clinic.classes import packs
from clinic.classes.views.blueprint import bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/packs", endpoint="packs")
@requires(Permission.TAKE_REGISTER)
def packs_page() -> ResponseReturnValue:
    """The last days' packs: an instructor's own, the whole clinic's for the desk."""
    return _page({})


@bp.get("/packs/<int:pack_id>")
@requires(Permission.TAKE_REGISTER)
def pack(pack_id: int) -> ResponseReturnValue:
    """The file itself; who fetched it is written down."""
    row, pdf = packs.fetch(pack_id=pack_id, by=current()) or abort(404)
    name = f"upright-registers-{row.made_on.isoformat()}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


@bp.post("/packs")
@requires(Permission.CHANGE_TIMETABLE)
def make_packs() -> ResponseReturnValue:
    """Made anew at once, when much has changed since the evening's."""
    by = current()
    assert by.clinic_id is not None, "CHANGE_TIMETABLE belongs to staff"
    try:
        packs.make(clinic_id=by.clinic_id, by=by, now=now())
    except packs.NoPassphrase as problem:
        return _page({"words": problem.text}), 422
    flash("The pack is made. Fetch it now: when the service is down it is too late.", "success")
    return redirect(url_for("classes.packs"))


@bp.post("/packs/passphrase")
@requires(Permission.CHANGE_TIMETABLE)
def pack_passphrase() -> ResponseReturnValue:
    """Typed twice by nobody: it is shown while it is typed, and never again afterwards."""
    try:
        packs.set_passphrase(words=request.form.get("words", ""), by=current())
    except packs.BadPassphrase as problem:
        return _page({"words": str(problem)}), 422
    flash(
        "The passphrase is set. Tell it to the people who take registers; it is not shown again.", "success"
    )
    return redirect(url_for("classes.packs"))


def _page(errors: dict[str, str]) -> str:
    by = current()
    assert by.clinic_id is not None, "TAKE_REGISTER belongs to staff"
    found = packs.newest(by)
    words = packs.passphrase(by.clinic_id)
    return render_template(
        "classes/packs.html",
        packs=found,
        words_set_at=words.set_at if words else None,
        old_words={one.id for one in found if words and one.passphrase_id != words.id},
        may_change=may(by.role, Permission.CHANGE_TIMETABLE),
        kept_days=packs.KEPT.days,
        made_from=packs.MADE_FROM,
        typed=request.form,
        errors=errors,
    )
