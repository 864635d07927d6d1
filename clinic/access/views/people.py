"""Whom an administrator looks after: invite, invite again, sign out, let go."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic import viewer as viewers
from clinic.access import guards, queries, second_step, services, sessions
from clinic.access.models import Role, User
from clinic.access.permissions import Permission
from clinic.access.services import AccessProblem
from clinic.access.views.inviting import MISSING, last_day_in, refused

bp = Blueprint("people", __name__, template_folder="../templates")
ROLES = (
    (Role.COORDINATOR, "Coordinator"),
    (Role.PHYSIOTHERAPIST, "Physiotherapist"),
    (Role.INSTRUCTOR, "Instructor"),
    (Role.ADMIN, "Administrator"),
    (Role.REFERRER, "Refers patients, at a practice"),
)


@bp.get("/users")
@guards.requires(Permission.MANAGE_USERS)
def users() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("/users")
@guards.requires(Permission.MANAGE_USERS)
def add_user() -> ResponseReturnValue:
    """Invite a member of this clinic's staff, or a referrer of a practice linked to it."""
    typed = {
        name: request.form.get(name, "").strip() for name in ("email", "name", "role", "practice", "last_day")
    }
    errors = {name: words for name, words in MISSING.items() if not typed[name]}
    if typed["role"] and typed["role"] not in {role.value for role, _ in ROLES}:
        errors["role"] = MISSING["role"]
    refers = typed["role"] == Role.REFERRER.value
    practice = next(
        (p for p in queries.organisations_of(_clinic_id()) if str(p.id) == typed["practice"]), None
    )
    if refers and practice is None:
        errors["practice"] = "Choose the practice they refer from"
    last_day = last_day_in(typed, errors)
    if errors:
        return _page(typed, errors), 422
    try:
        _, token = services.add_user(
            email=typed["email"],
            name=typed["name"],
            role=Role(typed["role"]),
            clinic=None if refers else queries.clinic(_clinic_id()),
            organisation=practice if refers else None,
            last_day=last_day,
            by=viewers.current(),
        )
    except AccessProblem as problem:
        return _page(typed, refused(problem)), 422
    return _invited(typed["name"], str(token))


@bp.get("/users/<int:user_id>")
@guards.requires(Permission.MANAGE_USERS)
def user(user_id: int) -> ResponseReturnValue:
    return render_template("access/user.html", person=_find(user_id))


@bp.post("/users/<int:user_id>/<act>")
@guards.requires(Permission.MANAGE_USERS)
def change_user(user_id: int, act: str) -> ResponseReturnValue:
    """One act a button; nobody lets go of themselves."""
    person, by = _find(user_id), viewers.current()
    if act == "invite" and person.active:
        return _invited(person.name, services.invite_again(user=person, by=by))
    if act == "sign-out":
        sessions.end_all(user=person, by=by)
    elif act == "lost-phone":
        second_step.forget(user=person, by=by)
        sessions.end_all(user=person, by=by)
    elif act in ("lead", "lead-no-more") and person.role is Role.REFERRER:
        services.set_leads_practice(user=person, leads=act == "lead", by=by)
    elif act in ("disable", "enable") and person.id != by.id:
        services.set_active(user=person, active=act == "enable", by=by)
    else:
        abort(404)
    flash("Done. It is in the audit trail with your name.", "success")
    return redirect(url_for(".user", user_id=user_id))


def _clinic_id() -> int:
    clinic_id = viewers.current().clinic_id
    assert clinic_id is not None, "MANAGE_USERS belongs to staff"
    return clinic_id


def _find(user_id: int) -> User:
    """Somebody else's people are not found, like people who are not there."""
    return next((u for u in queries.managed_by(_clinic_id()) if u.id == user_id), None) or abort(404)


def _invited(name: str, token: str) -> str:
    link = url_for("access.invitation", token=token, _external=True)
    return render_template("access/invited.html", name=name, link=link, back="people.users")


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "access/users.html",
        people=queries.managed_by(_clinic_id()),
        practices=queries.organisations_of(_clinic_id()),
        roles=[(role.value, words) for role, words in ROLES],
        typed=typed,
        errors=errors,
    )
