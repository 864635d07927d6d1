"""Never in the dark: where a referral is, what happens next, and what may still be said."""

import pytest
from sqlalchemy import select

from clinic.extensions import db
from clinic.referrals import decisions
from clinic.referrals.models import Episode, Letter, State
from clinic.viewer import acting_as
from tests.referrals.browsing import Person
from tests.referrals.factories import a_case, a_referral, accept


@pytest.fixture
def gp(app, world) -> Person:
    return Person(app, world.gp)


def page_of(received) -> str:
    return f"/referrals/{received.referral.public_id}"


def state() -> State:
    db.session.expire_all()
    return db.session.scalars(select(Episode)).one().state


def test_my_referrals_say_the_state_in_plain_words_and_the_next_date(world, gp):
    received = a_referral(world)
    accept(world, received.referral)
    gp.get("/referrals")
    assert "Grace Okafor" in gp.text
    assert "Accepted: first assessment to come" in gp.text
    assert "Next: a physiotherapist meets the patient for a first assessment, by" in gp.text


def test_a_referral_page_says_who_has_it_and_what_has_happened(world, gp):
    received = a_referral(world)
    gp.get(page_of(received))
    assert "Who has it Leeds Spine Classes" in gp.text
    assert "Referral received: the service is deciding" in gp.text


def test_another_organisation_does_not_find_it(app, world):
    received = a_referral(world)
    stranger = Person(app, world.other_gp)
    for url in ("", "/sent", "/withdraw", "/change"):
        stranger.get(page_of(received) + url)
        assert stranger.status == 404


def test_a_question_is_answered_on_the_page(world, gp):
    received = a_referral(world)
    with acting_as(world.coordinator):
        decisions.ask(episode_id=received.referral.episode_id, question="Which level?", by=world.coordinator)
    gp.get("/referrals")
    assert "Answer needed" in gp.text
    gp.get(page_of(received))
    assert "Which level?" in gp.text
    gp.post(page_of(received) + "/answer", {"text": ""})
    assert gp.status == 422
    gp.post(page_of(received) + "/answer", {"text": "T12"})
    assert "Your answer has been sent" in gp.page
    assert state() is State.BEING_DECIDED


def test_withdrawing_asks_why_and_keeps_the_page(world, gp):
    received = a_referral(world)
    gp.get(page_of(received) + "/withdraw")
    gp.post(data={"reason": ""})
    assert (gp.status, state()) == (422, State.BEING_DECIDED)
    gp.post(page_of(received) + "/withdraw", {"reason": "Moved"})
    assert "Withdrawn" in gp.text
    assert state() is State.ENDED


def test_a_change_is_told_on_a_page(world, gp):
    received = a_referral(world)
    accept(world, received.referral)
    gp.get(page_of(received) + "/change")
    gp.post(data={"kind": "", "detail": "She fell"})
    assert gp.status == 422
    assert "She fell" in gp.page
    gp.post(page_of(received) + "/change", {"kind": "new_fracture", "site": "vertebral", "detail": "L1"})
    assert "The service has been told" in gp.page
    assert state() is State.PAUSED


def test_opening_a_letter_with_its_five_lines_is_reading_it(world, gp):
    a_referral(world)
    letter = db.session.scalars(select(Letter)).one()
    gp.get(f"/letters/{letter.public_id}")
    assert "Five lines for your record" in gp.text
    assert "Opened by Sam referrer" in gp.text
    db.session.expire_all()
    assert letter.read_at is not None


def test_a_not_accepted_referral_says_so_first_on_its_page(world, gp):
    received = a_referral(world, case=a_case(flags__cord_or_nerve=True))
    gp.get(page_of(received))
    assert gp.text.strip().startswith("NOT ACCEPTED: act today")
    assert "Not accepted: act today" in gp.get("/referrals")
