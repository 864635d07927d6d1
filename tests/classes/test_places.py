from datetime import timedelta

import pytest

from clinic.classes import facts, places, queries, seats, standing, waiting
from clinic.classes.errors import PassesOver, SessionIsOver, TooLateToUndo
from clinic.classes.models import MemberState, Outcome, PlaceState
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.referrals.models import Episode, State
from clinic.worklist.models import CallListEntry, Task
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases


@transaction()
def seated(row, person):
    seats.change(takes=[StandingTake(row.id, person.id, TODAY)], by=BY, now=NOW)
    standing.settle(episode_id=person.id, by=BY, now=NOW)
    return person


@transaction()
def on_the_list(person, **more):
    waiting.enter(episode=person, by=BY, **more)
    return person


def first_place(person):
    return queries.coming_places(person.id, NOW)[0]


def held_by(person) -> list:
    return [place.state for place in queries.coming_places(person.id, NOW)]


def test_who_cannot_come_frees_one_session_and_keeps_the_standing_seat(clinic):
    row = a_class(clinic)
    ada = seated(row, a_person(clinic))
    place = first_place(ada)
    assert places.cannot_come(place_id=place.id, by=BY, now=NOW)
    assert (row.taken, [session.taken for session in sessions_of(row)]) == (1, [0, 1])
    assert [member.state for member in queries.members_of(ada.id)] == [MemberState.ACTIVE]
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS
    assert place.outcome is Outcome.CANCELLED_BY_PATIENT


def test_a_cancellation_on_the_day_is_counted_as_late(clinic):
    ada = seated(a_class(clinic), a_person(clinic))
    place = first_place(ada)
    places.cannot_come(place_id=place.id, by=BY, now=place.session.starts_at - timedelta(hours=2))
    assert place.outcome is Outcome.CANCELLED_LATE


def test_the_freed_session_goes_to_the_next_person_at_once(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = seated(row, a_person(clinic)), on_the_list(a_person(clinic, "Bea"))
    places.cannot_come(place_id=first_place(ada).id, by=BY, now=NOW)
    (offer,) = queries.open_offers(bea.id)
    assert (offer.kind, offer.expires_at) == ("single", NOW + timedelta(hours=2))
    assert held_by(bea) == [PlaceState.HELD]
    assert (sessions_of(row)[0].taken, seats.count_check()) == (1, [])


def test_a_seat_freed_at_five_past_eight_is_texted_at_once_and_ends_an_hour_before_the_class(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = seated(row, a_person(clinic)), on_the_list(a_person(clinic, "Bea"))
    friday = NOW + timedelta(days=4)
    at_five_past_eight = friday.replace(hour=8, minute=5)
    places.cannot_come(place_id=first_place(ada).id, by=BY, now=at_five_past_eight)
    (offer,) = queries.open_offers(bea.id)
    text = db.session.query(Message).filter_by(text="offer_single").one()
    assert text.not_before == at_five_past_eight
    assert offer.expires_at == text.expires_at == friday.replace(hour=9, minute=30)
    assert facts.of_offers([offer.id])[offer.id]["starts_at"] == friday.replace(hour=10, minute=30)


def test_the_unsuitable_are_skipped_with_the_reason_and_the_list_goes_on(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada = seated(row, a_person(clinic))
    early = on_the_list(a_person(clinic, phase="P1", referred_on=TODAY - timedelta(days=90)))
    bea = on_the_list(a_person(clinic, "Bea"))
    places.cannot_come(place_id=first_place(ada).id, by=BY, now=NOW)
    assert held_by(bea) == [PlaceState.HELD]
    (skip,) = queries.waiting_entry(early.id).skips
    assert "phase 1" in skip["why"]


def test_somebody_skipped_three_times_is_looked_at_by_a_person(clinic):
    row = a_class(clinic, weekday=4, capacity=1, weeks=3)
    ada = seated(row, a_person(clinic))
    on_the_list(a_person(clinic, phase="P1", referred_on=TODAY - timedelta(days=90)))
    for place in queries.coming_places(ada.id, NOW):
        on_the_list(a_person(clinic))
        places.cannot_come(place_id=place.id, by=BY, now=NOW)
    assert [task.kind for task in db.session.query(Task)] == ["passed_over_often"]


def test_the_earlier_referral_of_two_suitable_people_is_asked(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada = seated(row, a_person(clinic))
    on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=5)))
    bea = on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=50)))
    places.cannot_come(place_id=first_place(ada).id, by=BY, now=NOW)
    assert held_by(bea) == [PlaceState.HELD]


def test_with_too_little_time_the_next_person_is_rung(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = seated(row, a_person(clinic)), on_the_list(a_person(clinic))
    place = first_place(ada)
    places.cannot_come(place_id=place.id, by=BY, now=place.session.starts_at - timedelta(minutes=80))
    assert held_by(bea) == []
    assert [call.kind for call in db.session.query(CallListEntry)] == ["seat_free_soon"]


def test_saying_it_twice_frees_once(clinic):
    row = a_class(clinic)
    place = first_place(seated(row, a_person(clinic)))
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    assert not places.cannot_come(place_id=place.id, by=BY, now=NOW)
    assert seats.count_check() == []


def test_after_the_start_it_is_for_the_register(clinic):
    place = first_place(seated(a_class(clinic), a_person(clinic)))
    with pytest.raises(SessionIsOver):
        places.cannot_come(place_id=place.id, by=BY, now=place.session.starts_at)


def test_it_can_be_taken_back_within_half_an_hour(clinic):
    row = a_class(clinic)
    ada = seated(row, a_person(clinic))
    place = first_place(ada)
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    again = places.undo(place_id=place.id, by=BY, now=NOW + timedelta(minutes=30))
    assert (queries.place(again).kind, held_by(ada)) == ("standing", [PlaceState.BOOKED] * 2)


def test_after_half_an_hour_it_is_gone(clinic):
    place = first_place(seated(a_class(clinic), a_person(clinic)))
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    with pytest.raises(TooLateToUndo):
        places.undo(place_id=place.id, by=BY, now=NOW + timedelta(minutes=31))


def test_a_seat_offered_to_somebody_else_is_not_taken_back(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada = seated(row, a_person(clinic))
    on_the_list(a_person(clinic, "Bea"))
    place = first_place(ada)
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    with pytest.raises(TooLateToUndo):
        places.undo(place_id=place.id, by=BY, now=NOW)


def test_the_reminder_stops_with_the_place_and_comes_back_with_it(clinic):
    row = a_class(clinic, weekday=4, weeks=1)
    ada = a_person(clinic)
    place_id = places.book_visit(session_id=sessions_of(row)[0].id, episode_id=ada.id, by=BY, now=NOW)
    places.cannot_come(place_id=place_id, by=BY, now=NOW)
    places.undo(place_id=place_id, by=BY, now=NOW)
    rows = db.session.query(Message).filter_by(rule="reminder").order_by(Message.id)
    assert [row.state for row in rows] == [MessageState.SUPERSEDED, MessageState.PLANNED]


def test_the_last_seat_of_a_session_is_not_booked_past_somebody_who_waits_longer(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=40)))
    with pytest.raises(PassesOver):
        places.book_visit(session_id=sessions_of(row)[0].id, episode_id=a_person(clinic).id, by=BY, now=NOW)


def test_who_leaves_hands_the_standing_seat_on(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = seated(row, a_person(clinic)), on_the_list(a_person(clinic, wishes={"sessions": 1}))
    (member,) = queries.members_of(ada.id)
    standing.leave(member_id=member.id, on=TODAY, reason="moved_away", by=BY, now=NOW)
    assert [one.state for one in queries.members_of(bea.id)] == [MemberState.HELD]
    assert (row.taken, db.session.get(Episode, bea.id).state) == (1, State.OFFERED)
    assert db.session.get(Episode, ada.id).state is State.WAITING


def test_who_wants_two_days_is_offered_the_freed_one_with_a_second(clinic):
    row, tuesday = a_class(clinic, weekday=4, capacity=1), a_class(clinic)
    ada, bea = seated(row, a_person(clinic)), on_the_list(a_person(clinic))
    (member,) = queries.members_of(ada.id)
    standing.leave(member_id=member.id, on=TODAY, reason="moved_away", by=BY, now=NOW)
    assert {one.class_id for one in queries.members_of(bea.id)} == {row.id, tuesday.id}


def test_a_pause_lends_the_sessions_and_the_return_takes_them_back(clinic):
    row = a_class(clinic)
    ada = seated(row, a_person(clinic))
    standing.pause_all(episode_id=ada.id, reason="holiday", by=BY, now=NOW)
    assert (row.taken, [session.taken for session in sessions_of(row)]) == (1, [0, 0])
    standing.come_back(episode_id=ada.id, by=BY, now=NOW)
    assert [session.taken for session in sessions_of(row)] == [1, 1]
