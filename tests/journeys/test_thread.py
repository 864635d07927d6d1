"""The whole thread through the pages and the stand-in for Twilio, on both databases.

A Tuesday at ten, so that texts may leave; planning and delivery are called as the worker calls them.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
import time_machine
from sqlalchemy import select

from clinic.classes import seats
from clinic.classes.models import Member, MemberState, Place, PlaceState
from clinic.notifications.models import Message
from clinic.viewer import acting_as, system
from clinic.worklist.models import Alert
from tests import demo_house as house
from tests.journeys import story
from tests.journeys.town import Town

pytestmark = pytest.mark.both_databases
TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
BROKEN = (13, 8, 2026)


@pytest.fixture
def clock():
    with time_machine.travel(TUESDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def town(clock, make_app, tmp_path):
    with Town(make_app, tmp_path) as town:
        yield town


def test_a_referral_becomes_two_seats_and_texts_go_out_and_come_back(town, clock):
    gp, physio = town.person(house.GP), town.person(house.PHYSIO)

    story.refer(gp, BROKEN)
    gp.sees("Your reference", "You hear by Tuesday 8 December 2026")
    gp.opens("/referrals").sees("Adaeze Okafor", "The service is deciding")

    physio.opens("/").sees("1 referral to decide")
    story.accept(physio)
    story.number_is_right(physio)
    story.assess(physio)
    story.offer_two(physio)

    offer = next(text for text in town.texts() if "Tue" in text)
    assert "Adaeze" in offer and "Tue" in offer and "Fri" in offer

    confirmed = town.replies("1")
    assert "4 December" in confirmed or "4 Dec" in confirmed, confirmed
    members = town.rows(select(Member))
    assert [m.state for m in members] == [MemberState.ACTIVE] * 2
    story.patients_page(physio).sees("In class", "Steady, Tuesday", "Steady, Friday")

    town.post_office_works()
    reminders = town.rows(select(Message).where(Message.purpose == "reminder"))
    first = min(reminders, key=lambda m: m.due_at)
    assert first.due_at == datetime(2026, 12, 4, 8, 0, tzinfo=UTC), "08:00 beats start minus three hours"

    clock.move_to(datetime(2026, 12, 4, 8, 5, tzinfo=UTC))
    assert "10:30" in town.texts()[-1]
    freed = town.replies("2")
    assert "4 Dec" in freed, freed
    places = town.rows(select(Place).order_by(Place.local_date))
    assert [p.state for p in places[:2]] == [PlaceState.RELEASED, PlaceState.BOOKED]
    assert all(m.state is MemberState.ACTIVE for m in town.rows(select(Member)))
    story.patients_page(town.person(house.PHYSIO)).sees("Steady, Friday")

    with town.app.app_context(), acting_as(system("test")):
        assert seats.count_check() == []


def test_a_prompt_names_one_exercise_she_was_shown_and_pain_is_heard(town, clock):
    gp, physio = town.person(house.GP), town.person(house.PHYSIO)
    story.refer(gp, BROKEN)
    story.accept(physio)
    story.number_is_right(physio)
    story.assess(physio)

    clock.move_to(datetime(2026, 12, 2, 10, 1, tzinfo=UTC))
    prompt = town.texts()[-1]
    assert "E0" not in prompt and "worktop" not in prompt, prompt
    assert "Adaeze" in town.replies("DONE")
    town.replies("PAIN 8")
    [alert] = town.rows(select(Alert))
    assert alert.kind == "pain_high"
    town.person(house.PHYSIO).opens("/").sees("1 open alert")


def test_a_red_flag_is_refused_at_the_door_and_somebody_has_an_hour(town):
    gp, physio = town.person(house.GP), town.person(house.PHYSIO)
    story.start_referral(gp)
    gp.sends(
        "Save and continue",
        fracture_date_day=13,
        fracture_date_month=8,
        fracture_date_year=2026,
        **story.FRACTURE,
    )
    gp.sends("Save and continue", none_of_these="yes", flag_cauda_equina="yes")
    gp.sees("NOT ACCEPTED")
    physio.opens("/worklist").sees("Telephone the practice")


class TestBadInputLosesNothing:
    def test_a_wrong_nhs_number(self, town):
        gp = story.start_referral(town.person(house.GP), nhs_number="999 000 0019")
        assert gp.status == 422
        gp.sees("There is a problem", "fails its check")
        assert 'value="Adaeze"' in gp.html

    def test_a_future_fracture(self, town):
        gp = story.start_referral(town.person(house.GP))
        gp.sends(
            "Save and continue",
            fracture_date_day=13,
            fracture_date_month=8,
            fracture_date_year=2027,
            **story.FRACTURE,
        )
        assert gp.status == 422
        gp.sees("There is a problem")

    def test_an_impossible_timed_walk(self, town):
        gp, physio = town.person(house.GP), town.person(house.PHYSIO)
        story.refer(gp, BROKEN)
        story.accept(physio)
        story.assess(physio, tug="900", note="Kyphosis, no tenderness")
        assert physio.status == 422
        physio.sees("There is a problem", "Kyphosis, no tenderness")

    def test_a_second_reply_and_a_reply_to_nothing(self, town):
        gp, physio = town.person(house.GP), town.person(house.PHYSIO)
        story.refer(gp, BROKEN)
        story.accept(physio)
        story.number_is_right(physio)
        assert town.replies("1"), "a reply to nothing is answered"
        story.assess(physio)
        story.offer_two(physio)
        town.texts()
        town.replies("1")
        assert town.replies("1"), "a second one is answered too"
        assert len(town.rows(select(Member))) == 2

    def test_an_unsigned_callback_is_refused(self, town):
        answer = requests.post(town.base + "/twilio/inbound", data={"From": "+447700900123", "Body": "2"})
        assert answer.status_code == 403
