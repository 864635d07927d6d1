"""The front door's pages: sign in, second step, invitation, users."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from clinic import viewer as viewers
from clinic.access import guards, queries, services, sessions
from clinic.access.models import Role, User
from clinic.access.permissions import Permission
from clinic.access.services import AccessProblem
from clinic.extensions import limiter

bp = Blueprint("access", __name__, template_folder="templates")
blueprints = (bp,)
WRONG = "That e-mail address and password do not match."


def _account() -> str:
    return "account:" + request.form.get("email", "").strip().lower()


def _after_sign_in() -> str:
    """Only a path of this site; anything else goes home."""
    target = request.values.get("next") or "/"
    parts = urlsplit(target)
    safe = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith("//")
    return target if safe and "\\" not in target else "/"


@bp.get("/sign-in")
@guards.public("the way in")
def sign_in() -> ResponseReturnValue:
    return render_template("access/sign_in.html", typed={}, errors={}, next=_after_sign_in())


@bp.post("/sign-in")
@guards.public("the way in")
@limiter.limit("10 per minute", key_func=get_remote_address)
@limiter.limit("6 per minute; 30 per hour", key_func=_account)
def sign_in_post() -> ResponseReturnValue:
    email, password = request.form.get("email", ""), request.form.get("password", "")
    user = services.authenticate(email=email, password=password)
    if user is None:
        page = render_template(
            "access/sign_in.html", typed={"email": email}, errors={"email": WRONG}, next=_after_sign_in()
        )
        return page, 422
    if services.needs_totp(user):
        session["half_signed_in"] = user.id
        return redirect(url_for(".second_step", next=_after_sign_in()))
    return _welcome(user)


@bp.get("/sign-in/code")
@guards.public("the second step of the way in")
def second_step() -> ResponseReturnValue:
    return render_template("access/code.html", typed={}, errors={}, next=_after_sign_in())


@bp.post("/sign-in/code")
@guards.public("the second step of the way in")
@limiter.limit("6 per minute")
def second_step_post() -> ResponseReturnValue:
    half = session.get("half_signed_in")
    if half is None:
        return redirect(url_for(".sign_in"))
    user = queries.user(half)
    if not services.spend_totp(user=user, code=request.form.get("code", "")):
        errors = {"code": "That code is not right, or was already used. Wait for the next one."}
        return render_template("access/code.html", typed={}, errors=errors, next=_after_sign_in()), 422
    return _welcome(user)


def _welcome(user: User) -> ResponseReturnValue:
    """A new session and a new cookie: nothing set before signing in is carried over."""
    target = _after_sign_in()
    session.clear()
    session["sign_in"] = sessions.begin(user=user, by=_viewer_of(user))
    return redirect(target)


def _viewer_of(user: User) -> viewers.Viewer:
    if user.organisation_id is not None:
        return viewers.referrer(user.id, user.organisation_id)
    assert user.clinic_id is not None
    return viewers.staff(user.id, user.clinic_id, user.role.value)


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
@limiter.limit("10 per minute")
def invitation_post(token: str) -> ResponseReturnValue:
    user = services.invited(token)
    if user is None:
        return render_template("access/invitation_over.html"), 404
    try:
        services.set_password(user=user, password=request.form.get("password", ""), by=_viewer_of(user))
    except AccessProblem as problem:
        page = render_template("access/invitation.html", person=user, errors={"password": str(problem)})
        return page, 422
    flash("Your password is set. Sign in with it now.", "success")
    return redirect(url_for(".sign_in"))


@bp.get("/users")
@guards.requires(Permission.MANAGE_USERS)
def users() -> ResponseReturnValue:
    return _users_page({}, {})


@bp.post("/users")
@guards.requires(Permission.MANAGE_USERS)
def add_user() -> ResponseReturnValue:
    viewer = viewers.current()
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name", "role")}
    errors = {name: words for name, words in MISSING.items() if not typed[name]}
    if not errors and typed["role"] not in (role.value for role in Role if role is not Role.REFERRER):
        errors["role"] = MISSING["role"]
    if errors:
        return _users_page(typed, errors), 422
    assert viewer.clinic_id is not None
    try:
        _, token = services.add_user(
            email=typed["email"],
            name=typed["name"],
            role=Role(typed["role"]),
            clinic=queries.clinic(viewer.clinic_id),
            by=viewer,
        )
    except AccessProblem as problem:
        return _users_page(typed, {"email": str(problem)}), 422
    link = url_for(".invitation", token=token, _external=True)
    return render_template("access/invited.html", name=typed["name"], link=link)


MISSING = {
    "email": "Enter the person's work e-mail address",
    "name": "Enter the person's name",
    "role": "Choose what the person does here",
}


def _users_page(typed: dict[str, str], errors: dict[str, str]) -> str:
    assert g.viewer is not None and g.viewer.clinic_id is not None
    people = queries.staff_of(g.viewer.clinic_id)
    return render_template("access/users.html", people=people, typed=typed, errors=errors)
