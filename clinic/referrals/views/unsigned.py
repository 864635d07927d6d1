"""Who answers for running on rules that nobody has signed, why, and until when (F27)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.protocol.sign_off import BadWaiver
from clinic.referrals import clocks, form, sign_off
from clinic.referrals.views.blueprint import bp
from clinic.viewer import current


@bp.get("/protocol/unsigned")
@requires(Permission.MANAGE_USERS)
def unsigned() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("/protocol/unsigned")
@requires(Permission.MANAGE_USERS)
def run_unsigned() -> ResponseReturnValue:
    """Takes effect at once; the banner on every staff page names the person, the day and the reason."""
    typed, errors = request.form, dict[str, str]()
    until = form.whole_date(typed, "until", errors)
    if not errors:
        try:
            sign_off.run_unsigned(
                clinic_id=current().clinic_id or 0,
                name=typed.get("name", ""),
                reason=typed.get("reason", ""),
                until=until,
                by=current(),
            )
        except BadWaiver as problem:
            errors[problem.field] = str(problem)
    if errors:
        return _page(typed.to_dict(), errors), 422
    flash("Kept. Staff pages show who answers for it until that day.", "success")
    return redirect(url_for("reports.protocol"))


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    clinic_id = current().clinic_id or 0
    return render_template(
        "referrals/unsigned.html",
        book=sign_off.book_of(clinic_id, clocks.today(clinic_id, now())),
        given=sign_off.waiver_of(clinic_id),
        typed=typed,
        errors=errors,
    )
