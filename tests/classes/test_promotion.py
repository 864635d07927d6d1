"""Every free seat finds who is next: whatever freed it, in turn, once, and who is passed over learns why."""

from datetime import timedelta

import pytest

from clinic.classes import offers, places, promotion, queries, seats, standing, timetable, waiting
from clinic.classes.models import Member, MemberState, Outcome, PlaceState
from clinic.classes.offer_rows import StandingLine
from clinic.classes.takes import StandingTake, VisitRelease, VisitTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message
from clinic.referrals.models import Episode, State
from clinic.worklist.models import Task, WorkState
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases
NOTHING = {"dates": 0, "standing": 0, "visits": 0}


@transaction()
def waits(person, *, days=10, **more):
    """On the list for so many days; the sweep leaves the first two working days to the coordinator."""
    entry = waiting.enter(episode=person, by=BY, **more)
    entry.entered_at = NOW - timedelta(days=days)
    return person


@transaction()
def seated(row, *people):
    for person in people:
        seats.change(takes=[StandingTake(row.id, person.id, TODAY)], by=BY, now=NOW)
        standing.settle(episode_id=person.id, by=BY, now=NOW)


@transaction()
def visitor(session, person):
    seats.change(takes=[VisitTake(session.id, person.id)], by=BY, now=NOW)


@transaction()
def gives_up(person, session, outcome=Outcome.CANCELLED_BY_PATIENT):
    """The seat is only freed: nobody was there to hand it to."""
    place = next(p for p in queries.places_of(session.id) if p.episode_id == person.id)
    seats.change(releases=[VisitRelease(place.id, "freed", outcome)], by=BY, now=NOW)


def has(person) -> list:
    return sorted(member.klass.weekday for member in queries.members_of(person.id))


def once(**wishes):
    return {"sessions": 1, **wishes}


def texts(name) -> list[int]:
    return [row.patient_id for row in db.session.query(Message).filter_by(text=name).order_by(Message.id)]


def test_a_new_class_is_offered_to_who_waits_in_their_order_and_no_further_than_its_seats(clinic):
    people = [a_person(clinic, wishes=once(), referred_on=TODAY - timedelta(days=n)) for n in (9, 30, 20)]
    for person in people:
        waits(person)
    row = a_class(clinic, weekday=4, capacity=2)
    assert promotion.sweep(NOW) == {"dates": 0, "standing": 2, "visits": 0}
    assert [has(person) for person in people] == [[], [4], [4]]
    assert (row.taken, seats.count_check()) == (2, [])


def test_a_second_pass_changes_nothing(clinic):
    waits(a_person(clinic)), waits(a_person(clinic, wishes={"days": [0]}))
    a_class(clinic, weekday=4)
    promotion.sweep(NOW)
    assert promotion.sweep(NOW) == NOTHING
    assert len(texts("offer_standing")) == 1


def test_who_wants_two_days_is_offered_both_at_once(clinic):
    ada = waits(a_person(clinic))
    a_class(clinic, weekday=4), a_class(clinic)
    assert promotion.sweep(NOW)["standing"] == 1
    assert has(ada) == [1, 4]


def test_who_is_first_gets_the_class_nearest_their_level_and_leaves_the_staffed_one_to_who_needs_it(clinic):
    a_class(clinic, weekday=0, level_phase="P1", level_band="high", capacity=1)
    a_class(clinic, weekday=4, capacity=1)
    ada = waits(a_person(clinic, wishes=once(), referred_on=TODAY - timedelta(days=60)))
    needs = waits(a_person(clinic, wishes=once(), phase="P1", band="high"))
    assert promotion.sweep(NOW)["standing"] == 2
    assert (has(ada), has(needs)) == ([4], [0])


def test_who_is_new_on_the_list_is_placed_by_hand_and_never_passed_over_meanwhile(clinic):
    a_class(clinic, weekday=4, capacity=1)
    new = waits(a_person(clinic, referred_on=TODAY - timedelta(days=60)), days=0)
    waits(a_person(clinic))
    assert promotion.sweep(NOW) == NOTHING
    assert promotion.sweep(NOW + timedelta(days=2))["standing"] == 1
    assert has(new) == [4]


def test_the_unsuitable_are_passed_over_once_with_the_reason(clinic):
    early = waits(a_person(clinic, phase="P1", referred_on=TODAY - timedelta(days=90)))
    for _ in range(2):
        waits(a_person(clinic, wishes=once()))
    a_class(clinic, weekday=4)
    promotion.sweep(NOW)
    (skip,) = queries.waiting_entry(early.id).skips
    assert "phase 1" in skip["why"]


def test_more_room_in_a_class_is_handed_on_in_the_same_transaction(clinic):
    row = a_class(clinic, weekday=4, capacity=1, room=3)
    seated(row, a_person(clinic))
    ada, bea = waits(a_person(clinic, wishes=once())), waits(a_person(clinic))
    with transaction():
        row.capacity = 3
        db.session.flush()
        assert promotion.hand_on_class(class_id=row.id, by=BY, now=NOW) == 2
    assert (has(ada), has(bea), row.taken) == ([4], [4], 3)


def test_a_seat_that_nobody_wanted_at_the_time_goes_to_who_comes_on_the_list_later(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada = a_person(clinic)
    seated(row, ada)
    standing.leave(member_id=queries.members_of(ada.id)[0].id, on=TODAY, reason="travel", by=BY, now=NOW)
    bea = waits(a_person(clinic, referred_on=TODAY - timedelta(days=90)))
    promotion.sweep(NOW)
    assert has(bea) == [4]


def test_a_date_that_a_member_freed_is_lent_within_a_fortnight(clinic):
    row = a_class(clinic, weekday=4, capacity=1, weeks=4)
    ada = a_person(clinic)
    seated(row, ada)
    for session in sessions_of(row):
        gives_up(ada, session)
    people = [waits(a_person(clinic)) for _ in range(4)]
    assert promotion.sweep(NOW) == {"dates": 0, "standing": 0, "visits": 2}
    assert [session.taken for session in sessions_of(row)] == [1, 1, 0, 0]
    assert [len(queries.open_offers(one.id)) for one in people] == [1, 1, 0, 0]


def test_a_free_standing_seat_is_offered_for_good_and_not_date_by_date(clinic):
    a_class(clinic, weekday=4)
    waits(a_person(clinic, phase="P1")), waits(a_person(clinic), visits_only=True)
    assert promotion.sweep(NOW) == NOTHING


def test_who_let_a_single_date_pass_is_not_asked_about_the_next_one_at_once(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = a_person(clinic), waits(a_person(clinic))
    seated(row, ada)
    first, second = sessions_of(row)
    gives_up(ada, second)
    gives_up(ada, first)
    promotion.sweep(NOW)
    (made,) = queries.open_offers(bea.id)
    offers.expire(offer_id=made.id, by=BY, now=made.expires_at)
    assert promotion.sweep(made.expires_at) == NOTHING


# --- a standing seat whose one date is full ---


@pytest.fixture
def squeezed(clinic):
    """Ada has a standing seat, and no place on the first date: it was full when the session was made."""
    row, ada, guest = a_class(clinic, weekday=4, capacity=1), a_person(clinic), a_person(clinic, "Guest")
    first = sessions_of(row)[0]
    visitor(first, guest)
    seated(row, ada)
    return row, first, ada, guest


def test_a_full_date_is_told_once_to_the_person_and_once_to_the_desk(squeezed):
    row, first, ada, _ = squeezed
    assert [p.local_date for p in queries.coming_places(ada.id, NOW)] == [sessions_of(row)[1].local_date]
    promotion.sweep(NOW)
    promotion.sweep(NOW)
    assert texts("date_full") == [ada.patient_id]
    assert [(t.kind, t.cause_id) for t in db.session.query(Task)] == [("date_full", first.id)]


def test_its_own_member_gets_the_freed_place_before_anybody_who_waits(clinic, squeezed):
    _, first, ada, guest = squeezed
    waits(a_person(clinic, referred_on=TODAY - timedelta(days=200)))
    promotion.sweep(NOW)
    with transaction():
        db.session.query(Message).filter_by(text="date_full").update({"state": "delivered"})
    gives_up(guest, first)
    assert promotion.sweep(NOW)["dates"] == 1
    (place,) = queries.places_of(first.id)
    assert (place.episode_id, place.kind, place.state) == (ada.id, "standing", PlaceState.BOOKED)
    assert texts("date_free") == [ada.patient_id]
    assert [t.state for t in db.session.query(Task)] == [WorkState.DONE]


def test_who_was_not_yet_told_that_it_is_full_hears_nothing(squeezed):
    _, first, ada, guest = squeezed
    gives_up(guest, first)
    promotion.sweep(NOW)
    assert (texts("date_full"), texts("date_free")) == ([], [])
    assert len(queries.coming_places(ada.id, NOW)) == 2


def test_a_visitor_who_cannot_come_gives_the_place_back_to_the_member_at_once(squeezed):
    _, first, ada, _ = squeezed
    (place,) = queries.places_of(first.id)
    places.cannot_come(place_id=place.id, by=BY, now=NOW)
    assert [p.episode_id for p in queries.places_of(first.id)] == [ada.id]


def test_a_date_that_a_member_cancelled_is_not_given_back_to_them(clinic):
    row, ada = a_class(clinic, weekday=4), a_person(clinic)
    seated(row, ada)
    places.cannot_come(place_id=queries.coming_places(ada.id, NOW)[0].id, by=BY, now=NOW)
    assert promotion.sweep(NOW) == NOTHING


def test_a_session_is_never_made_with_more_people_than_it_may_hold(clinic):
    row = a_class(clinic, weekday=4, capacity=2, weeks=0, room=4)
    people = [a_person(clinic) for _ in range(2)]
    seated(row, *people)
    with transaction():
        row.capacity = 1
    timetable.materialise(class_id=row.id, until=TODAY + timedelta(days=7), by=BY, since=TODAY)
    (session,) = sessions_of(row)
    assert [place.episode_id for place in queries.places_of(session.id)] == [people[0].id]
    promotion.sweep(NOW)
    assert (texts("date_full"), seats.count_check()) == ([people[1].patient_id], [])


def test_more_room_on_one_date_goes_to_its_member_and_then_to_who_waits(clinic, squeezed):
    _, first, ada, guest = squeezed
    bea = waits(a_person(clinic))
    with transaction():
        first.room = first.capacity = 3
        db.session.flush()
        assert promotion.hand_on_session(session_id=first.id, by=BY, now=NOW) == 2
    assert {p.episode_id for p in queries.places_of(first.id)} == {ada.id, guest.id, bea.id}


def test_somebody_offered_a_seat_by_the_sweep_is_offered_and_can_say_yes(clinic):
    ada = waits(a_person(clinic))
    a_class(clinic, weekday=4)
    promotion.sweep(NOW)
    assert db.session.get(Episode, ada.id).state is State.OFFERED
    (made,) = queries.open_offers(ada.id)
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    assert [m.state for m in db.session.query(Member)] == [MemberState.ACTIVE]


def test_the_sweep_never_takes_the_last_seat_from_an_offer_made_by_hand(clinic):
    row = a_class(clinic, weekday=4, capacity=1)
    ada, bea = a_person(clinic), waits(a_person(clinic))
    offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW) if False else None
    made = offers.make(episode_id=bea.id, lines=[StandingLine(row.id, TODAY)], by=BY, now=NOW)
    assert promotion.sweep(NOW) == NOTHING
    assert (made.state, row.taken) == ("open", 1)
