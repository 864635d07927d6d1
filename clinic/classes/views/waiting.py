"""The waiting list, in the one order in which seats are given, and when a seat may be expected."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import terms
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import outlook, queries, validation
from clinic.classes.views.blueprint import bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/waiting-list")
@requires(Permission.OFFER_SEAT)
def waiting_list() -> ResponseReturnValue:
    """Who waits, since when, what they may expect, how often they were passed over, and why the last time."""
    clinic_id = current().clinic_id or 0
    return render_template(
        "classes/waiting_list.html",
        page=outlook.page(clinic_id, now()),
        by_hand=terms.of(clinic_id, terms.BY_HAND_DAYS),
    )


@bp.post("/waiting-list/<int:entry_id>/wanted")
@requires(Permission.OFFER_SEAT)
def still_wanted(entry_id: int) -> ResponseReturnValue:
    """What somebody said by telephone: a place is wanted still, or no longer."""
    entry = queries.find_waiting_entry(entry_id) or abort(404)
    said = request.form.get("said")
    if said == "yes":
        validation.keep(entry_id=entry.id, by=current())
        flash("The turn is kept.", "success")
    elif said == "no":
        validation.confirm_leaving(entry_id=entry.id, by=current(), now=now())
        flash("Taken off the waiting list, as they wished.", "success")
    else:
        flash("Choose what the person said.", "error")
    return redirect(url_for(".waiting_list"))
