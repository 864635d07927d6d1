"""One session changed for good reason: moved, cancelled, or short of staff. Everybody in it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clinic import audit
from clinic.classes import queries
from clinic.classes import staffing as roles
from clinic.classes.cancelling import cancel_one as cancel
from clinic.classes.models import ClassSession, Place
from clinic.classes.moving import move
from clinic.classes.rules.capacity import over
from clinic.extensions import db, transaction
from clinic.viewer import Viewer

__all__ = ["cancel", "move", "over_list", "set_staffing", "those_over"]


@transaction()
def set_staffing(*, session_id: int, staffing: Sequence[str], by: Viewer, now: datetime) -> list[int]:
    """Who is there that day decides the seats; places over capacity get a task, nobody is dropped silently.

    The places over, the last booked first to look at: visits before standing seats.
    """
    session = db.session.get_one(ClassSession, session_id, with_for_update={"of": ClassSession})
    db.session.refresh(session)
    extra = roles.staff_with(session, staffing, by=by, now=now)
    audit.record("session.staffed", by=by, about=session, capacity=session.capacity, over=extra)
    return over_list(session) if extra else []


def those_over(session: ClassSession, places: Sequence[Place]) -> list[Place]:
    """Places to look at when a session is over capacity: visits, then the latest booked standing seats."""
    latest_first = sorted(places, key=lambda place: (place.kind == "standing", -place.id))
    return latest_first[: over(session.capacity, session.taken)]


def over_list(session: ClassSession) -> list[int]:
    """The same for a session whose places are not at hand."""
    return [place.id for place in those_over(session, queries.places_of(session.id))]
