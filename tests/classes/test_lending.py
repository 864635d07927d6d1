"""A pause lends the seat date by date, and the return finds it where it was (F35)."""

from datetime import timedelta

import pytest
import time_machine

from clinic.classes import lending, offers, promotion, queries, seats, standing, timetable, waiting
from clinic.classes.lending import CannotPause, NotScreenedAgain
from clinic.classes.models import MemberState
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.referrals import suspension
from clinic.referrals.models import Episode, State
from clinic.worklist.models import CallListEntry, Task, WorkState
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person

pytestmark = pytest.mark.both_databases
WEEK = timedelta(weeks=1)
FRIDAY = TODAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def ada(clinic):
    """In the Friday class, alone, with six sessions to come."""
    row, person = a_class(clinic, weekday=4, capacity=1, weeks=6), a_person(clinic)
    with transaction():
        seats.change(takes=[StandingTake(row.id, person.id, TODAY)], by=BY, now=NOW)
        standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


@transaction()
def waits(person):
    waiting.enter(episode=person, by=BY).entered_at = NOW - timedelta(days=10)
    return person


def away(person, weeks, reason="holiday"):
    returns = FRIDAY + weeks * WEEK
    lending.pause(episode_id=person.id, reason=reason, returns_on=returns, by=BY, now=NOW)
    return returns


def weeks_of(person) -> list[int]:
    return [(place.local_date - FRIDAY).days // 7 for place in queries.coming_places(person.id, NOW)]


def state(person):
    return db.session.get(Episode, person.id).state


def test_the_dates_before_the_return_are_lent_and_the_others_stay(clinic, ada):
    away(ada, 2)
    assert (state(ada), weeks_of(ada)) == (State.PAUSED, [2, 3, 4, 5])
    (member,) = queries.members_of(ada.id)
    assert (member.state, member.klass.taken, seats.count_check()) == (MemberState.PAUSED, 1, [])
    assert db.session.get(Episode, ada.id).next_step == "return"


def test_each_date_is_offered_to_who_is_next(clinic, ada):
    bea, cat = waits(a_person(clinic)), waits(a_person(clinic))
    away(ada, 2)
    assert (weeks_of(bea), weeks_of(cat)) == ([0], [1])
    promotion.sweep(NOW)
    assert weeks_of(ada) == [2, 3, 4, 5]


def test_a_session_made_meanwhile_seats_who_will_be_back_by_then(clinic, ada):
    row = queries.members_of(ada.id)[0].klass
    away(ada, 6)
    timetable.materialise(class_id=row.id, until=FRIDAY + 7 * WEEK, by=BY, since=TODAY)
    assert weeks_of(ada) == [6, 7]


def test_back_early_the_free_dates_are_theirs_and_a_lent_one_is_the_visitors(clinic, ada):
    bea = waits(a_person(clinic))
    away(ada, 3)
    offers.accept(offer_id=queries.open_offers(bea.id)[0].id, by=BY, now=NOW)
    assert lending.back(episode_id=ada.id, by=BY, now=NOW) is State.IN_CLASS
    assert (weeks_of(ada), weeks_of(bea), seats.count_check()) == ([1, 2, 3, 4, 5], [0], [])


def test_away_for_more_than_four_weeks_is_screened_again_first(ada, on_that_monday):
    returns = away(ada, 5)
    assert [task.kind for task in db.session.query(Task)] == ["screen_again_before_return"]
    later = NOW + (returns - TODAY)
    on_that_monday.move_to(later)
    with pytest.raises(NotScreenedAgain):
        lending.back(episode_id=ada.id, by=BY, now=later)
    lending.back(episode_id=ada.id, by=BY, now=later, screened=True)
    assert [task.state for task in db.session.query(Task)] == [WorkState.DONE]


def test_an_overdue_return_is_rung_once_and_lends_the_coming_week_only(clinic, ada, on_that_monday):
    returns = away(ada, 1)
    tomorrow = NOW + (returns - TODAY) + timedelta(days=1)
    on_that_monday.move_to(tomorrow)
    promotion.sweep(tomorrow)
    promotion.sweep(tomorrow)
    assert [call.kind for call in db.session.query(CallListEntry)] == ["return_overdue"]
    assert [(p.local_date - FRIDAY).days // 7 for p in queries.coming_places(ada.id, tomorrow)] == [3, 4, 5]
    call = db.session.query(CallListEntry).one()
    with transaction():
        call.state = WorkState.DONE
    promotion.sweep(tomorrow)
    assert db.session.query(CallListEntry).count() == 1
    assert [e.id for e in lending.overdue(clinic.id, tomorrow.date())] == [ada.id]


def test_putting_the_return_off_lends_more_and_answers_the_call(ada):
    away(ada, 1)
    lending.put_off(episode_id=ada.id, returns_on=FRIDAY + 3 * WEEK, by=BY, now=NOW)
    assert weeks_of(ada) == [3, 4, 5]
    assert db.session.get(Episode, ada.id).next_on == FRIDAY + 3 * WEEK


@pytest.mark.parametrize("weeks", [-1, 13])
def test_a_seat_is_not_kept_for_ever_or_for_no_time(ada, weeks):
    with pytest.raises(CannotPause):
        away(ada, weeks)
    assert state(ada) is State.IN_CLASS


def test_a_suspension_has_no_day_of_return_and_is_not_ended_here(ada):
    suspension.suspend(ada, reason="new_fracture", by=BY)
    assert weeks_of(ada) == []
    with pytest.raises(CannotPause):
        lending.back(episode_id=ada.id, by=BY, now=NOW)


def test_who_is_suspended_while_away_is_not_rung_about_the_return(ada, on_that_monday):
    returns = away(ada, 1)
    suspension.suspend(db.session.get(Episode, ada.id), reason="new_fracture", by=BY)
    later = NOW + (returns - TODAY) + timedelta(days=1)
    on_that_monday.move_to(later)
    promotion.sweep(later)
    assert [call.kind for call in db.session.query(CallListEntry)] == []
