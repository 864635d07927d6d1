"""A shared tablet locks by a tap or when idle; the PIN of whose session it is opens it again (F44)."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from clinic import viewer as viewers
from clinic.access import guards, pins, sessions
from clinic.access.views import account
from clinic.access.views.sign_in import after_sign_in, bp
from clinic.extensions import limiter
from clinic.viewer import system

WRONG = "That is not your PIN. After three wrong tries your password is needed."


def _whose() -> str:
    return "pin:" + sessions.digest(session.get("sign_in") or "nobody")


@bp.get("/unlock")
@guards.public("a locked session names itself by its cookie, and shows a first name only")
def unlock() -> ResponseReturnValue:
    if g.user is not None:
        return redirect(after_sign_in())
    user = pins.locked_user(session.get("sign_in"))
    if user is None:
        return redirect(url_for("access.sign_in", next=after_sign_in()))
    return _form(user.name, {})


@bp.post("/unlock")
@guards.public("a locked session names itself by its cookie; three tries, then the password")
@limiter.limit("6 per minute", key_func=_whose)
def unlock_post() -> ResponseReturnValue:
    token = session.get("sign_in")
    user = pins.locked_user(token)
    if user is None or token is None:
        return redirect(url_for("access.sign_in", next=after_sign_in()))
    opened = pins.unlock(token=token, pin=request.form.get("pin", ""), by=system("unlock", user.clinic_id))
    if opened is None:
        flash("Three wrong tries. Sign in with your password; what you ticked is kept.", "error")
        return redirect(url_for("access.sign_in", next=after_sign_in()))
    if opened:
        return redirect(after_sign_in())
    return _form(user.name, {"pin": WRONG}), 422


@bp.post("/lock")
@guards.signed_in
def lock() -> ResponseReturnValue:
    """By the button, or by the register itself when nobody has tapped for a while."""
    pins.lock(token=session["sign_in"], by=viewers.current())
    return redirect(url_for(".unlock", next=after_sign_in()))


@account.bp.post("/account/pin")
@guards.signed_in
@account.per_person
def keep_pin() -> ResponseReturnValue:
    form = request.form
    if g.user.clinic_id is None:
        return redirect(url_for("account.account"))
    try:
        pins.keep(
            user=g.user,
            pin=form.get("pin", "").strip(),
            password=form.get("pin_password", ""),
            by=viewers.current(),
        )
    except PermissionError:
        return account.page({"pin_password": "That is not your password"}), 422
    except pins.WeakPin as problem:
        return account.page({"pin": str(problem)}), 422
    flash("Your PIN is set. The register locks after five minutes without a tap.", "success")
    return redirect(url_for("account.account"))


@account.bp.post("/account/pin/forget")
@guards.signed_in
def forget_pin() -> ResponseReturnValue:
    pins.forget(user=g.user, by=viewers.current())
    flash("You work without a PIN.", "success")
    return redirect(url_for("account.account"))


def _form(name: str, errors: dict[str, str]) -> str:
    first = name.split()[0]
    return render_template("access/unlock.html", first=first, errors=errors, next=after_sign_in())
