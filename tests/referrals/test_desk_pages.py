"""The front desk: one list, one page in three layers, four decisions beside it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals import decisions
from clinic.referrals.models import Decision, Episode, State
from tests.referrals.browsing import Person
from tests.referrals.factories import a_case, a_patient, a_referral, a_world


@pytest.fixture
def coordinator(app, world) -> Person:
    return Person(app, world.coordinator)


@pytest.fixture
def physiotherapist(app, world) -> Person:
    return Person(app, world.physiotherapist)


def page_of(received) -> str:
    return f"/inbox/{received.referral.public_id}"


def state() -> State:
    db.session.expire_all()
    return db.session.scalars(select(Episode)).one().state


def agreed(received, **more) -> dict:
    facts = decisions.deciding_facts(received.referral.episode_id)
    episode = db.session.scalars(select(Episode)).one()
    return {
        "confirmed": facts,
        "phase": episode.phase,
        "band": episode.band,
        "version": str(episode.version),
        **more,
    }


def test_the_inbox_shows_who_the_suggestion_the_clock_and_the_date(world, coordinator):
    a_referral(world, case=a_case(flags__infection=True, falls__worried=None))
    a_referral(world, patient=a_patient(nhs_number="9990000026", family_name="Abara"))
    coordinator.get("/inbox")
    assert "Telephone the practice by" in coordinator.text
    assert "RF4 yes" in coordinator.text
    assert "Group class (phase 2, intermediate supervision)" in coordinator.text
    assert coordinator.text.index("Okafor") < coordinator.text.index("Abara")
    coordinator.get("/inbox?state=on_hold")
    assert "Nothing waits for a decision" in coordinator.text


def test_the_page_shows_answer_facts_rules_and_what_is_missing(world, coordinator):
    received = a_referral(world, case=a_case(falls__injurious=None))
    coordinator.get(page_of(received))
    for words in (
        "Suggested: Ask first",
        "Not known",
        "A fall with injury",
        "What would change this",
        "Falls in 12 months: 1",
        "CDC STEADI",
        "Rules 2026-",
    ):
        assert words in coordinator.text
    assert "risk score" not in coordinator.text.lower()


def test_two_people_who_differ_are_both_shown(world, coordinator):
    received = a_referral(world)
    a_referral(world, by=world.other_gp, case=a_case(pain__rest=3))
    coordinator.get(page_of(received))
    assert "Two people differ" in coordinator.text


def test_accepting_on_the_page(world, coordinator):
    received = a_referral(world)
    coordinator.get(page_of(received))
    coordinator.post(page_of(received) + "/accept", agreed(received))
    assert "Accepted. Next: the first assessment." in coordinator.page
    assert state() is State.AWAITING_ASSESSMENT


def test_a_missing_confirmation_is_said_and_the_typed_text_is_kept(world, coordinator):
    received = a_referral(world)
    coordinator.get(page_of(received))
    coordinator.post(
        page_of(received) + "/accept", agreed(received, confirmed=[], change_reason="Because of her walk")
    )
    assert coordinator.status == 422
    assert "Confirm each of the facts" in coordinator.text
    assert "Because of her walk" in coordinator.page
    assert state() is State.BEING_DECIDED


def test_a_flag_takes_the_accept_form_from_a_coordinator_and_not_from_a_physiotherapist(
    world, coordinator, physiotherapist
):
    received = a_referral(world, case=a_case(flags__heart_or_pressure=True))
    coordinator.get(page_of(received))
    assert "only a physiotherapist may accept" in coordinator.text
    coordinator.post(page_of(received) + "/accept", agreed(received))
    assert (coordinator.status, state()) == (422, State.BEING_DECIDED)
    physiotherapist.get(page_of(received))
    physiotherapist.post(page_of(received) + "/accept", agreed(received))
    assert state() is State.AWAITING_ASSESSMENT


@pytest.mark.parametrize(
    ("choice", "wrong", "right", "after"),
    [
        ("ask", {"question": ""}, {"question": "Which level?"}, State.WITH_REFERRER),
        (
            "decline",
            {"decline_reason": "", "comment": "Kept words"},
            {"decline_reason": "out_of_area", "comment": "Try York"},
            State.ENDED,
        ),
        ("hold", {"hold_reason": "in_hospital"}, {"hold_reason": "in_hospital", "until": 9}, State.ON_HOLD),
    ],
)
def test_ask_hold_and_decline_on_the_page(world, coordinator, choice, wrong, right, after):
    received = a_referral(world)
    url = f"{page_of(received)}/{choice}"
    coordinator.get(page_of(received))
    coordinator.post(url, wrong)
    assert (coordinator.status, state()) == (422, State.BEING_DECIDED)
    assert "There is a problem" in coordinator.text
    if "until" in right:
        day = now().date() + timedelta(days=right.pop("until"))
        right |= {"until-day": day.day, "until-month": day.month, "until-year": day.year}
    coordinator.post(url, right)
    assert state() is after


def test_a_page_from_before_somebody_elses_decision_is_refused(world, coordinator):
    received = a_referral(world)
    coordinator.get(page_of(received))
    old = agreed(received, version="0")
    coordinator.post(page_of(received) + "/accept", old)
    assert "Somebody else changed this referral meanwhile" in coordinator.text
    assert db.session.scalars(select(Decision).where(Decision.kind == "decided")).all() == []


def test_a_decided_referral_is_shown_without_forms(world, coordinator):
    received = a_referral(world)
    coordinator.get(page_of(received))
    coordinator.post(page_of(received) + "/accept", agreed(received))
    coordinator.get(page_of(received))
    assert "This has been decided" in coordinator.text


def test_another_clinic_does_not_find_it(app, world):
    received = a_referral(world)
    elsewhere = Person(app, a_world("Other").coordinator)
    elsewhere.get(page_of(received))
    assert elsewhere.status == 404
    assert "Okafor" not in elsewhere.get("/inbox")
