"""Heard in class: a death, with the same consequences as at the desk; that a number is right."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from clinic.classes import queries, seats
from clinic.classes.models import Outcome, PlaceState
from clinic.classes.takes import VisitRelease
from clinic.extensions import transaction
from clinic.patients import numbers
from clinic.patients import queries as people
from clinic.patients import services as patients
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

RING_WITHIN = timedelta(days=1)


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


@transaction()
def number(*, place_id: int, contact_id: int, right: bool, by: Viewer, now: datetime) -> None:
    """Asked face to face (F9): it is right, or somebody rings for the new one. Raises LookupError."""
    place = queries.place(place_id)
    contact = next((c for c in people.contacts(place.patient_id) if c.id == contact_id), None)
    if contact is None:
        raise LookupError("no such number of this person")
    if right:
        numbers.is_right(contact=contact, source="in class", by=by)
        return
    worklist.open_task(
        kind="number_has_changed",
        patient_id=place.patient_id,
        cause_kind="contact",
        cause_id=contact.id,
        clinic_id=place.clinic_id,
        organisation_id=place.organisation_id,
        due_at=now + RING_WITHIN,
        by=by,
    )
