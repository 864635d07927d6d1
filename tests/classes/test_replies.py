from datetime import timedelta

import pytest

from clinic.classes import facts, offers, places, queries, replies
from clinic.classes.models import MemberState, OfferState, PlaceState
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import db
from clinic.notifications import wording
from clinic.notifications.inbound import Heard
from clinic.notifications.models import OpenQuestion
from clinic.notifications.outbox import NotDue
from clinic.notifications.rules.replies import Intent, Reading
from clinic.wiring import FACTS
from clinic.worklist.models import CallListEntry
from tests.classes.factories import BY, NOW, TODAY, a_class, a_person, sessions_of

OLD = {"old_day": "Tue", "old_date": "24 Nov", "old_time": "10:30"}
WORDS = {
    "place": ["reminder", "reminder_visit", "reminder_first_visit"],
    "place_news": ["session_cancelled", "session_moved", "cannot_come_confirmed", "undo_confirmed"],
    "offer": ["offer_pair", "offer_standing", "offer_single", "offer_second"],
    "offer_news": ["offer_confirmed", "offer_day_confirmed", "offer_declined", "offer_single_confirmed"],
}


def hear(episode, cause_kind, cause_id, *, day=None, at=NOW) -> Heard:
    question = OpenQuestion(patient_id=episode.patient_id, cause_kind=cause_kind, cause_id=cause_id)
    reading = Reading(Intent.CONFIRM, red_flag=False, score=None, day=day)
    return Heard(question, episode.patient_id, 1, reading, inbound_id=1, at=at)


@pytest.fixture
def offered(clinic):
    ada = a_person(clinic)
    rows = a_class(clinic), a_class(clinic, weekday=4)
    made = offers.make(episode_id=ada.id, lines=[StandingLine(row.id, TODAY) for row in rows], by=BY, now=NOW)
    return ada, made


def test_yes_takes_both_and_names_both(offered):
    ada, made = offered
    answer = replies.offer_yes(hear(ada, "offer", made.id))
    assert (answer.text, answer.effect) == ("offer_confirmed", "offer_accepted")
    assert [(line["day"], line["date"]) for line in answer.facts["lines"]] == [
        ("Tue", "24 Nov"),
        ("Fri", "27 Nov"),
    ]
    assert answer.facts["time"] == "10:30"
    assert len(queries.members_of(ada.id)) == 2


def test_yes_again_is_answered_alike(offered):
    ada, made = offered
    replies.offer_yes(hear(ada, "offer", made.id))
    assert replies.offer_yes(hear(ada, "offer", made.id)).effect == "repeated"


def test_a_day_takes_that_day_and_the_answer_names_the_other(offered):
    ada, made = offered
    answer = replies.offer_day(hear(ada, "offer", made.id, day=4))
    assert answer.text == "offer_day_confirmed"
    assert (answer.facts["day"], answer.facts["released"]) == ("Fri", "Tue 10:30")


def test_a_day_not_offered_is_asked_about(offered):
    ada, made = offered
    answer = replies.offer_day(hear(ada, "offer", made.id, day=2))
    assert (answer.text, answer.facts["choices"]) == ("which_question", ["Tue 24 Nov", "Fri 27 Nov"])
    assert made.state is OfferState.OPEN


def test_no_frees_both(offered):
    ada, made = offered
    assert replies.offer_no(hear(ada, "offer", made.id)).text == "offer_declined"
    assert queries.members_of(ada.id) == []


def test_a_late_yes_takes_nothing_and_is_answered(offered):
    ada, made = offered
    answer = replies.offer_yes(hear(ada, "offer", made.id, at=made.expires_at))
    assert answer.text == "offer_expired_late_reply"
    assert {m.state for m in queries.members_of(ada.id)} == {MemberState.HELD}


def test_no_after_yes_goes_to_a_person(offered):
    ada, made = offered
    replies.offer_yes(hear(ada, "offer", made.id))
    assert replies.offer_no(hear(ada, "offer", made.id)).text == "call_me_answer"
    assert [call.kind for call in db.session.query(CallListEntry)] == ["changed_their_mind"]
    assert len(queries.members_of(ada.id)) == 2


@pytest.fixture
def booked(clinic):
    ada = a_person(clinic)
    first = sessions_of(a_class(clinic))[0]
    return ada, places.book_visit(session_id=first.id, episode_id=ada.id, by=BY, now=NOW)


def test_cannot_come_frees_the_session_and_names_the_date(booked):
    ada, place_id = booked
    answer = replies.cannot_come(hear(ada, "place", place_id))
    assert answer.text == "cannot_come_confirmed_visit"
    assert (answer.facts["day"], answer.facts["date"]) == ("Tue", "24 Nov")
    assert queries.coming_places(ada.id, NOW) == []


def test_one_within_half_an_hour_takes_it_back_and_two_frees_it_again(booked):
    ada, place_id = booked
    replies.cannot_come(hear(ada, "place", place_id))
    assert replies.coming(hear(ada, "place", place_id)).text == "undo_confirmed"
    assert [place.state for place in queries.coming_places(ada.id, NOW)] == [PlaceState.BOOKED]
    assert replies.cannot_come(hear(ada, "place", place_id)).effect == "place_freed"
    assert queries.coming_places(ada.id, NOW) == []


def test_after_half_an_hour_it_says_so(booked):
    ada, place_id = booked
    replies.cannot_come(hear(ada, "place", place_id))
    late = hear(ada, "place", place_id, at=NOW + timedelta(minutes=31))
    assert replies.coming(late).text == "undo_too_late"


def test_one_to_a_reminder_needs_no_answer(booked):
    ada, place_id = booked
    assert replies.coming(hear(ada, "place", place_id)).text is None


def test_cannot_come_after_the_start_goes_to_a_person(booked):
    ada, place_id = booked
    starts = queries.place(place_id).session.starts_at
    assert replies.cannot_come(hear(ada, "place", place_id, at=starts)).text == "call_me_answer"
    assert [call.kind for call in db.session.query(CallListEntry)] == ["cancelled_after_start"]


def test_late_is_written_where_the_instructor_reads_it(booked):
    ada, place_id = booked
    assert replies.late(hear(ada, "place", place_id)).text == "late_noted"
    assert "late" in queries.place(place_id).note


def test_when_names_the_next_class(booked):
    ada, _ = booked
    answer = replies.when(hear(ada, "place", 0))
    assert (answer.text, answer.facts["time"], answer.facts["venue"]) == ("when_answer", "10:30", "Hall")


def test_when_without_a_class_says_so(clinic):
    assert replies.when(hear(a_person(clinic), "place", 0)).text == "when_answer_none"


def test_a_freed_place_is_not_reminded_of(booked):
    ada, place_id = booked
    assert facts.of_places([place_id])[place_id]["answer_by"] == queries.place(place_id).session.starts_at
    places.cannot_come(place_id=place_id, by=BY, now=NOW)
    assert facts.of_places([place_id])[place_id] == NotDue("released")


def test_an_answered_offer_is_not_offered_again(offered):
    ada, made = offered
    assert facts.of_offers([made.id])[made.id]["until"] == "Tue 24 Nov 09:30"
    offers.decline(offer_id=made.id, by=BY, now=NOW)
    assert facts.of_offers([made.id])[made.id] == NotDue("offer_declined")


@pytest.mark.parametrize("kind", ["place", "place_news", "offer", "offer_news"])
def test_every_text_of_this_room_can_be_written_from_its_facts(booked, offered, kind):
    _, place_id = booked
    ada, made = offered
    found = FACTS[kind]([place_id if kind.startswith("place") else made.id])
    (known,) = found.values()
    about = {"first_name": "Ada", "clinic": "Riverside", "phone": "020 7946 0000", **known, **OLD}
    for name in WORDS[kind]:
        assert wording.render(name, **about)
