"""Another class offered by text: the old seat stays until the person says 1, and then goes on with it."""

from datetime import timedelta

import pytest
import time_machine

from clinic.classes import facts, move_offers, offers, queries, replies, seats, standing, waiting
from clinic.classes.errors import HasOpenOffer
from clinic.classes.models import MemberState, OfferState
from clinic.classes.move_offers import OnlyByPhone
from clinic.classes.takes import StandingTake
from clinic.extensions import db, transaction
from clinic.notifications.models import Message
from clinic.notifications.outbox import NotDue
from clinic.referrals.models import Episode, State
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person
from tests.classes.test_replies import hear

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def on_that_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@transaction()
def seated(row, person):
    seats.change(takes=[StandingTake(row.id, person.id, TODAY)], by=BY, now=NOW)
    standing.settle(episode_id=person.id, by=BY, now=NOW)
    return queries.members_of(person.id)[0]


@pytest.fixture
def moving(clinic):
    """Ada has the only Friday seat and is offered Tuesday instead; Bea waits for a Friday."""
    friday, tuesday = a_class(clinic, weekday=4, capacity=1, weeks=4), a_class(clinic, weeks=4)
    ada, bea = a_person(clinic), a_person(clinic, "Bea", wishes={"sessions": 1, "days": [4]})
    member = seated(friday, ada)
    with transaction():
        waiting.enter(episode=bea, by=BY)
    made = move_offers.make(member_id=member.id, to_class_id=tuesday.id, by=BY, now=NOW)
    return ada, bea, made, friday, tuesday


def holds(person) -> dict[int, MemberState]:
    return {m.klass.weekday: m.state for m in queries.members_of(person.id)}


def test_until_the_answer_both_seats_are_theirs_and_the_gp_sees_somebody_in_class(moving):
    ada, bea, *_ = moving
    assert holds(ada) == {4: MemberState.ACTIVE, 1: MemberState.HELD}
    assert holds(bea) == {}
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS


def test_yes_gives_up_the_old_seat_with_the_new_one_and_hands_it_on(moving):
    ada, bea, made, friday, tuesday = moving
    answer = replies.offer_yes(hear(ada, "offer", made.id))
    assert holds(ada) == {1: MemberState.ACTIVE}
    assert holds(bea) == {4: MemberState.HELD}
    assert (friday.taken, tuesday.taken, seats.count_check()) == (1, 1, [])
    assert answer.text == "offer_move_confirmed"
    assert (answer.facts["date"], answer.facts["old_date"]) == ("1 Dec", "4 Dec")
    assert [p.local_date.weekday() for p in queries.coming_places(ada.id, NOW)] == [4, 1, 1, 1]


def test_no_keeps_the_old_seat(moving):
    ada, _, made, friday, tuesday = moving
    assert replies.offer_no(hear(ada, "offer", made.id)).text == "offer_move_kept"
    assert (holds(ada), tuesday.taken) == ({4: MemberState.ACTIVE}, 0)
    assert db.session.get(Episode, ada.id).state is State.IN_CLASS


def test_silence_keeps_the_old_seat_and_a_late_one_is_told_so(moving):
    ada, _, made, _, tuesday = moving
    later = made.expires_at + timedelta(minutes=1)
    assert offers.expire(offer_id=made.id, by=BY, now=later)
    assert (holds(ada), tuesday.taken) == ({4: MemberState.ACTIVE}, 0)
    assert replies.offer_yes(hear(ada, "offer", made.id, at=later)).text == "offer_move_ended"


def test_the_text_names_both_and_the_second_text_does_too(moving):
    made = moving[2]
    said = facts.of_offers([made.id])[made.id]
    assert (said["day"], said["date"], said["old_day"], said["old_time"]) == ("Tue", "1 Dec", "Fri", "10:30")
    sent = db.session.query(Message).filter_by(cause_kind="offer", cause_id=made.id)
    assert {message.text for message in sent} == {"offer_move", "offer_move_second"}


def test_a_seat_given_up_meanwhile_is_not_spoken_of_as_kept(moving):
    ada, _, made, *_ = moving
    (old,) = (m for m in queries.members_of(ada.id) if m.state is MemberState.ACTIVE)
    standing.leave(member_id=old.id, on=TODAY, reason="own_wish", by=BY, now=NOW)
    assert facts.of_offers([made.id])[made.id] == NotDue("seat_left")
    assert replies.offer_yes(hear(ada, "offer", made.id)).text == "offer_confirmed"


def test_two_classes_of_one_day_or_no_mobile_are_for_the_telephone(clinic):
    friday, later = a_class(clinic, weekday=4), a_class(clinic, weekday=4)
    tuesday, ada, bea = a_class(clinic), a_person(clinic), a_person(clinic, mobile=None)
    for member, row in ((seated(friday, ada), later), (seated(friday, bea), tuesday)):
        with pytest.raises(OnlyByPhone):
            move_offers.make(member_id=member.id, to_class_id=row.id, by=BY, now=NOW)


def test_one_offer_at_a_time(moving, clinic):
    ada, *_ = moving
    (old,) = (m for m in queries.members_of(ada.id) if m.state is MemberState.ACTIVE)
    with pytest.raises(HasOpenOffer):
        move_offers.make(member_id=old.id, to_class_id=a_class(clinic, weekday=2).id, by=BY, now=NOW)


def test_an_accepted_move_is_an_accepted_offer(moving):
    ada, _, made, *_ = moving
    offers.accept(offer_id=made.id, by=BY, now=NOW, tell=True)
    assert made.state is OfferState.ACCEPTED
    news = db.session.query(Message).filter_by(cause_kind="offer_news").one()
    assert news.text == "offer_move_confirmed"
