"""The home plan: from what was taught and no more, renewed when that changes, ended when it must."""

import pytest
from sqlalchemy import select

from clinic.exercises import plans, prompts
from clinic.exercises.models import Plan, Prompt
from clinic.extensions import db, now
from clinic.notifications.models import Message, MessageState
from clinic.referrals import assessments, states, suspension
from clinic.referrals.models import EndReason, Episode, State
from clinic.viewer import acting_as
from tests.exercises.people import SHOWN, a_taught_episode
from tests.referrals import factories
from tests.referrals.factories import TEST


@pytest.fixture
def episode(world) -> Episode:
    return a_taught_episode(world)


def the_plan(episode: Episode) -> Plan | None:
    return plans.current(episode.id)


def all_plans() -> list[Plan]:
    return list(db.session.scalars(select(Plan).order_by(Plan.id)))


def test_the_assessment_makes_it_from_what_was_shown_alone(episode):
    plan = the_plan(episode)
    assert set(plan.items) == set(SHOWN)
    assert (plan.phase, plan.band) == (episode.phase, episode.band)
    assert {held["code"] for held in plan.held_back} >= {"taught"}


def test_nobody_without_an_assessment_has_one(world):
    assert the_plan(factories.an_accepted_episode(world)) is None


def test_nothing_shown_is_no_plan(world):
    assert the_plan(a_taught_episode(world, shown=())) is None


def test_a_new_exercise_makes_a_new_plan_and_ends_the_old(world, episode):
    with acting_as(world.physiotherapist):
        assessments.tick_taught(episode_id=episode.id, exercise_ids=["E07"], by=world.physiotherapist)
    old, new = all_plans()
    assert old.ended_at is not None
    assert set(new.items) == {*SHOWN, "E07"}


def test_a_tick_taken_back_takes_the_exercise_out(world, episode):
    with acting_as(world.physiotherapist):
        assessments.untick(episode_id=episode.id, exercise_id="E04", by=world.physiotherapist)
    assert the_plan(episode).items == ["E11"]


def test_renewing_without_a_change_keeps_the_plan(episode):
    before = the_plan(episode).id
    assert plans.renew(episode_id=episode.id, by=TEST).id == before
    assert len(all_plans()) == 1


def test_a_suspension_ends_it_and_lifting_brings_it_back(episode):
    suspension.suspend(episode, reason="new_fracture", by=TEST)
    assert the_plan(episode) is None
    suspension.lift(episode, to=State.WAITING, reason="Seen", by=TEST)
    assert set(the_plan(episode).items) == set(SHOWN)


def test_the_end_of_an_episode_ends_it(episode):
    states.move(episode, State.ENDED, by=TEST, ended_reason=EndReason.WITHDRAWN)
    assert the_plan(episode) is None


def test_it_takes_its_prompts_along(world, episode):
    prompts.plan_one(plan=the_plan(episode), moment=now(), until=now() + prompts.AHEAD)
    assert {p.state for p in db.session.scalars(select(Prompt))} == {"planned"}
    suspension.suspend(episode, reason="new_fracture", by=TEST)
    assert {p.state for p in db.session.scalars(select(Prompt))} == {"withdrawn"}
    query = select(Message.state).where(Message.cause_kind == "prompt")
    assert set(db.session.scalars(query)) <= {MessageState.SUPERSEDED, MessageState.SUPPRESSED}
