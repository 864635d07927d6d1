"""Past decisions as they were taken, with today's beside them, and why."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.extensions import at, db, now, transaction
from clinic.referrals import answers, engine
from clinic.referrals.models import Decision
from clinic.reports import decisions
from clinic.viewer import acting_as
from tests.referrals.factories import TEST, an_accepted_episode, an_assessed_episode, signed_in


def read(world, episode):
    with acting_as(world.physiotherapist):
        return decisions.read(episode.id, by=world.physiotherapist)


def test_a_decision_stays_as_it_was_and_todays_answer_stands_beside_it(world):
    episode = an_accepted_episode(world)
    with acting_as(world.coordinator):
        answers.rerun(
            episode_id=episode.id,
            facts={"falls.count_12m": 3},
            source="patient",
            answered_on=now().date(),
            by=world.coordinator,
        )
    page = read(world, episode)
    assert [one.row.kind for one in page.past] == ["suggested", "decided", "suggested"]
    band = next(line for line in page.past[1].lines if line.what == "Supervision")
    assert (band.then, band.today, band.same) == ("intermediate supervision", "high supervision", False)
    assert all(line.same for line in page.past[0].lines)


def test_the_stored_facts_under_the_rules_of_that_day_give_the_stored_answer_still(world):
    page = read(world, an_assessed_episode(world))
    assert [one.again for one in page.past] == [True] * 3


def test_an_answer_that_no_longer_comes_out_is_said(world):
    row = engine.latest(an_accepted_episode(world).id)
    with transaction():
        row.answer = {**row.answer, "outcome": "hold"}
    assert decisions.runs_again(row) is False
    with transaction():
        row.protocol = "1999-01"
    assert decisions.runs_again(row) is None


def test_years_later_a_decision_is_run_again_with_its_own_day(world):
    episode = an_assessed_episode(world)
    with at(now() + timedelta(days=900)):
        page = read(world, episode)
    assert all(one.again for one in page.past)
    assert any(not line.same for line in page.past[0].lines)


def test_the_page_says_why_with_rule_fact_and_source(client, world):
    episode = an_assessed_episode(world)
    page = signed_in(client, world.physiotherapist).get(f"/episodes/{episode.id}/decisions").text
    assert "Why this class?" in page
    assert '<a href="/protocol/2026-11#FB-1.8">FB-1.8</a>' in page
    assert "Feels unsteady: yes." in page
    assert "CDC STEADI" in page
    assert "Accepted by Sam physiotherapist" in page


def test_reading_it_is_written_down_and_another_clinics_is_not_found(client, world):
    episode = an_accepted_episode(world)
    browser = signed_in(client, world.coordinator)
    assert browser.get(f"/episodes/{episode.id}/decisions").status_code == 200
    assert browser.get(f"/episodes/{episode.id + 1}/decisions").status_code == 404
    read_by = db.session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "decisions.read")).all()
    assert read_by == [world.coordinator.label]


@pytest.mark.parametrize("who", ["gp", "other_gp"])
def test_a_referrer_does_not_see_it(client, world, who):
    episode = an_accepted_episode(world)
    browser = signed_in(client, getattr(world, who))
    assert browser.get(f"/episodes/{episode.id}/decisions").status_code == 404


def test_facts_that_contradict_each_other_are_said_and_the_past_still_shows(world):
    episode = an_accepted_episode(world)
    with acting_as(TEST), transaction():
        episode.case = {**episode.case, "pain": {"rest": 99}}
    page = read(world, episode)
    assert page.today is None
    assert "pain.rest" in page.problem
    assert page.past[0].lines[0].today == "cannot be decided"
    assert db.session.scalars(select(Decision.id)).all()
