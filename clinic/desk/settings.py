"""The clinic's own page for an administrator: phone, hours, who hears an alert, offers and waiting."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access import settings, terms
from clinic.access.guards import requires
from clinic.access.models import Clinic
from clinic.access.permissions import Permission
from clinic.patients.identity import BadIdentity, phone, phone_words
from clinic.viewer import current

bp = Blueprint("settings", __name__, template_folder="templates")


@bp.get("/settings")
@requires(Permission.MANAGE_USERS)
def clinic() -> ResponseReturnValue:
    row = access.clinic(_clinic_id())
    return _page(_as_typed(row), {})


@bp.post("/settings")
@requires(Permission.MANAGE_USERS)
def change() -> ResponseReturnValue:
    typed, errors = request.form, dict[str, str]()
    duty_phone, duty_email = typed.get("duty_phone", "").strip(), typed.get("duty_email", "").strip()
    opening = {}
    try:
        opening = settings.opening_of(typed)
    except settings.SettingsProblem as problem:
        errors |= problem.errors
    try:
        duty_phone = phone(duty_phone) if duty_phone else ""
    except BadIdentity as problem:
        errors["duty_phone"] = str(problem)
    numbers: dict[str, int] = {}
    try:
        numbers = terms.read(typed)
    except settings.SettingsProblem as problem:
        errors |= problem.errors
    if not errors:
        try:
            settings.change_clinic(
                clinic_id=_clinic_id(),
                phone=typed.get("phone", "").strip(),
                opening=opening,
                duty_phone=duty_phone or None,
                duty_email=duty_email or None,
                by=current(),
            )
            terms.change(clinic_id=_clinic_id(), numbers=numbers, by=current())
        except settings.SettingsProblem as problem:
            errors |= problem.errors
    if errors:
        return _page(typed, errors), 422
    flash("Kept. Texts written from now on use it.", "success")
    return redirect(url_for(".clinic"))


def _clinic_id() -> int:
    clinic_id = current().clinic_id
    assert clinic_id is not None, "MANAGE_USERS belongs to staff"
    return clinic_id


def _as_typed(row: Clinic) -> dict[str, str]:
    typed = {"phone": row.phone, "duty_email": row.duty_email or ""}
    typed["duty_phone"] = phone_words(row.duty_phone) if row.duty_phone else ""
    for day, (begins, ends) in row.opening.items():
        typed |= {f"from-{day}": begins, f"to-{day}": ends}
    return typed | {term.name: str(terms.in_row(row, term)) for term in terms.ALL}


def _page(typed: Mapping[str, str], errors: dict[str, str]) -> str:
    row = access.clinic(_clinic_id())
    return render_template(
        "desk/settings.html",
        row=row,
        weekdays=settings.WEEKDAYS,
        terms=terms.ALL,
        typed=typed,
        errors=errors,
    )
