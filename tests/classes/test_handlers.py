import pytest
import time_machine

from clinic.classes import handlers, offers, queries, seats, standing
from clinic.classes.models import MemberState, OfferState
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import db, transaction
from clinic.referrals import states, suspension
from clinic.referrals.models import EndReason, Episode, State
from clinic.worklist.models import Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of


@pytest.fixture
def waits(clinic):
    """Somebody who has just been found ready for a class."""

    def make(**facts):
        person = a_person(clinic, state=State.AWAITING_ASSESSMENT, **facts)
        states.move(person, State.WAITING, by=BY)
        return person

    return make


def seated(row, person):
    made = offers.make(episode_id=person.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    return person


def held(person) -> list:
    return [member.state for member in queries.members_of(person.id)]


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


def test_who_waits_is_on_the_list(waits):
    assert queries.waiting_entry(waits().id) is not None


def test_who_held_a_seat_before_the_assessment_is_in_class_after_it(clinic):
    ada = seated(a_class(clinic, weekday=4), a_person(clinic, state=State.AWAITING_ASSESSMENT))
    states.move(ada, State.WAITING, by=BY)
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS
    assert queries.waiting_entry(ada.id) is None


def test_an_end_gives_the_seat_to_who_is_next(clinic, waits):
    row = a_class(clinic, weekday=4, capacity=1)
    ada = seated(row, waits())
    bea = waits()
    states.move(ada, State.ENDED, by=BY, ended_reason=EndReason.COMPLETED)
    assert (held(ada), held(bea)) == ([], [MemberState.HELD])
    assert (row.taken, seats.count_check()) == (1, [])


def test_an_end_takes_back_an_open_offer(clinic, waits):
    row, ada = a_class(clinic, weekday=4), waits()
    made = offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    states.move(ada, State.ENDED, by=BY, ended_reason=EndReason.DECLINED_BY_PATIENT)
    assert (made.state, held(ada), queries.waiting_entry(ada.id)) == (OfferState.WITHDRAWN, [], None)


def test_a_suspension_keeps_the_class_seat_and_lends_the_sessions(clinic, waits):
    row = a_class(clinic, weekday=4)
    ada = seated(row, waits())
    suspension.suspend(ada, reason="new_fracture", by=BY)
    assert (held(ada), row.taken) == ([MemberState.PAUSED], 1)
    assert [session.taken for session in sessions_of(row)] == [0, 0]
    assert db.session.get(Episode, ada.id).state is State.PAUSED


def test_who_comes_back_sits_down_again(clinic, waits):
    row = a_class(clinic, weekday=4)
    ada = seated(row, waits())
    suspension.suspend(ada, reason="new_fracture", by=BY)
    suspension.lift(ada, to=State.IN_CLASS, reason="healed", by=BY)
    assert held(ada) == [MemberState.ACTIVE]
    assert [session.taken for session in sessions_of(row)] == [1, 1]


def test_who_is_suspended_while_offered_loses_the_offer_and_the_place_in_the_list(clinic, waits):
    row, ada = a_class(clinic, weekday=4), waits()
    offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    suspension.suspend(ada, reason="new_fracture", by=BY)
    assert (held(ada), row.taken, queries.waiting_entry(ada.id)) == ([], 0, None)


def test_leaving_the_only_class_is_waiting_again(clinic, waits):
    ada = seated(a_class(clinic, weekday=4), waits())
    (member,) = queries.members_of(ada.id)
    with transaction():
        standing.leave(member_id=member.id, on=TODAY, reason="travel", by=BY, now=NOW)
    assert db.session.get(Episode, ada.id).state is State.WAITING
    assert queries.waiting_entry(ada.id) is not None


@pytest.mark.parametrize(
    ("band", "tasks"), [("high", ["class_too_light"]), ("intermediate", []), ("low", [])]
)
def test_who_needs_more_help_than_the_class_gives_is_looked_at_by_a_person(clinic, waits, band, tasks):
    ada = seated(a_class(clinic, weekday=4), waits())
    with transaction():
        db.session.get_one(Episode, ada.id).band = band
        handlers.level_raised(episode_id=ada.id)
    assert [task.kind for task in db.session.query(Task)] == tasks
    assert held(ada) == [MemberState.ACTIVE]
