"""An instructor hears that somebody has died: the same consequences as at the desk, and today's place too."""

from __future__ import annotations

from datetime import date, datetime

from clinic.classes import queries, seats
from clinic.classes.models import Outcome, PlaceState
from clinic.classes.takes import VisitRelease
from clinic.extensions import transaction
from clinic.patients import services as patients
from clinic.viewer import Viewer


@transaction()
def death(*, place_id: int, on: date, source: str, by: Viewer, now: datetime) -> None:
    """Texts, seats, offers and links end, the episode ends, the practice is told (F7), all at once."""
    place = queries.place(place_id)
    seats.lock_people([place.episode_id])
    patients.record_death(patient=queries.patient_of(place), on=on, source=source, by=by)
    place = queries.place(place_id)
    if place.state is PlaceState.BOOKED and place.outcome is Outcome.EXPECTED:
        release = VisitRelease(place_id, "died", Outcome.CANCELLED_BY_PATIENT)
        seats.change(releases=[release], by=by, now=now)
