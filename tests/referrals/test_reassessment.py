"""After enrolment new facts raise care at once and never lower it; time alone opens a task."""

from datetime import timedelta

from sqlalchemy import select

from clinic.extensions import at, db, now, transaction
from clinic.referrals import answers, assessments, engine, reassessment, second_look, tasks
from clinic.referrals.models import Decision, Episode
from clinic.viewer import acting_as
from clinic.worklist import services as worklist
from clinic.worklist.models import Alert, Task
from tests.referrals.factories import TEST, a_case, a_referral, an_assessed_episode


def told(world, episode, facts, source="measured"):
    with acting_as(world.physiotherapist):
        answers.rerun(
            episode_id=episode.id,
            facts=facts,
            source=source,
            answered_on=now().date(),
            by=world.physiotherapist,
        )
    return the_episode()


def the_episode() -> Episode:
    return db.session.scalars(select(Episode)).one()


def opened(model) -> list:
    """What has been opened, but for a second look and the welcome to post, which have their own tests."""
    aside = (second_look.KIND, "post_letter")
    return list(db.session.scalars(select(model).where(model.kind.not_in(aside)).order_by(model.id)))


def kinds(model) -> list[str]:
    return sorted(work.kind for work in opened(model))


def review_in(days: int, kind: str = "reassessment_due") -> int:
    """How many tasks of a kind there are after the review of that day."""
    with at(now() + timedelta(days=days)):
        reassessment.review(now())
    return kinds(Task).count(kind)


def a_case_tested(days: int) -> dict:
    """Still in phase 2 for half a year, so that only the test's age speaks."""
    case = a_case()
    case["fracture"] |= {"date": (now().date() - timedelta(days=95)).isoformat()}
    case["tests"] = [{**case["tests"][0], "on": (now().date() - timedelta(days=days)).isoformat()}]
    return case


def test_a_second_fall_raises_the_confirmed_band_at_once_with_an_alert(world):
    episode = an_assessed_episode(world)
    assert told(world, episode, {"falls.count_12m": 2}).band == "high"
    alert = db.session.scalars(select(Alert)).one()
    assert alert.kind == "more_care_needed"
    assert "high supervision from now on (was phase 2, intermediate supervision)" in alert.note


def test_the_house_hears_of_a_raised_level(world, app_context, monkeypatch):
    heard = []
    events = app_context.app.extensions["upright_wiring"].EVENTS
    monkeypatch.setitem(events, "level_raised", (lambda **facts: heard.append(facts),))
    episode = an_assessed_episode(world)
    told(world, episode, {"falls.count_12m": 2})
    told(world, episode, {"falls.worried": True})
    assert heard == [{"episode_id": episode.id}]


def test_facts_for_less_care_wait_for_a_person(world):
    episode = an_assessed_episode(world)
    fast = {"name": "timed_up_and_go_s", "value": 8, "on": now().date().isoformat()}
    after = told(world, episode, {"falls.count_12m": 0, "falls.unsteady": False, "tests": [fast]})
    suggested = db.session.scalars(select(Decision).order_by(Decision.id.desc()).limit(1)).one()
    assert (suggested.band, after.band) == ("low", "intermediate")
    assert kinds(Task) == ["less_care_suggested"]
    assert kinds(Alert) == []


def test_a_fact_that_changes_nothing_leaves_a_physiotherapists_choice_alone(world):
    episode = an_assessed_episode(world, case=a_case(falls__count_12m=2))
    with acting_as(world.physiotherapist):
        assessments.record(
            episode_id=episode.id,
            assessed_on=now().date(),
            tests=[],
            phase="P2",
            band="intermediate",
            reason="Both falls were on ice",
            by=world.physiotherapist,
        )
    assert told(world, episode, {"falls.worried": True}).band == "intermediate"
    assert kinds(Alert) == []


def test_an_old_test_moves_no_band_when_another_fact_arrives(world):
    case = a_case(falls__count_12m=0, falls__unsteady=False)
    case["tests"] = [{**case["tests"][0], "value": 8}]
    episode = an_assessed_episode(world, case=case)
    assert episode.band == "low"
    with at(now() + timedelta(days=100)):
        assert told(world, episode, {"pain.rest": 1}).band == "low"


def test_an_unconfirmed_level_still_follows_the_suggestion_without_an_alert(world):
    received = a_referral(world)
    episode = db.session.get_one(Episode, received.referral.episode_id)
    assert told(world, episode, {"falls.count_12m": 2}).band == "high"
    assert kinds(Alert) == []


def test_a_second_referral_with_a_fall_raises_the_level_too(world):
    episode = an_assessed_episode(world)
    a_referral(world, by=world.other_gp, case=a_case(falls__count_12m=3))
    assert the_episode().band == "high"
    assert episode.id == the_episode().id


def test_ninety_days_after_the_test_a_reassessment_is_due_once_and_moves_nothing(world):
    episode = an_assessed_episode(world, case=a_case_tested(days=80))
    assert [review_in(days) for days in (9, 10, 11)] == [0, 1, 1]
    (task,) = opened(Task)
    assert "90 days after a test" in task.note
    assert (the_episode().band, the_episode().phase) == (episode.band, episode.phase)


def test_a_review_that_was_closed_comes_back_after_the_next_90_days(world):
    an_assessed_episode(world, case=a_case_tested(days=80))
    review_in(10)
    with at(now() + timedelta(days=10)), transaction():
        worklist.close(work=opened(Task)[0], outcome="done", by=TEST)
    assert [review_in(days) for days in (11, 99, 100)] == [1, 1, 2]


def test_a_new_phase_by_the_calendar_opens_a_review_and_moves_nobody(world):
    an_assessed_episode(world)  # phase 3 begins about ten weeks from now
    assert [review_in(days, "phase_review_due") for days in (65, 75, 76)] == [0, 1, 1]
    assert the_episode().phase == "P2"


def test_a_new_phase_by_the_calendar_runs_the_rules_anew_for_the_page(world):
    episode = an_assessed_episode(world)
    review_in(80, "phase_review_due")
    assert engine.latest(episode.id).phase == "P3"
    assert the_episode().phase == "P2"


def test_the_course_is_reviewed_after_three_and_six_months(world):
    episode = an_assessed_episode(world)
    with transaction():
        episode.first_class_on = now().date()
    assert [review_in(days, "review_3_months") for days in (85, 93)] == [0, 1]
    assert [review_in(days, "review_6_months") for days in (175, 190)] == [0, 1]


def test_an_assessment_answers_what_time_asked_for(world):
    episode = an_assessed_episode(world, case=a_case_tested(days=80))
    review_in(10)
    with at(now() + timedelta(days=11)), acting_as(world.physiotherapist):
        assessments.record(
            episode_id=episode.id,
            assessed_on=now().date(),
            tests=[{"name": "timed_up_and_go_s", "value": 12.5}],
            phase="P2",
            band="intermediate",
            by=world.physiotherapist,
        )
    assert [task.outcome for task in opened(Task)] == ["assessed"]


def test_somebody_who_waits_for_a_decision_is_not_reviewed(world):
    a_referral(world)
    assert review_in(400) == 0
    assert kinds(Task) == []


def test_the_daily_wake_up_needs_nobody_signed_in(world):
    an_assessed_episode(world, case=a_case_tested(days=80))
    with acting_as(None), at(now() + timedelta(days=10)):
        tasks.review()
    assert kinds(Task) == ["reassessment_due"]
