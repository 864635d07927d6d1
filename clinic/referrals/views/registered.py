"""The registered practice and a patient whom somebody else referred: where she is, and what changed."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.referrals import changes, clocks, letters_words, phrases, practice_view
from clinic.referrals.practice_view import Followed
from clinic.referrals.views.blueprint import bp
from clinic.referrals.views.mine import told


@bp.get("/registered/<public_id>")
@requires(Permission.FOLLOW_REFERRALS)
def registered(public_id: str) -> ResponseReturnValue:
    one = _one(public_id)
    return render_template(
        "referrals/registered.html",
        one=one,
        letters=practice_view.letters(public_id),
        title_of=letters_words.title,
        clinic=access.clinic(one.clinic_id),
        words=phrases,
    )


@bp.get("/registered/<public_id>/change")
@requires(Permission.FOLLOW_REFERRALS)
def registered_change(public_id: str) -> ResponseReturnValue:
    return _change_page(_one(public_id), {})


@bp.post("/registered/<public_id>/change")
@requires(Permission.FOLLOW_REFERRALS)
def registered_change_post(public_id: str) -> ResponseReturnValue:
    one = _one(public_id)
    service = partial(changes.tell_change_of_registered, registration_id=public_id)
    if errors := told(clocks.today(one.clinic_id, now()), service):
        return _change_page(one, errors), 422
    flash("Thank you. The service has been told and looks at it by the end of its working day.", "success")
    return redirect(url_for(".registered", public_id=public_id))


def _one(public_id: str) -> Followed:
    return practice_view.one(public_id) or abort(404)


def _change_page(one: Followed, errors: dict[str, str]) -> str:
    return render_template(
        "referrals/change.html",
        about=one.name,
        back=url_for(".registered", public_id=one.public_id),
        kinds=list(phrases.CHANGE.items()),
        typed=request.form,
        errors=errors,
    )
