"""A carer and an interpreter take a place in the room: no seat, no staff, and never unseen (F16, F19)."""

import pytest
import time_machine

from clinic.classes import merging, offers, one_session, places, queries, seats, timetable
from clinic.classes.errors import ClassIsFull
from clinic.classes.merging import Merge
from clinic.classes.offer_rows import StandingLine
from clinic.classes.rules.capacity import Level, Staff, capacity
from clinic.classes.takes import StandingTake, VisitTake
from clinic.extensions import db, transaction
from clinic.patients import needs
from clinic.patients.models import Patient
from clinic.worklist.models import Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

CARER, INTERPRETER = {"needs": [needs.CARER]}, {"interpreter": "Somali"}


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


def needing(episode, typed):
    needs.record(patient=db.session.get_one(Patient, episode.patient_id), typed=typed, by=BY)
    return episode


def take(*takes):
    with transaction():
        return seats.change(takes=takes, by=BY, now=NOW)


def room(rows):
    return [(row.taken, row.beside, row.capacity) for row in rows]


def test_room_is_counted_and_the_ratio_of_staff_is_not():
    both = [Staff("physiotherapist"), Staff("instructor")]
    assert capacity(12, Level("P2", "intermediate"), both, beside=1) == 11
    assert capacity(14, Level("P2", "intermediate"), both, beside=2) == 12


@pytest.mark.both_databases
def test_a_carer_comes_every_time_and_an_interpreter_to_the_first(clinic):
    row = a_class(clinic, capacity=4)
    ada = needing(needing(a_person(clinic), CARER), CARER | INTERPRETER)
    take(StandingTake(row.id, ada.id, TODAY))
    assert room(sessions_of(row)) == [(1, 2, 2), (1, 1, 3)]
    assert (row.beside, row.capacity, seats.count_check()) == (1, 3, [])


@pytest.mark.both_databases
def test_the_last_place_in_the_room_is_not_for_two(clinic):
    row = a_class(clinic, capacity=2)
    session = sessions_of(row)[0]
    take(VisitTake(session.id, a_person(clinic).id))
    with pytest.raises(ClassIsFull):
        take(VisitTake(session.id, needing(a_person(clinic), CARER).id))
    assert room([session]) == [(1, 0, 2)]


def test_the_place_goes_back_with_the_person(clinic):
    row = a_class(clinic, capacity=4)
    session = sessions_of(row)[0]
    place = take(VisitTake(session.id, needing(a_person(clinic), INTERPRETER).id)).places[0]
    assert room([session]) == [(1, 1, 3)]
    places.cannot_come(place_id=place, by=BY, now=NOW)
    assert (room([session]), seats.count_check()) == ([(0, 0, 4)], [])


def test_an_earlier_class_takes_the_interpreter_over(clinic):
    later, sooner = a_class(clinic, weekday=4, capacity=4), a_class(clinic, weekday=1, capacity=4)
    ada = needing(a_person(clinic), INTERPRETER)
    take(VisitTake(sessions_of(later)[0].id, ada.id))
    take(VisitTake(sessions_of(sooner)[0].id, ada.id))
    assert [sessions_of(row)[0].beside for row in (later, sooner)] == [0, 1]


def test_a_carer_heard_of_later_lowers_the_seats_and_who_is_over_has_an_owner(clinic):
    row = a_class(clinic, capacity=2)
    ada, bea = a_person(clinic), a_person(clinic, "Bea")
    take(StandingTake(row.id, ada.id, TODAY), StandingTake(row.id, bea.id, TODAY))
    needing(ada, CARER)
    assert [session.capacity for session in sessions_of(row)] == [1, 1]
    kinds = sorted(task.kind for task in db.session.query(Task))
    assert kinds == ["class_over_capacity", "session_over_capacity", "session_over_capacity"]
    assert [len(queries.places_of(session.id)) for session in sessions_of(row)] == [2, 2]


def test_a_session_made_later_and_one_short_of_staff_count_them_too(clinic):
    row = a_class(clinic, capacity=8)
    take(StandingTake(row.id, needing(a_person(clinic), CARER).id, TODAY))
    timetable.materialise(class_id=row.id, until=TODAY + timetable.HORIZON, by=BY, since=TODAY)
    assert {session.beside for session in sessions_of(row)} == {1}
    first = sessions_of(row)[0]
    both = ["physiotherapist", "instructor"]
    one_session.set_staffing(session_id=first.id, staffing=both, by=BY, now=NOW)
    assert first.capacity == 7


def test_a_merge_finds_room_for_who_comes_along(clinic):
    source, target = a_class(clinic, capacity=4), a_class(clinic, capacity=3)
    here, there = sessions_of(source)[0], sessions_of(target)[0]
    take(VisitTake(there.id, a_person(clinic).id))
    ada, bea = needing(a_person(clinic), CARER), a_person(clinic, "Bea")
    for person in (ada, bea):
        take(VisitTake(here.id, person.id))
    found = merging.merge(asked=Merge(here.id, there.id), by=BY, now=NOW)
    assert [one.episode_id for one in found.orphaned] == [bea.id]
    assert room([there]) == [(2, 1, 2)]


def test_an_offer_of_the_last_room_says_that_it_is_full(clinic):
    row = a_class(clinic, capacity=1)
    with pytest.raises(ClassIsFull):
        ada = needing(a_person(clinic), CARER)
        offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    assert row.taken == 0
