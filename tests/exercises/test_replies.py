"""What she answers: counted once, on the right day; pain of 7 or more reaches a person at once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clinic.exercises import prompts, replies
from clinic.exercises.models import ExerciseLog, Prompt
from clinic.extensions import db
from clinic.notifications.heard import Heard
from clinic.notifications.rules.grammar import Intent
from clinic.notifications.rules.replies import Reading
from clinic.patients.queries import main_contact
from clinic.referrals import states
from clinic.referrals.models import EndReason, State
from clinic.worklist.models import Alert, Task
from tests.exercises.people import a_taught_episode
from tests.referrals.factories import TEST

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
EVENING = MONDAY.replace(hour=18)


@pytest.fixture
def episode(world):
    with time_machine.travel(MONDAY, tick=False):
        episode = a_taught_episode(world)
        prompts.plan_days(MONDAY, MONDAY + timedelta(days=7))
        yield episode


def heard(
    episode, intent: Intent, score: int | None = None, at: datetime = EVENING, inbound: int = 1
) -> Heard:
    contact = main_contact(episode.patient_id)
    reading = Reading(intent, red_flag=False, score=score)
    return Heard(None, episode.patient_id, contact.id, reading, inbound, at)


def log() -> list[ExerciseLog]:
    return list(db.session.scalars(select(ExerciseLog).order_by(ExerciseLog.id)))


def test_done_counts_the_exercise_of_the_prompts_day(episode):
    answer = replies.done(heard(episode, Intent.DONE))
    (row,) = log()
    prompt = db.session.get_one(Prompt, row.prompt_id)
    assert (row.done, row.pain, row.done_on) == (True, None, MONDAY.date())
    assert (row.exercise_id, prompt.state) == (prompt.exercise_id, "answered")
    assert (answer.text, answer.effect) == ("prompt_done", "exercise_done")


def test_done_said_twice_counts_once(episode):
    for inbound in (1, 2):
        replies.done(heard(episode, Intent.DONE, inbound=inbound))
    assert len(log()) == 1


def test_done_counts_again_the_next_day(episode):
    for day in (0, 1):
        replies.done(heard(episode, Intent.DONE, at=EVENING + timedelta(days=day), inbound=day))
    assert [row.done_on for row in log()] == [MONDAY.date(), MONDAY.date() + timedelta(days=1)]


@pytest.mark.parametrize("score", range(7))
def test_pain_below_7_is_noted(episode, score):
    answer = replies.pain(heard(episode, Intent.PAIN, score))
    assert (log()[0].pain, log()[0].done, answer.text) == (score, False, "pain_noted")
    assert list(db.session.scalars(select(Alert))) == []


@pytest.mark.parametrize("score", [7, 8, 9, 10])
def test_pain_of_7_or_more_reaches_a_person_within_half_an_hour(episode, score):
    answer = replies.pain(heard(episode, Intent.PAIN, score))
    (alert,) = db.session.scalars(select(Alert))
    assert (alert.kind, alert.due_at) == ("pain_high", EVENING + timedelta(minutes=30))
    assert (answer.text, answer.effect, log()[0].pain) == ("pain_high", "alert", score)


@pytest.mark.parametrize("intent", [Intent.MORE, Intent.EASIER])
def test_a_wish_for_another_plan_goes_to_a_person_once_while_open(episode, intent):
    for inbound in (1, 2):
        answer = replies.change_wanted(heard(episode, intent, inbound=inbound))
    (task,) = db.session.scalars(select(Task).where(Task.kind == f"plan_{intent}"))
    assert (answer.text, task.cause_id) == (f"{intent}_answer", episode.id)


class TestNotWithUsAnyMore:
    @pytest.fixture
    def left(self, episode):
        states.move(episode, State.ENDED, by=TEST, ended_reason=EndReason.COMPLETED)
        return episode

    @pytest.mark.parametrize("intent", [Intent.DONE, Intent.MORE])
    def test_a_person_reads_it(self, left, intent):
        handler = replies.done if intent is Intent.DONE else replies.change_wanted
        assert handler(heard(left, intent)).effect == "task"
        assert db.session.scalars(select(Task).where(Task.kind == "reply_without_episode")).one()
        assert log() == []

    def test_strong_pain_still_reaches_somebody_at_once(self, left):
        assert replies.pain(heard(left, Intent.PAIN, 9)).effect == "alert"
        assert db.session.scalars(select(Alert)).one().patient_id == left.patient_id
