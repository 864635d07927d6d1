"""Who signs in for a practice: everybody there sees it, its own administrator invites and removes (F44)."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic import viewer as viewers
from clinic.access import guards, queries, services, sessions
from clinic.access.models import Role, User
from clinic.access.permissions import Permission
from clinic.access.services import AccessProblem
from clinic.access.views.inviting import MISSING, last_day_in, refused

bp = Blueprint("colleagues", __name__, template_folder="../templates")


@bp.get("/our-people")
@guards.requires(Permission.SEE_COLLEAGUES)
def page() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("/our-people")
@guards.requires(Permission.SEE_COLLEAGUES)
def invite() -> ResponseReturnValue:
    """A colleague of the same practice, for good or as a locum until a day."""
    me = _administrator()
    typed = {name: request.form.get(name, "").strip() for name in ("email", "name", "last_day")}
    errors = {name: words for name, words in MISSING.items() if name in typed and not typed[name]}
    last_day = last_day_in(typed, errors)
    if errors:
        return _page(typed, errors), 422
    try:
        _, token = services.add_user(
            email=typed["email"],
            name=typed["name"],
            role=Role.REFERRER,
            organisation=queries.organisation(me.organisation_id or 0),
            last_day=last_day,
            by=viewers.current(),
        )
    except AccessProblem as problem:
        return _page(typed, refused(problem)), 422
    return _invited(typed["name"], str(token))


@bp.post("/our-people/<int:user_id>/<act>")
@guards.requires(Permission.SEE_COLLEAGUES)
def change(user_id: int, act: str) -> ResponseReturnValue:
    """One act a button; nobody removes themselves."""
    me, by = _administrator(), viewers.current()
    person = next((u for u in _people(me) if u.id == user_id and u.id != me.id), None) or abort(404)
    if act == "invite" and person.active:
        return _invited(person.name, services.invite_again(user=person, by=by))
    if act == "sign-out":
        sessions.end_all(user=person, by=by)
    elif act in ("disable", "enable"):
        services.set_active(user=person, active=act == "enable", by=by)
    else:
        abort(404)
    flash("Done. It is written down with your name.", "success")
    return redirect(url_for(".page"))


def _me() -> User:
    return queries.user(viewers.current().id or 0)


def _administrator() -> User:
    """The practice's own administrator; for anybody else there is nothing to change here."""
    me = _me()
    return me if me.leads_practice else abort(404)


def _people(me: User) -> list[User]:
    return queries.people_of(me.organisation_id or 0)


def _invited(name: str, token: str) -> str:
    link = url_for("access.invitation", token=token, _external=True)
    return render_template("access/invited.html", name=name, link=link, back="colleagues.page")


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    me = _me()
    return render_template(
        "access/colleagues.html",
        me=me,
        practice=queries.organisation(me.organisation_id or 0),
        people=_people(me),
        typed=typed,
        errors=errors,
    )
