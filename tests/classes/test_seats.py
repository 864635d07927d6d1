from datetime import timedelta

import pytest

from clinic.classes import seats
from clinic.classes.errors import AlreadyHasAPlace, CannotTakeASeat, ClassIsFull, SessionIsOver
from clinic.classes.models import Member, MemberState, Place, PlaceState
from clinic.classes.takes import StandingRelease, StandingTake, VisitRelease, VisitTake
from clinic.extensions import db, transaction
from clinic.referrals.models import State
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases


@transaction()
def change(*, takes=(), releases=()):
    return seats.change(takes=takes, releases=releases, by=BY, now=NOW)


def taken(row) -> list[int]:
    db.session.expire_all()
    return [row.taken, *(session.taken for session in sessions_of(row))]


def test_a_standing_seat_is_one_in_the_class_and_one_in_every_session(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    done = change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    assert (taken(tuesday), len(done.places)) == ([1, 1, 1], 2)
    assert seats.count_check() == []


def test_a_standing_seat_begins_on_its_own_date(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(tuesday.id, ada.id, sessions_of(tuesday)[1].local_date)])
    assert taken(tuesday) == [1, 0, 1]


def test_a_held_seat_is_confirmed_without_counting_twice(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(tuesday.id, ada.id, TODAY, MemberState.HELD)])
    change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    assert taken(tuesday) == [1, 1, 1]
    assert {place.state for place in db.session.query(Place)} == {PlaceState.BOOKED}


def test_a_full_class_is_full(clinic):
    tuesday = a_class(clinic, capacity=1)
    change(takes=[StandingTake(tuesday.id, a_person(clinic).id, TODAY)])
    with pytest.raises(ClassIsFull) as refused:
        change(takes=[StandingTake(tuesday.id, a_person(clinic).id, TODAY)])
    assert refused.value.class_id == tuesday.id
    assert taken(tuesday) == [1, 1, 1]


def test_a_pair_is_taken_whole_or_not_at_all(clinic):
    tuesday, friday = a_class(clinic), a_class(clinic, weekday=4, capacity=1)
    change(takes=[StandingTake(friday.id, a_person(clinic).id, TODAY)])
    bea = a_person(clinic)
    with pytest.raises(ClassIsFull):
        change(takes=[StandingTake(row.id, bea.id, TODAY) for row in (tuesday, friday)])
    assert (taken(tuesday), taken(friday)) == ([0, 0, 0], [1, 1, 1])


def test_a_standing_seat_skips_a_date_full_of_visits_and_says_so(clinic):
    tuesday = a_class(clinic, capacity=1)
    first, second = sessions_of(tuesday)
    change(takes=[VisitTake(first.id, a_person(clinic).id)])
    done = change(takes=[StandingTake(tuesday.id, a_person(clinic).id, TODAY)])
    assert [(one.session_id, one.why) for one in done.skipped] == [(first.id, seats.FULL)]
    assert taken(tuesday) == [1, 1, 1]


def test_one_place_a_day(clinic):
    morning, afternoon, ada = a_class(clinic), a_class(clinic), a_person(clinic)
    change(takes=[VisitTake(sessions_of(morning)[0].id, ada.id)])
    with pytest.raises(AlreadyHasAPlace) as refused:
        change(takes=[VisitTake(sessions_of(afternoon)[0].id, ada.id)])
    assert refused.value.on == sessions_of(morning)[0].local_date
    assert taken(afternoon) == [0, 0, 0]


def test_a_visit_becomes_part_of_a_standing_seat_in_the_same_class(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[VisitTake(sessions_of(tuesday)[0].id, ada.id)])
    done = change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    assert (taken(tuesday), done.skipped) == ([1, 1, 1], [])
    assert {place.kind for place in db.session.query(Place)} == {"standing"}


def test_a_visit_elsewhere_that_day_costs_one_date_of_a_standing_seat(clinic):
    morning, afternoon, ada = a_class(clinic), a_class(clinic), a_person(clinic)
    change(takes=[VisitTake(sessions_of(morning)[0].id, ada.id)])
    done = change(takes=[StandingTake(afternoon.id, ada.id, TODAY)])
    assert [one.why for one in done.skipped] == [seats.BUSY_THAT_DAY]
    assert taken(afternoon) == [1, 0, 1]


def test_two_standing_seats_on_one_weekday_are_refused(clinic):
    morning, afternoon, ada = a_class(clinic), a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(morning.id, ada.id, TODAY)])
    with pytest.raises(AlreadyHasAPlace):
        change(takes=[StandingTake(afternoon.id, ada.id, TODAY)])
    assert taken(afternoon) == [0, 0, 0]


def test_leaving_frees_the_class_seat_and_every_later_session(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    member = db.session.query(Member).one()
    second = sessions_of(tuesday)[1].local_date
    change(releases=[StandingRelease(member.id, second, "left")])
    assert taken(tuesday) == [0, 1, 0]
    assert (member.state, member.left_on) == (MemberState.LEFT, second)


def test_a_pause_keeps_the_class_seat_and_lends_the_sessions(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    member = db.session.query(Member).one()
    change(releases=[StandingRelease(member.id, TODAY, "paused", MemberState.PAUSED)])
    assert taken(tuesday) == [1, 0, 0]
    change(takes=[StandingTake(tuesday.id, ada.id, TODAY)])
    assert taken(tuesday) == [1, 1, 1]


def test_releasing_twice_frees_once(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    done = change(takes=[VisitTake(sessions_of(tuesday)[0].id, ada.id)])
    release = [VisitRelease(done.places[0], "cannot_come")]
    assert change(releases=release).released == done.places
    assert change(releases=release).released == []
    assert taken(tuesday) == [0, 0, 0]


def test_leaving_twice_frees_one_standing_seat(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    change(takes=[StandingTake(tuesday.id, person.id, TODAY) for person in (ada, a_person(clinic))])
    release = [StandingRelease(db.session.query(Member).first().id, TODAY, "left")]
    change(releases=release)
    change(releases=release)
    assert (taken(tuesday), seats.count_check()) == ([1, 1, 1], [])


def test_a_move_between_classes_frees_one_and_takes_the_other_on_the_same_day(clinic):
    morning, afternoon, ada = a_class(clinic, capacity=1), a_class(clinic, capacity=1), a_person(clinic)
    change(takes=[StandingTake(morning.id, ada.id, TODAY)])
    member = db.session.query(Member).one()
    change(
        takes=[StandingTake(afternoon.id, ada.id, TODAY)],
        releases=[StandingRelease(member.id, TODAY, "moved")],
    )
    assert (taken(morning), taken(afternoon)) == ([0, 0, 0], [1, 1, 1])


def test_a_freed_seat_goes_to_the_next_person_in_one_change(clinic):
    tuesday, ada, bea = a_class(clinic, capacity=1), a_person(clinic), a_person(clinic)
    first = sessions_of(tuesday)[0]
    done = change(takes=[VisitTake(first.id, ada.id)])
    change(
        takes=[VisitTake(first.id, bea.id, PlaceState.HELD)],
        releases=[VisitRelease(done.places[0], "cannot_come")],
    )
    assert taken(tuesday) == [0, 1, 0]


@pytest.mark.parametrize("facts", [{"state": State.PAUSED}, {"suspended_at": NOW}])
def test_somebody_paused_or_suspended_takes_no_seat(clinic, facts):
    tuesday = a_class(clinic)
    with pytest.raises(CannotTakeASeat):
        change(takes=[StandingTake(tuesday.id, a_person(clinic, **facts).id, TODAY)])


def test_a_session_that_has_begun_takes_nobody(clinic):
    first = sessions_of(a_class(clinic))[0]
    ada = a_person(clinic)
    with pytest.raises(SessionIsOver), transaction():
        seats.change(takes=[VisitTake(first.id, ada.id)], by=BY, now=first.starts_at + timedelta(minutes=1))


def test_a_change_outside_a_transaction_is_a_mistake(clinic):
    with pytest.raises(RuntimeError):
        seats.change(by=BY, now=NOW)
