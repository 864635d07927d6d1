"""The page of the proposed roster: looked at, offered in part or whole; what could not be is said by name."""

import re

import pytest
import time_machine

from clinic.access import sessions
from clinic.access.models import Role, User
from clinic.classes import offers, waiting
from clinic.classes.models import Offer
from clinic.classes.offer_rows import StandingLine
from clinic.extensions import db, transaction
from clinic.viewer import acting_as
from tests.classes.factories import BY, NOW, TODAY, a_class, a_clinic, a_person, a_user
from tests.factories import csrf

PAGE = "/classes/proposal"


class House:
    """Ada and Ben wait for two classes of one seat; a coordinator looks."""

    def __init__(self, app, role):
        self.app = app
        with app.app_context(), acting_as(BY):
            clinic = a_clinic()
            self.tuesday, self.friday = (a_class(clinic, weekday=day, capacity=1).id for day in (1, 4))
            self.ada, self.ben = (self._waits(clinic, name) for name in ("Ada", "Ben"))
            token = sessions.begin(user=db.session.get_one(User, a_user(clinic, role).id), by=BY)
        self.client = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["sign_in"] = token

    def _waits(self, clinic, name):
        person = a_person(clinic, name, mobile=None)
        with transaction():
            person = db.session.merge(person)
            person.wishes = {"sessions": 1}
            waiting.enter(episode=person, by=BY)
        return person.id

    def look(self):
        return self.client.get(PAGE).text

    def offer(self, *give, **typed):
        data = {"csrf_token": csrf(self.look()), "give": list(give), **typed}
        return self.client.post(PAGE, data=data)

    def offered(self):
        with self.app.app_context(), acting_as(BY):
            return sorted(offer.episode_id for offer in db.session.query(Offer))

    def takes_tuesday(self, episode_id):
        with self.app.app_context(), acting_as(BY):
            offers.make(episode_id=episode_id, lines=[StandingLine(self.tuesday, TODAY)], by=BY, now=NOW)


@pytest.fixture
def moment():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(app, moment):
    return House(app, Role.COORDINATOR)


def ticked(page):
    return re.findall(r'name="give" type="checkbox" value="([0-9-]+)" checked', page)


def test_the_page_shows_who_would_get_what_and_why_and_changes_nothing(house):
    page = house.look()
    for words in (
        "Routine: 2 of 2 would have a seat",
        "Proved: with today&#39;s classes and seats no arrangement is better.",
        "Ada Okafor: Tuesday 10:30am",
        "One a week with a home plan, as they wish.",
        "Everybody who waits would have a seat.",
        "1 of 1",
        "0 of 2 classes would stay as they are.",
    ):
        assert words in page
    assert len(ticked(page)) == 2
    assert house.offered() == []


def test_what_is_ticked_is_offered_and_then_no_longer_proposed(house):
    answer = house.offer(*ticked(house.look()))
    assert answer.status_code == 302
    page = house.client.get(answer.location).text
    assert "2 people are offered their seats" in page
    assert "2 more have an offer that waits for an answer." in page
    assert house.offered() == [house.ada, house.ben]


def test_a_part_of_it_may_be_offered(house):
    assert house.offer(ticked(house.look())[0]).status_code == 302
    assert house.offered() == [house.ada]


def test_nothing_ticked_asks_again(house):
    answer = house.offer()
    assert answer.status_code == 422
    assert "Tick who is to be offered their seats" in answer.text


def test_who_could_not_be_offered_theirs_is_named_with_the_reason(house):
    both = ticked(house.look())
    house.takes_tuesday(house.ada)
    answer = house.offer(*both)
    assert answer.status_code == 422
    assert "1 person is offered their seats. These could not be:" in answer.text
    assert "Ada Okafor: " in answer.text
    assert house.offered() == [house.ada, house.ben]


@pytest.mark.parametrize("typed", ["x", "1", "1-2-3-4", "-1-2", "1-" + "9" * 19, "１-２"])
def test_what_no_box_sends_is_not_a_choice(house, typed):
    assert house.offer(typed).status_code == 422
    assert house.offered() == []


def test_only_a_physiotherapist_is_asked_why_somebody_is_passed_over(app, moment):
    house = House(app, Role.PHYSIOTHERAPIST)
    assert "A physiotherapist only" in house.look()
    passed = house.offer(f"{house.ben}-{house.tuesday}", out_of_turn="Can only come once")
    assert passed.status_code == 302


def test_with_nobody_waiting_the_page_says_so(app, moment):
    with app.app_context(), acting_as(BY):
        clinic = a_clinic()
        token = sessions.begin(user=db.session.get_one(User, a_user(clinic).id), by=BY)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = token
    page = client.get(PAGE).text
    assert "Nobody waits for a seat." in page
    assert "0 of 0 classes would stay as they are." in page
