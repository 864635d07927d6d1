"""The waiting list, in the one order in which seats are given."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import placement
from clinic.classes.views.blueprint import bp
from clinic.viewer import current


@bp.get("/waiting-list")
@requires(Permission.OFFER_SEAT)
def waiting_list() -> ResponseReturnValue:
    """Who waits, since when, how often they were passed over, and why the last time."""
    return render_template("classes/waiting_list.html", rows=placement.waiting_list(current().clinic_id or 0))
