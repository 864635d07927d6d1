"""A ride that was booked fits its session, or a person is told to change it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.classes import one_session, places, queries, seats, standing, transport
from clinic.classes.models import Ride, RideState
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.worklist.models import Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person

TYPED = {"booked_with": "Invented Taxis", "reference": "R-1", "pick_up": "09:45", "way_back": ""}


@pytest.fixture
def ada(clinic):
    """Ada sits in two sessions to come."""
    person = a_person(clinic)
    with transaction():
        seats.change(takes=[StandingTake(a_class(clinic).id, person.id, TODAY)], by=BY, now=NOW)
        standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


def first_place(person):
    return queries.coming_places(person.id, NOW)[0]


def ride(person) -> Ride:
    return transport.book(place_id=first_place(person).id, by=BY, **TYPED)


def needing(person, **typed) -> None:
    needs.record(patient=db.session.get_one(Patient, person.patient_id), typed=typed, by=BY)


def asked() -> list[str]:
    return list(db.session.scalars(select(Task.kind).where(Task.closed_at.is_(None)).order_by(Task.id)))


def test_a_ride_is_written_down_once_and_can_be_put_right(ada):
    ride(ada)
    again = transport.book(place_id=first_place(ada).id, by=BY, **{**TYPED, "pick_up": "10:00"})
    assert (again.pick_up, len(db.session.scalars(select(Ride)).unique().all())) == ("10:00", 1)


@pytest.mark.parametrize("wrong", [{"booked_with": " "}, {"pick_up": "quarter to ten"}])
def test_a_ride_without_a_driver_or_with_a_strange_time_is_refused(ada, wrong):
    with pytest.raises(transport.RideProblem) as refused:
        transport.book(place_id=first_place(ada).id, by=BY, **{**TYPED, **wrong})
    assert list(refused.value.errors) == list(wrong)


def test_a_ride_that_fits_asks_nobody_anything(ada):
    ride(ada)
    assert transport.sweep(NOW) == 0


def test_who_cannot_come_needs_no_ride(ada):
    ride(ada)
    places.cannot_come(place_id=first_place(ada).id, by=BY, now=NOW)
    assert [transport.sweep(NOW), transport.sweep(NOW)] == [1, 0]
    assert asked()[-1] == transport.CANCEL


def test_a_cancelled_session_needs_no_ride(ada):
    row = ride(ada)
    one_session.cancel(session_id=row.place.session_id, reason="Hall flooded", by=BY, now=NOW)
    transport.sweep(NOW)
    assert transport.CANCEL in asked()


def test_a_moved_session_needs_another_time_and_each_move_is_said(ada):
    row = ride(ada)
    for hours in (1, 2):
        with transaction():
            row.place.session.starts_at += timedelta(hours=hours)
            row.place.session.revision += 1
        assert transport.sweep(NOW) == 1
    assert asked() == [transport.CHANGE] * 2


def test_putting_the_ride_right_closes_what_was_asked(ada):
    row = ride(ada)
    with transaction():
        row.place.session.starts_at += timedelta(hours=1)
        row.place.session.revision += 1
    transport.sweep(NOW)
    ride(ada)
    assert asked() == []
    assert transport.sweep(NOW) == 0


def test_cancelling_closes_what_was_asked(ada):
    row = ride(ada)
    places.cannot_come(place_id=row.place_id, by=BY, now=NOW)
    transport.sweep(NOW)
    transport.cancel(place_id=row.place_id, by=BY)
    assert (row.state, transport.CANCEL in asked()) == (RideState.CANCELLED, False)


def test_who_needs_transport_has_a_ride_asked_for_before_each_session(ada):
    needing(ada, transport="we_book")
    assert transport.sweep(NOW) == 2
    ride(ada)
    assert asked() == [transport.BOOK]
    assert transport.sweep(NOW) == 0


def test_an_interpreter_is_asked_for_before_the_first_session_only(ada):
    needing(ada, interpreter="Polish")
    assert [transport.sweep(NOW), transport.sweep(NOW)] == [1, 0]
    assert asked() == [transport.INTERPRETER]
    later = first_place(ada).session.starts_at + timedelta(days=1)
    assert transport.sweep(later) == 0
