"""The way in and out: password, second step, invitation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from markupsafe import Markup

from clinic import viewer as viewers
from clinic.access import guards, second_step, services, sessions
from clinic.access.models import Role, User
from clinic.access.services import AccessProblem
from clinic.access.views import device
from clinic.columns import blind_index
from clinic.extensions import limiter

bp = Blueprint("access", __name__, template_folder="../templates")
HALF = "half_signed_in"
WRONG = "That e-mail address and password do not match."
WRONG_CODE = "That code is not right, or was already used. Wait for the next one."


def _account() -> str:
    """Whose door is knocked at; counted under a digest, so that no address stands in the counter."""
    return blind_index("account", request.form.get("email", "").strip())


def _half() -> str:
    """Whose second step it is, whatever the form says."""
    return f"half:{(session.get(HALF) or {}).get('user')}"


def _wrong(response: Response) -> bool:
    """Only a refused try counts: a busy practice may sign in as often as it likes."""
    return response.status_code == 422


TRIES = "6 per minute; 30 per hour"
per_address = limiter.shared_limit(
    "20 per minute", scope="sign-in", key_func=get_remote_address, deduct_when=_wrong
)
per_account = limiter.limit(TRIES, key_func=_account, deduct_when=_wrong)
per_half = limiter.shared_limit(TRIES, scope="second-step", key_func=_half)


def after_sign_in() -> str:
    """Only a path of this site; anything else goes home."""
    target = request.values.get("next") or "/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "/"
    plain = target.isprintable() and "\\" not in target
    inside = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if plain and inside else "/"


@bp.get("/sign-in")
@guards.public("the way in")
def sign_in() -> ResponseReturnValue:
    return render_template("access/sign_in.html", typed={}, errors={}, next=after_sign_in())


@bp.post("/sign-in")
@guards.public("the way in")
@per_address
@per_account
def sign_in_post() -> ResponseReturnValue:
    """The first step; whoever needs a second one is not in yet."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    user = services.authenticate(email=email, password=password)
    if user is None:
        typed, errors = {"email": email}, {"email": WRONG}
        page = render_template("access/sign_in.html", typed=typed, errors=errors, next=after_sign_in())
        return page, 422
    if not second_step.wanted(user) or second_step.remembered(user, device.given()):
        return _welcome(user)
    session.clear()
    session[HALF] = second_step.half_signed_in(user)
    step = ".second_step_page" if user.totp_secret else ".set_up"
    return redirect(url_for(step, next=after_sign_in()))


@bp.get("/sign-in/code")
@guards.public("the second step of the way in; asks for the first")
def second_step_page() -> ResponseReturnValue:
    user = second_step.waiting(session.get(HALF))
    if user is None or not user.totp_secret:
        return _start_again()
    return _code_page(user, {})


@bp.post("/sign-in/code")
@guards.public("the second step of the way in; asks for the first")
@per_address
@per_half
def second_step_post() -> ResponseReturnValue:
    user = second_step.waiting(session.get(HALF))
    if user is None:
        return _start_again()
    if not second_step.spend(user=user, code=request.form.get("code", "")):
        return _code_page(user, {"code": WRONG_CODE}), 422
    answer = _welcome(user)
    return device.remember(answer, user) if request.form.get("remember") else answer


@bp.get("/sign-in/set-up")
@guards.public("staff set up their second step before they are in; asks for the first")
def set_up() -> ResponseReturnValue:
    """Showing the secret stores nothing: it is kept when a code of it was right."""
    half = session.get(HALF)
    user = second_step.waiting(half)
    if half is None or user is None or user.totp_secret:
        return _start_again()
    return _set_up_page(user, half, {})


@bp.post("/sign-in/set-up")
@guards.public("staff set up their second step before they are in; asks for the first")
@per_address
@per_half
def set_up_post() -> ResponseReturnValue:
    half = session.get(HALF)
    user = second_step.waiting(half)
    if half is None or user is None or user.totp_secret:
        return _start_again()
    secret = second_step.proposed_secret(half)
    if not second_step.confirm(user=user, secret=secret, code=request.form.get("code", "")):
        return _set_up_page(user, half, {"code": WRONG_CODE}), 422
    return _welcome(user)


@bp.post("/sign-out")
@guards.signed_in
def sign_out() -> ResponseReturnValue:
    sessions.end(token=session["sign_in"], by=viewers.current())
    session.clear()
    return redirect(url_for(".sign_in"))


@bp.get("/invitation/<token>")
@guards.public("an invited person has no account yet; the token is single-use and expires")
def invitation(token: str) -> ResponseReturnValue:
    user = services.invited(token)
    if user is None:
        return render_template("access/invitation_over.html"), 404
    return render_template("access/invitation.html", person=user, errors={})


@bp.post("/invitation/<token>")
@guards.public("an invited person has no account yet; the token is single-use and expires")
@per_address
def invitation_post(token: str) -> ResponseReturnValue:
    user = services.invited(token)
    if user is None:
        return render_template("access/invitation_over.html"), 404
    try:
        services.accept_invitation(token=token, password=request.form.get("password", ""))
    except AccessProblem as problem:
        page = render_template("access/invitation.html", person=user, errors={"password": str(problem)})
        return page, 422
    flash("Your password is set. Sign in with it now.", "success")
    return redirect(url_for(".sign_in"))


def _welcome(user: User) -> Any:
    """A new session and a new cookie: nothing set before signing in is carried over."""
    target = after_sign_in()
    session.clear()
    session["sign_in"] = sessions.begin(user=user, by=sessions.viewer_of(user))
    return redirect(target)


def _start_again() -> ResponseReturnValue:
    session.pop(HALF, None)
    return redirect(url_for(".sign_in", next=after_sign_in()))


def _code_page(user: User, errors: dict[str, str]) -> str:
    can_remember = user.role is Role.REFERRER
    return render_template(
        "access/code.html", typed={}, errors=errors, next=after_sign_in(), can_remember=can_remember
    )


def _set_up_page(user: User, half: dict[str, Any], errors: dict[str, str]) -> str:
    secret = second_step.proposed_secret(half)
    return render_template(
        "access/set_up.html",
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        picture=Markup(second_step.qr_code(user, secret)),
        typed={},
        errors=errors,
        next=after_sign_in(),
    )
