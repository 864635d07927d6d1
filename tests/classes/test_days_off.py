"""Days on which nothing is held: everybody is told once, and no session is made there later."""

from datetime import date, time, timedelta

import pytest

from clinic.access.models import Role
from clinic.classes import (
    cancelling,
    editing,
    offers,
    one_session,
    seats,
    standing,
)
from clinic.classes.always import Always
from clinic.classes.cancelling import Days
from clinic.classes.errors import BadTimetable
from clinic.classes.models import Closure, ExerciseClass, Offer, OfferState, SessionState, Venue
from clinic.classes.offer_rows import VisitLine
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, a_user, sessions_of

FRIDAY = date(2026, 11, 27)


def take(*takes):
    with transaction():
        return seats.change(takes=takes, by=BY, now=NOW)


def texts(name):
    return db.session.query(Message).filter_by(text=name, state=MessageState.PLANNED).all()


def work(model):
    return sorted(row.kind for row in db.session.query(model))


def as_it_is(row, **more):
    facts = {"room_id": row.room_id, "instructor_id": row.instructor_id, "second_id": row.second_id}
    facts |= {"level_phase": row.level_phase, "level_band": row.level_band, "staffing": tuple(row.staffing)}
    return Always(**{"class_id": row.id, "name": row.name, "venue_id": row.venue_id, **facts, **more})


@pytest.fixture
def tuesdays(clinic):
    return a_class(clinic, capacity=4, room=14, weeks=3)


@pytest.fixture
def ada(clinic, tuesdays):
    return seated(clinic, tuesdays)


@transaction()
def seated(clinic, row, **more):
    person = a_person(clinic, **more)
    take(StandingTake(row.id, person.id, TODAY))
    standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


@transaction()
def another_venue(clinic, **more):
    facts = {"name": "Gym", "address": "2 High Street", "access": ["step_free"], **more}
    row = Venue(clinic_id=clinic.id, **facts)
    db.session.add(row)
    db.session.flush()
    return row


def edit(asked, **more):
    return editing.edit(asked=asked, by=BY, now=NOW, **more)


def days(clinic, **more):
    return Days(clinic.id, **{"first": date(2026, 11, 24), "last": date(2026, 12, 1), **more})


@pytest.mark.both_databases
def test_a_range_of_days_tells_each_person_once_and_makes_no_session_later(clinic, tuesdays, ada):
    a_class(clinic, weekday=4)
    seen = cancelling.preview(days(clinic), NOW)
    assert (len(seen.lines), len(seen.by_text)) == (3, 1)
    cancelling.cancel_days(days=days(clinic), reason="Boiler", by=BY, now=NOW, seen=seen.fingerprint)
    (text,) = texts("sessions_cancelled")
    assert text.facts == {"dates": "Tue 24 Nov 10:30, Tue 1 Dec 10:30"}
    states = [s.state for s in sessions_of(tuesdays)]
    assert states == [SessionState.CANCELLED, SessionState.CANCELLED, SessionState.PLANNED]
    assert db.session.query(Closure).count() == 1
    assert (db.session.get(ExerciseClass, tuesdays.id).taken, seats.count_check()) == (1, [])


def test_one_cancelled_date_is_told_in_the_usual_words(clinic, tuesdays, ada):
    cancelling.cancel_days(days=days(clinic, last=date(2026, 11, 25)), reason="Boiler", by=BY, now=NOW)
    assert (len(texts("session_cancelled")), texts("sessions_cancelled")) == (1, [])


def test_a_venue_that_closes_leaves_the_others_open(clinic, tuesdays):
    gym = another_venue(clinic)
    fridays = a_class(clinic, weekday=4)
    with transaction():
        fridays.venue_id = gym.id
        for session in sessions_of(fridays):
            session.venue_id = gym.id
    cancelling.cancel_days(days=days(clinic, venue_id=gym.id), reason="Flood", by=BY, now=NOW)
    assert sessions_of(fridays)[0].state is SessionState.CANCELLED
    assert sessions_of(tuesdays)[0].state is SessionState.PLANNED


def test_one_colleagues_classes_are_cancelled_without_closing_the_clinic(clinic, tuesdays):
    lead = a_user(clinic, Role.INSTRUCTOR)
    edit(as_it_is(tuesdays, instructor_id=lead.id))
    cancelling.cancel_days(days=days(clinic, staff_id=lead.id), reason="Illness", by=BY, now=NOW)
    assert sessions_of(tuesdays)[0].state is SessionState.CANCELLED
    assert db.session.query(Closure).count() == 0


def test_an_offer_of_one_of_those_dates_ends_with_it(clinic, tuesdays):
    bea = a_person(clinic, "Bea")
    offers.make(episode_id=bea.id, lines=[VisitLine(sessions_of(tuesdays)[0].id)], by=BY, now=NOW)
    assert [o.episode_id for o in cancelling.preview(days(clinic), NOW).offers] == [bea.id]
    cancelling.cancel_days(days=days(clinic), reason="Boiler", by=BY, now=NOW)
    assert db.session.query(Offer).one().state is OfferState.WITHDRAWN


def test_more_than_four_dates_are_told_as_a_span(clinic):
    mondays = a_class(clinic, weekday=0, weeks=6)
    seated(clinic, mondays)
    span = days(clinic, last=TODAY + timedelta(weeks=7))
    cancelling.cancel_days(days=span, reason="Refit", by=BY, now=NOW)
    assert texts("sessions_cancelled")[0].facts == {"dates": "6 from Mon 30 Nov to Mon 4 Jan"}


@pytest.mark.parametrize(
    "wish",
    [
        {"first": date(2026, 12, 2)},
        {"first": TODAY - timedelta(days=1)},
        {"last": TODAY + timedelta(days=90)},
        {"venue_id": 99},
    ],
)
def test_days_that_make_no_sense_are_refused(clinic, wish):
    with pytest.raises(BadTimetable):
        cancelling.preview(days(clinic, **wish), NOW)


def test_a_move_nobody_heard_of_yet_is_not_told_before_the_cancellation(clinic, tuesdays, ada):
    first = sessions_of(tuesdays)[0]
    moved = {"on": date(2026, 11, 25), "wall_time": time(9), "venue_id": first.venue_id}
    one_session.move(session_id=first.id, **moved, by=BY, now=NOW)
    one_session.cancel(session_id=first.id, reason="illness", by=BY, now=NOW)
    assert texts("session_moved") == []
    (text,) = texts("session_cancelled")
    assert (text.facts["day"], text.facts["time"]) == ("Tue", "10:30")
