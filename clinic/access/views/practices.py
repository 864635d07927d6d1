"""The practices that may refer here, how they are reached, and the keys of their computer systems."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import guards, queries, services, settings
from clinic.access.models import Organisation
from clinic.access.permissions import Permission
from clinic.access.services import AccessProblem
from clinic.viewer import current

bp = Blueprint("practices", __name__, template_folder="../templates")


@bp.get("/practices")
@guards.requires(Permission.MANAGE_USERS)
def practices() -> ResponseReturnValue:
    return _list({})


@bp.post("/practices")
@guards.requires(Permission.MANAGE_USERS)
def add() -> ResponseReturnValue:
    """A practice, by its ODS code; one that refers elsewhere already is only linked."""
    try:
        row = services.add_organisation(
            ods=request.form.get("ods", ""),
            name=request.form.get("name", ""),
            clinic=queries.clinic(_clinic_id()),
            by=current(),
        )
    except AccessProblem as problem:
        return _list({"ods": str(problem)}), 422
    flash(f"{row.name} may refer to this clinic.", "success")
    return redirect(url_for(".practice", organisation_id=row.id))


@bp.get("/practices/<int:organisation_id>")
@guards.requires(Permission.MANAGE_USERS)
def practice(organisation_id: int) -> ResponseReturnValue:
    return _page(_find(organisation_id), {}, {})


@bp.post("/practices/<int:organisation_id>")
@guards.requires(Permission.MANAGE_USERS)
def change(organisation_id: int) -> ResponseReturnValue:
    row = _find(organisation_id)
    typed = {name: request.form.get(name, "") for name in ("name", "phone", "email")}
    try:
        settings.change_practice(organisation_id=row.id, by=current(), **typed)
    except settings.SettingsProblem as problem:
        return _page(row, typed, problem.errors), 422
    flash("Kept.", "success")
    return redirect(url_for(".practice", organisation_id=row.id))


@bp.post("/practices/<int:organisation_id>/keys")
@guards.requires(Permission.MANAGE_USERS)
def add_key(organisation_id: int) -> ResponseReturnValue:
    """A key for the practice's system, shown once."""
    row, system = _find(organisation_id), request.form.get("system", "").strip()
    if not system:
        return _page(row, {}, {"system": "Enter the name of the system that will send"}), 422
    key = services.add_client(name=system, organisation=row, by=current())
    return render_template("access/key.html", practice=row, system=system, key=key)


@bp.post("/practices/<int:organisation_id>/keys/<int:client_id>/revoke")
@guards.requires(Permission.MANAGE_USERS)
def revoke_key(organisation_id: int, client_id: int) -> ResponseReturnValue:
    row = _find(organisation_id)
    client = next((c for c in settings.clients_of(row.id) if c.id == client_id), None) or abort(404)
    settings.revoke_client(client=client, by=current())
    flash(f"The key of {client.name} no longer works.", "success")
    return redirect(url_for(".practice", organisation_id=row.id))


def _clinic_id() -> int:
    clinic_id = current().clinic_id
    assert clinic_id is not None, "MANAGE_USERS belongs to staff"
    return clinic_id


def _find(organisation_id: int) -> Organisation:
    """A practice of another clinic is not found, like one that is not there."""
    linked = queries.organisations_of(_clinic_id())
    return next((row for row in linked if row.id == organisation_id), None) or abort(404)


def _list(errors: dict[str, str]) -> str:
    return render_template(
        "access/practices.html",
        practices=queries.organisations_of(_clinic_id()),
        typed=request.form,
        errors=errors,
    )


def _page(row: Organisation, typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "access/practice.html",
        practice=row,
        clients=settings.clients_of(row.id),
        typed=typed or {"name": row.name, "phone": row.phone or "", "email": row.email or ""},
        errors=errors,
    )
