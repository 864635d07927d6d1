"""Another class, a seat taken back, a discharge taken back: nothing is given up before the new is certain."""

from datetime import timedelta

import pytest
import time_machine

from clinic.classes import places, queries, seats, standing, waiting
from clinic.classes.errors import ClassIsFull, PassesOver, TooLateToUndo
from clinic.classes.models import MemberState
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.referrals import reopening, states
from clinic.referrals.models import EndReason, Episode, State
from clinic.referrals.reopening import CannotReopen
from clinic.viewer import staff
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases
PHYSIO = staff(1, 1, "physiotherapist")


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@transaction()
def seated(row, person):
    seats.change(takes=[StandingTake(row.id, person.id, TODAY)], by=BY, now=NOW)
    standing.settle(episode_id=person.id, by=BY, now=NOW)
    return queries.members_of(person.id)[0]


@transaction()
def waits(person):
    waiting.enter(episode=person, by=BY)
    return person


def days_of(person) -> list:
    return sorted(m.klass.weekday for m in queries.members_of(person.id) if m.state is MemberState.ACTIVE)


def move(member, row, **more):
    return standing.move(member_id=member.id, to_class_id=row.id, on=TODAY, by=BY, now=NOW, **more)


def test_a_move_takes_the_new_seat_and_hands_the_old_one_on(clinic):
    friday, tuesday = a_class(clinic, weekday=4, capacity=1), a_class(clinic)
    ada = a_person(clinic)
    member, bea = seated(friday, ada), waits(a_person(clinic, wishes={"sessions": 1, "days": [4]}))
    move(member, tuesday)
    assert (days_of(ada), {p.local_date.weekday() for p in queries.coming_places(ada.id, NOW)}) == ([1], {1})
    assert [m.state for m in queries.members_of(bea.id)] == [MemberState.HELD]
    assert (friday.taken, tuesday.taken, seats.count_check()) == (1, 1, [])
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS


def test_a_move_within_one_day_is_possible(clinic):
    morning, later = a_class(clinic, weekday=4), a_class(clinic, weekday=4)
    ada = a_person(clinic)
    move(seated(morning, ada), later)
    assert [m.class_id for m in queries.members_of(ada.id)] == [later.id]
    assert [s.taken for s in sessions_of(later)] == [1, 1]


def test_a_full_class_leaves_everything_as_it_was(clinic):
    friday, tuesday = a_class(clinic, weekday=4), a_class(clinic, capacity=1)
    seated(tuesday, a_person(clinic))
    ada = a_person(clinic)
    member = seated(friday, ada)
    with pytest.raises(ClassIsFull):
        move(member, tuesday)
    assert (days_of(ada), len(queries.coming_places(ada.id, NOW))) == ([4], 2)


def test_a_move_past_somebody_who_waits_needs_a_physiotherapists_reason(clinic):
    friday, tuesday = a_class(clinic, weekday=4), a_class(clinic, capacity=1)
    member = seated(friday, a_person(clinic))
    waits(a_person(clinic, wishes={"days": [1]}))
    with pytest.raises(PassesOver):
        move(member, tuesday, out_of_turn="Because")
    standing.move(
        member_id=member.id, to_class_id=tuesday.id, on=TODAY, by=PHYSIO, now=NOW, out_of_turn="Nearer home"
    )
    assert tuesday.taken == 1


def test_a_date_freed_in_a_full_class_is_not_booked_past_who_waits(clinic):
    """The class is full for good and the date is free: the check looks at the date's own counter."""
    row = a_class(clinic, weekday=4, capacity=1)
    ada = a_person(clinic)
    seated(row, ada)
    places.cannot_come(place_id=queries.coming_places(ada.id, NOW)[0].id, by=BY, now=NOW)
    waits(a_person(clinic, referred_on=TODAY - timedelta(days=90)))
    with pytest.raises(PassesOver):
        places.book_visit(session_id=sessions_of(row)[0].id, episode_id=a_person(clinic).id, by=BY, now=NOW)


def test_a_seat_given_up_by_mistake_is_taken_back_within_half_an_hour(clinic):
    row, ada = a_class(clinic, weekday=4), a_person(clinic)
    member = seated(row, ada)
    standing.leave(member_id=member.id, on=TODAY, reason="travel", by=BY, now=NOW)
    soon = NOW + timedelta(minutes=30)
    standing.undo_leave(member_id=member.id, by=BY, now=soon)
    assert (days_of(ada), row.taken, db.session.get(Episode, ada.id).state) == ([4], 1, State.IN_CLASS)
    assert len(queries.coming_places(ada.id, NOW)) == 2


@pytest.mark.parametrize("why", ["too late", "gone to another"])
def test_a_seat_is_not_taken_back_later_or_from_somebody_else(clinic, why):
    row, ada = a_class(clinic, weekday=4, capacity=1), a_person(clinic)
    member = seated(row, ada)
    if why == "gone to another":
        waits(a_person(clinic, wishes={"sessions": 1}))
    standing.leave(member_id=member.id, on=TODAY, reason="travel", by=BY, now=NOW)
    with pytest.raises(TooLateToUndo):
        standing.undo_leave(
            member_id=member.id, by=BY, now=NOW + timedelta(minutes=31 if why == "too late" else 1)
        )
    assert days_of(ada) == []


# --- a discharge taken back ---


def ended(person, reason=EndReason.COMPLETED):
    states.move(person, State.ENDED, by=BY, ended_reason=reason)
    return person


def test_a_discharge_taken_back_waits_in_the_old_turn(clinic):
    ada = ended(a_person(clinic, referred_on=TODAY - timedelta(days=200)))
    assert reopening.reopen(episode_id=ada.id, reason="Came back with pain", by=BY) is State.WAITING
    assert queries.waiting_entry(ada.id).referred_on == TODAY - timedelta(days=200)


def test_who_was_never_met_is_decided_again(clinic):
    ada = ended(a_person(clinic, confirmed_on=None))
    assert reopening.reopen(episode_id=ada.id, reason="Changed her mind", by=BY) is State.BEING_DECIDED


@pytest.mark.parametrize(("reason", "why"), [(EndReason.DIED, "A mistake"), (EndReason.COMPLETED, " ")])
def test_a_death_or_no_reason_reopens_nothing(clinic, reason, why):
    ada = ended(a_person(clinic), reason)
    with pytest.raises(CannotReopen):
        reopening.reopen(episode_id=ada.id, reason=why, by=BY)
    assert db.session.get(Episode, ada.id).state is State.ENDED
