"""The first meeting: measured, confirmed, taught; by a physiotherapist only."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.extensions import db, now
from clinic.referrals import assessments, engine
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.models import Episode, State, TaughtTick
from clinic.viewer import acting_as, staff
from tests.referrals.factories import an_accepted_episode, an_assessed_episode


def record(world, episode, **more):
    facts = {
        "episode_id": episode.id,
        "assessed_on": now().date(),
        "tests": [],
        "phase": episode.phase,
        "band": episode.band,
        "by": world.physiotherapist,
        **more,
    }
    with acting_as(facts["by"]):
        return assessments.record(**facts)


def test_after_the_first_assessment_the_patient_waits_for_a_class(world):
    episode = an_accepted_episode(world)
    record(world, episode)
    assert (episode.state, episode.next_step) == (State.WAITING, "place")


def test_measured_tests_enter_the_case_with_the_day_and_run_the_rules(world):
    episode = an_accepted_episode(world)
    record(world, episode, tests=[{"name": "chair_stand_30s", "value": 14, "used_arms": False}])
    assert episode.case["tests"][-1] == {
        "on": now().date().isoformat(),
        "name": "chair_stand_30s",
        "value": 14,
        "used_arms": False,
    }
    assert engine.latest(episode.id).case["tests"][-1]["name"] == "chair_stand_30s"


def test_another_band_than_the_new_suggestion_needs_a_reason(world):
    episode = an_accepted_episode(world)
    with pytest.raises(Incomplete):
        record(world, episode, band="low")
    assert record(world, episode, band="low", reason="Steady on the stairs").band == "low"
    assert episode.band == "low"


def test_a_released_gate_is_in_the_case_and_an_unknown_one_is_refused(world):
    episode = an_accepted_episode(world)
    with pytest.raises(Incomplete):
        record(world, episode, released=["jumping"])
    record(world, episode, released=["bone_loading"])
    assert episode.case["progress"]["released"] == ["bone_loading"]


def test_only_a_physiotherapist_assesses_and_never_in_the_future(world):
    episode = an_accepted_episode(world)
    with pytest.raises(NotAllowed):
        record(world, episode, by=world.coordinator)
    with pytest.raises(Incomplete):
        record(world, episode, assessed_on=now().date() + timedelta(days=2))


def test_what_was_taught_opens_the_gate_and_is_told_to_the_house(world, app_context, monkeypatch):
    heard = []
    events = app_context.app.extensions["upright_wiring"].EVENTS
    for name in ("assessment_recorded", "taught_changed"):
        monkeypatch.setitem(events, name, (lambda name=name, **facts: heard.append(name),))
    episode = an_accepted_episode(world)
    record(world, episode, taught=["E02", "E01"])
    assert heard == ["assessment_recorded", "taught_changed"]
    assert episode.case["progress"]["taught"] == ["E01", "E02"]
    assert engine.latest(episode.id).answer["gates"]["taught"]["open"]


def test_ticking_twice_is_once_and_a_later_release_is_new(world):
    episode = an_assessed_episode(world, taught=("E01",))
    with acting_as(world.physiotherapist):
        by = world.physiotherapist
        assert assessments.tick_taught(episode_id=episode.id, exercise_ids=["E01"], by=by) == []
        (tick,) = assessments.tick_taught(episode_id=episode.id, exercise_ids=[], released=["E01"], by=by)
        assert tick.released
    assert len(db.session.scalars(select(TaughtTick)).all()) == 1


def test_an_instructor_ticks_and_does_not_release(world):
    episode = an_assessed_episode(world, taught=())
    instructor = staff(world.coordinator.id, world.clinic.id, "instructor")
    with acting_as(instructor):
        assert assessments.tick_taught(episode_id=episode.id, exercise_ids=["E03"], by=instructor)
        with pytest.raises(NotAllowed):
            assessments.tick_taught(
                episode_id=episode.id, exercise_ids=["E03"], released=["E03"], by=instructor
            )


def test_a_tick_taken_back_is_no_longer_in_the_case(world):
    episode = an_assessed_episode(world, taught=("E01", "E02"))
    with acting_as(world.coordinator):
        assessments.untick(episode_id=episode.id, exercise_id="E01", by=world.coordinator)
    assert db.session.get_one(Episode, episode.id).case["progress"]["taught"] == ["E02"]
