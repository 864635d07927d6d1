"""Venues and their rooms, for an administrator or the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import queries, venues
from clinic.classes.errors import BadTimetable
from clinic.classes.models import Room, Venue
from clinic.classes.views.blueprint import bp
from clinic.classes.views.two_steps import number
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/venues", endpoint="venues")
@requires(Permission.MANAGE_VENUES)
def all_venues() -> ResponseReturnValue:
    """Every venue with its rooms."""
    clinic_id = current().clinic_id or 0
    return render_template(
        "classes/venues.html",
        venues=queries.venues(clinic_id),
        rooms=venues.rooms(clinic_id),
        access=dict(venues.ACCESS),
        equipment=dict(venues.EQUIPMENT),
    )


@bp.get("/venues/new")
@requires(Permission.MANAGE_VENUES)
def new_venue() -> ResponseReturnValue:
    return _venue_page(None, {}, {})


@bp.post("/venues/new")
@requires(Permission.MANAGE_VENUES)
def new_venue_post() -> ResponseReturnValue:
    return _save(None)


@bp.get("/venues/<int:venue_id>")
@requires(Permission.MANAGE_VENUES)
def venue(venue_id: int) -> ResponseReturnValue:
    row = _venue(venue_id)
    facts = {"name": row.name, "address": row.address, "access": row.access}
    return _venue_page(row, {**facts, "first_aid": row.first_aid, "notes": row.notes}, {})


@bp.post("/venues/<int:venue_id>")
@requires(Permission.MANAGE_VENUES)
def venue_post(venue_id: int) -> ResponseReturnValue:
    return _save(_venue(venue_id))


@bp.get("/venues/<int:venue_id>/rooms/new")
@requires(Permission.MANAGE_VENUES)
def new_room(venue_id: int) -> ResponseReturnValue:
    return _room_page(_venue(venue_id), None, {}, {})


@bp.post("/venues/<int:venue_id>/rooms/new")
@requires(Permission.MANAGE_VENUES)
def new_room_post(venue_id: int) -> ResponseReturnValue:
    row, read, errors = _venue(venue_id), *_read_room()
    if not errors:
        made = venues.add_room(venue_id=row.id, **read, by=current())
        flash(f"{made.name} is a room of {row.name}. Classes may be held in it.", "success")
        return redirect(url_for("classes.venues"))
    return _room_page(row, None, _typed("equipment"), errors), 422


@bp.get("/rooms/<int:room_id>")
@requires(Permission.MANAGE_VENUES)
def room(room_id: int) -> ResponseReturnValue:
    row = _room(room_id)
    facts = {"name": row.name, "size": row.size, "equipment": row.equipment, "notes": row.notes}
    return _room_page(row.venue, row, facts, {})


@bp.post("/rooms/<int:room_id>")
@requires(Permission.MANAGE_VENUES)
def room_post(room_id: int) -> ResponseReturnValue:
    row, read, errors = _room(room_id), *_read_room()
    if not errors:
        try:
            over = venues.change_room(room_id=row.id, **read, by=current(), now=now())
            words = f" {over} now have more people than seats: a task each." if over else ""
            flash(f"{row.name} holds {row.size}.{words}", "success")
            return redirect(url_for("classes.venues"))
        except BadTimetable as problem:
            errors["size"] = str(problem)
    return _room_page(row.venue, row, _typed("equipment"), errors), 422


def _save(row: Venue | None) -> ResponseReturnValue:
    typed, errors = _typed("access"), {}
    if not typed.get("name", "").strip():
        errors["name"] = "Enter the venue's name"
    if not typed.get("address", "").strip():
        errors["address"] = "Enter its address"
    if not set(typed["access"]) <= dict(venues.ACCESS).keys():
        errors["access"] = "Choose from the list"
    if errors:
        return _venue_page(row, typed, errors), 422
    saved = venues.save_venue(
        clinic_id=current().clinic_id or 0,
        venue_id=row.id if row else None,
        name=typed["name"],
        address=typed["address"],
        access=typed["access"],
        first_aid=typed.get("first_aid", ""),
        notes=typed.get("notes", ""),
        by=current(),
    )
    flash(f"{saved.name} is kept.", "success")
    return redirect(url_for("classes.venues"))


def _read_room() -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed as the service wants it, and problems by field."""
    typed, errors, size = _typed("equipment"), {}, number(request.form, "size")
    if not typed.get("name", "").strip():
        errors["name"] = "Enter the room's name"
    if size not in venues.SIZES:
        errors["size"] = "Enter how many people it holds, from 1 to 60"
    if not set(typed["equipment"]) <= dict(venues.EQUIPMENT).keys():
        errors["equipment"] = "Choose from the list"
    facts = {"name": typed.get("name", ""), "equipment": typed["equipment"], "notes": typed.get("notes", "")}
    return {**facts, "size": size}, errors


def _typed(several: str) -> dict[str, Any]:
    return {**request.form.to_dict(), several: request.form.getlist(several)}


def _venue(venue_id: int) -> Venue:
    return venues.find_venue(venue_id) or abort(404)


def _room(room_id: int) -> Room:
    return venues.find_room(room_id) or abort(404)


def _venue_page(row: Venue | None, typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template("classes/venue.html", venue=row, typed=typed, errors=errors, access=venues.ACCESS)


def _room_page(row: Venue, room: Room | None, typed: Mapping[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "classes/room.html", venue=row, room=room, typed=typed, errors=errors, equipment=venues.EQUIPMENT
    )
