"""Rooms: how many people one holds caps every class in it, and nobody loses a seat to a smaller number."""

from datetime import time

import pytest

from clinic.classes import queries, seats, timetable, venues
from clinic.classes.errors import BadTimetable
from clinic.classes.takes import VisitTake
from clinic.extensions import transaction
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of


@pytest.fixture
def tuesdays(clinic):
    return a_class(clinic, capacity=12)


def visits(clinic, session, count):
    with transaction():
        takes = [VisitTake(session.id, a_person(clinic).id) for _ in range(count)]
        seats.change(takes=takes, by=BY, now=NOW)


def room(venue_id, size):
    return venues.add_room(venue_id=venue_id, name="Studio", size=size, equipment=["mats"], notes="", by=BY)


def resize(row, size):
    facts = {"name": row.name, "equipment": row.equipment, "notes": ""}
    return venues.change_room(room_id=row.id, size=size, **facts, by=BY, now=NOW)


def test_a_room_caps_the_class_and_its_sessions(clinic, tuesdays):
    studio = room(tuesdays.venue_id, 10)
    row = timetable.create_class(
        clinic_id=clinic.id,
        name="Studio",
        venue_id=tuesdays.venue_id,
        weekday=4,
        wall_time=time(11),
        level_phase="P2",
        level_band="intermediate",
        room=14,
        room_id=studio.id,
        staffing=["physiotherapist", "instructor"],
        starts_on=TODAY,
        by=BY,
        now=NOW,
    )
    assert (row.room, row.capacity) == (10, 10)
    assert resize(studio, 5) == 0
    assert {(s.room, s.capacity) for s in sessions_of(row)} == {(5, 5)}


def test_a_room_cannot_be_smaller_than_who_has_a_seat_in_it(clinic, tuesdays):
    studio, first = room(tuesdays.venue_id, 12), sessions_of(tuesdays)[0]
    with transaction():
        first.room_id = studio.id
    visits(clinic, first, 3)
    with pytest.raises(BadTimetable, match="3 people have a seat"):
        resize(studio, 2)


def test_a_room_of_another_venue_is_refused(clinic, tuesdays):
    with pytest.raises(BadTimetable):
        queries.room_of(tuesdays.venue_id + 1, room(tuesdays.venue_id, 12).id)
