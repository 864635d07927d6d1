from datetime import UTC, datetime, timedelta

import pytest

from clinic.classes import offers, queries, seats, waiting
from clinic.classes.errors import ClassIsFull, HasOpenOffer, OfferIsClosed, PassesOver, WhichDay
from clinic.classes.models import MemberState, OfferState, PlaceState
from clinic.classes.offer_rows import StandingLine, VisitLine
from clinic.extensions import db, transaction
from clinic.notifications.models import Message, MessageState
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as, staff
from clinic.worklist.models import CallListEntry
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

pytestmark = pytest.mark.both_databases
PHYSIO = staff(1, 1, "physiotherapist")
WEDNESDAY_NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def a_pair(clinic, **facts):
    return a_class(clinic, **facts), a_class(clinic, weekday=4, **facts)


def offer(episode, *classes, now=NOW, by=BY, **more):
    lines = [StandingLine(row.id, TODAY) for row in classes]
    return offers.make(episode_id=episode.id, lines=lines, by=by, now=now, **more)


def on_the_list(episode):
    with transaction():
        waiting.enter(episode=episode, by=BY)
    return episode


def states_of(episode) -> list:
    return [member.state for member in queries.members_of(episode.id)]


def texts_of(episode) -> list[tuple[str, str]]:
    rows = db.session.query(Message).filter_by(patient_id=episode.patient_id).order_by(Message.id)
    return [(row.text, row.state) for row in rows]


def test_an_offer_holds_both_seats_until_noon_two_working_days_later(clinic):
    tuesday, friday = a_pair(clinic, weeks=1)
    far = a_class(clinic, weekday=2)
    ada = a_person(clinic)
    made = offers.make(episode_id=ada.id, lines=[StandingLine(friday.id, TODAY)], by=BY, now=NOW)
    assert (made.state, made.expires_at) == (OfferState.OPEN, WEDNESDAY_NOON)
    assert (friday.taken, tuesday.taken, far.taken) == (1, 0, 0)
    assert db.session.get(Episode, ada.id).state is State.OFFERED


def test_no_offer_outlives_an_hour_before_the_first_session(clinic):
    tuesday = a_class(clinic)
    made = offer(a_person(clinic), tuesday)
    assert made.expires_at == sessions_of(tuesday)[0].starts_at - timedelta(hours=1)


def test_one_answer_books_both(clinic):
    pair, ada = a_pair(clinic), a_person(clinic)
    made = offer(on_the_list(ada), *pair)
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    assert states_of(ada) == [MemberState.ACTIVE, MemberState.ACTIVE]
    assert {place.state for place in queries.coming_places(ada.id, NOW)} == {PlaceState.BOOKED}
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS
    assert queries.waiting_entry(ada.id) is None
    assert seats.count_check() == []


def test_accepting_plans_the_reminders_of_the_coming_fortnight(clinic):
    ada = a_person(clinic)
    made = offer(ada, *a_pair(clinic))
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    texts = [text for text, state in texts_of(ada) if state is MessageState.PLANNED]
    assert sorted(texts) == ["reminder"] * 3 + ["reminder_first_visit"]


def test_a_days_name_takes_that_line_and_frees_the_other(clinic):
    tuesday, friday = a_pair(clinic)
    ada = a_person(clinic)
    offers.take_day(offer_id=offer(ada, tuesday, friday).id, weekday=4, by=BY, now=NOW)
    db.session.expire_all()
    assert (tuesday.taken, friday.taken) == (0, 1)
    assert {place.local_date.weekday() for place in queries.coming_places(ada.id, NOW)} == {4}


def test_a_day_that_is_not_offered_is_asked_about(clinic):
    made = offer(a_person(clinic), *a_pair(clinic))
    with pytest.raises(WhichDay):
        offers.take_day(offer_id=made.id, weekday=2, by=BY, now=NOW)
    assert db.session.get(type(made), made.id).state is OfferState.OPEN


def test_a_refusal_frees_the_seats_and_keeps_the_place_in_the_list(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    offers.decline(offer_id=offer(on_the_list(ada), tuesday).id, by=BY, now=NOW)
    db.session.expire_all()
    assert (tuesday.taken, db.session.get(Episode, ada.id).state) == (0, State.WAITING)
    assert queries.waiting_entry(ada.id) is not None


def test_a_late_yes_takes_nothing(clinic):
    tuesday, ada = a_class(clinic), a_person(clinic)
    made = offer(ada, tuesday)
    with pytest.raises(OfferIsClosed) as late:
        offers.accept(offer_id=made.id, by=BY, now=made.expires_at)
    assert late.value.state is OfferState.EXPIRED
    assert states_of(ada) == [MemberState.HELD]


def test_a_second_yes_changes_nothing(clinic):
    ada = a_person(clinic)
    made = offer(ada, a_class(clinic))
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    with pytest.raises(OfferIsClosed):
        offers.accept(offer_id=made.id, by=BY, now=NOW)
    assert states_of(ada) == [MemberState.ACTIVE]


def test_silence_passes_the_seat_on_and_rings_the_silent(clinic):
    friday = a_class(clinic, weekday=4, capacity=1)
    ada, bea = on_the_list(a_person(clinic)), on_the_list(a_person(clinic, "Bea", mobile="+447700900102"))
    made = offer(ada, friday)
    assert offers.expire_due(made.expires_at - timedelta(seconds=1)) == 0
    assert offers.expire_due(made.expires_at) == 1
    assert (states_of(ada), states_of(bea)) == ([], [MemberState.HELD])
    assert [call.kind for call in db.session.query(CallListEntry)] == ["offer_unanswered"]
    assert queries.waiting_entry(ada.id) is not None


def test_who_said_no_to_a_class_is_not_offered_it_again_unasked(clinic):
    friday = a_class(clinic, weekday=4, capacity=1)
    ada = on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=60)))
    offers.decline(offer_id=offer(ada, friday).id, by=BY, now=NOW)
    bea, cat = on_the_list(a_person(clinic)), on_the_list(a_person(clinic))
    offers.decline(offer_id=offer(bea, friday).id, by=BY, now=NOW)
    assert (states_of(ada), states_of(cat)) == ([], [MemberState.HELD])


def test_a_full_class_is_not_offered(clinic):
    friday = a_class(clinic, weekday=4, capacity=1)
    offer(a_person(clinic), friday)
    with pytest.raises(ClassIsFull):
        offer(a_person(clinic), friday)


def test_one_offer_at_a_time(clinic):
    ada = a_person(clinic)
    offer(ada, a_class(clinic, weekday=4))
    with pytest.raises(HasOpenOffer):
        offer(ada, a_class(clinic))


def test_the_last_seat_is_not_offered_past_somebody_who_waits_longer(clinic):
    friday = a_class(clinic, weekday=4, capacity=1)
    bea = on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=40)))
    ada = on_the_list(a_person(clinic))
    with pytest.raises(PassesOver) as refused:
        offer(ada, friday)
    assert refused.value.episode_ids == (bea.id,)


def test_a_physiotherapist_may_say_why_somebody_comes_first(clinic):
    friday = a_class(clinic, weekday=4, capacity=1)
    on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=40)))
    ada = on_the_list(a_person(clinic))
    offer(ada, friday, by=PHYSIO, out_of_turn="Only this class has a loop.")
    assert states_of(ada) == [MemberState.HELD]


def test_with_a_seat_for_both_nobody_is_passed_over(clinic):
    friday = a_class(clinic, weekday=4, capacity=2)
    on_the_list(a_person(clinic, referred_on=TODAY - timedelta(days=40)))
    ada = on_the_list(a_person(clinic))
    offer(ada, friday)
    assert states_of(ada) == [MemberState.HELD]


def test_who_is_not_assessed_yet_may_hold_a_seat_and_stays_to_be_assessed(clinic):
    ada = a_person(clinic, state=State.AWAITING_ASSESSMENT)
    made = offer(ada, a_class(clinic, weekday=4))
    offers.accept(offer_id=made.id, by=BY, now=NOW)
    assert db.session.get(Episode, ada.id).state is State.AWAITING_ASSESSMENT


def test_an_offer_is_texted_twice_at_most(clinic):
    ada = a_person(clinic)
    offer(ada, a_class(clinic, weekday=4), a_class(clinic, weekday=2))
    assert [text for text, _ in texts_of(ada)] == ["offer_pair", "offer_second"]


def test_nobody_without_a_mobile_is_texted(clinic):
    ada = a_person(clinic, mobile=None)
    offer(ada, a_class(clinic, weekday=4))
    assert texts_of(ada) == []
    assert [call.kind for call in db.session.query(CallListEntry)] == ["offer_by_phone"]


def test_an_answer_stops_the_second_text(clinic):
    ada = a_person(clinic)
    made = offer(ada, a_class(clinic, weekday=4))
    offers.decline(offer_id=made.id, by=BY, now=NOW)
    assert {state for _, state in texts_of(ada)} == {MessageState.SUPERSEDED}


def test_one_session_may_be_offered_for_two_hours(clinic):
    thursday = a_class(clinic, weekday=3)
    first = sessions_of(thursday)[0]
    made = offers.make(episode_id=a_person(clinic).id, lines=[VisitLine(first.id)], by=BY, now=NOW)
    assert made.expires_at == NOW + timedelta(hours=2)


def test_too_little_time_for_a_text_is_a_call(clinic):
    first = sessions_of(a_class(clinic))[0]
    soon = first.starts_at - timedelta(minutes=70)
    with pytest.raises(offers.TooLateToOffer):
        offers.make(episode_id=a_person(clinic).id, lines=[VisitLine(first.id)], by=BY, now=soon)


def test_what_a_row_leads_to_is_narrowed_by_who_asks_then(clinic):
    """A later load goes by its own viewer, not by whoever loaded the row."""
    made = offer(a_person(clinic), a_class(clinic))
    row = queries.find_offer(made.id)
    db.session.expire(row, ["lines"])
    with acting_as(staff(1, clinic.id + 1, "coordinator")):
        assert row.lines == []
