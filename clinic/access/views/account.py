"""One's own account: a new password, a second step, signing out everywhere."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from clinic import viewer as viewers
from clinic.access import guards, second_step, services, sessions
from clinic.access.services import AccessProblem
from clinic.access.views.sign_in import WRONG_CODE
from clinic.columns import config
from clinic.extensions import limiter

bp = Blueprint("account", __name__, template_folder="../templates")
SETTING_UP = "setting_up"


def _person() -> str:
    return f"account:{g.user.id if g.user else 'nobody'}"


per_person = limiter.limit("6 per minute; 30 per hour", key_func=_person)


@bp.get("/account")
@guards.signed_in
def account() -> ResponseReturnValue:
    return page({})


@bp.post("/account/password")
@guards.signed_in
@per_person
def change_password() -> ResponseReturnValue:
    """The old one proves who sits there; every other session ends, this browser gets a new one."""
    user, by = g.user, viewers.current()
    if services.authenticate(email=user.email, password=request.form.get("current", "")) is None:
        return page({"current": "That is not your password"}), 422
    try:
        services.set_password(user=user, password=request.form.get("password", ""), by=by)
    except AccessProblem as problem:
        return page({"password": str(problem)}), 422
    session.clear()
    session["sign_in"] = sessions.begin(user=user, by=by)
    flash("Your password is changed. You are signed out everywhere else.", "success")
    return redirect(url_for(".account"))


@bp.post("/account/sign-out-everywhere")
@guards.signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    sessions.end_all(user=g.user, by=viewers.current())
    session.clear()
    return redirect(url_for("access.sign_in"))


@bp.post("/account/second-step")
@guards.signed_in
@per_person
def begin_second_step() -> ResponseReturnValue:
    """Show a new secret to a person who has none; offered to referrers, off in the demo."""
    if g.user.totp_secret or config().demo:
        return redirect(url_for(".account"))
    session[SETTING_UP] = second_step.half_signed_in(g.user)
    return page({})


@bp.post("/account/second-step/code")
@guards.signed_in
@per_person
def confirm_second_step() -> ResponseReturnValue:
    half = session.get(SETTING_UP)
    user = second_step.waiting(half)
    if half is None or user is None or user.id != g.user.id:
        return redirect(url_for(".account"))
    secret = second_step.proposed_secret(half)
    if not second_step.confirm(user=user, secret=secret, code=request.form.get("code", "")):
        return page({"code": WRONG_CODE}), 422
    session.pop(SETTING_UP)
    flash("From now on, signing in asks for a code from your app.", "success")
    return redirect(url_for(".account"))


def page(errors: dict[str, str]) -> str:
    facts: dict[str, Any] = {"secret": None, "picture": None}
    half = session.get(SETTING_UP)
    if half and second_step.waiting(half) and not g.user.totp_secret:
        secret = second_step.proposed_secret(half)
        facts = {"secret": secret, "picture": Markup(second_step.qr_code(g.user, secret))}
    return render_template("access/account.html", typed={}, errors=errors, **facts)
