"""One prompt a day at most, planned once, never on a class day, with the words of the moment it leaves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, select

from clinic.classes.models import Place, PlaceState
from clinic.exercises import plans, prompts
from clinic.exercises.models import Plan, Prompt
from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.notifications.models import Message
from clinic.referrals import assessments, suspension
from clinic.viewer import acting_as
from clinic.worklist import services as worklist
from tests.exercises.people import a_taught_episode
from tests.referrals.factories import TEST

pytestmark = pytest.mark.both_databases
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # before the day's first text
WEEK = timedelta(days=7)


@pytest.fixture
def episode(world):
    with time_machine.travel(MONDAY, tick=False):
        yield a_taught_episode(world)


def plan(moment: datetime = MONDAY) -> None:
    prompts.plan_days(moment, moment + WEEK)


def told() -> list[Prompt]:
    return list(db.session.scalars(select(Prompt).order_by(Prompt.day, Prompt.id)))


def test_four_days_are_planned_at_most(episode):
    plan()
    days = [p.day for p in told()]
    assert days == sorted(set(days))
    assert days[0] == MONDAY.date()
    assert days[-1] <= (MONDAY + prompts.AHEAD).date()


def test_each_prompt_is_one_text_at_the_plans_hour(episode):
    plan()
    texts = list(db.session.scalars(select(Message).where(Message.cause_kind == "prompt")))
    assert len(texts) == len(told())
    assert {text.due_at.hour for text in texts} == {plans.DEFAULT_HOUR}


def test_nothing_is_planned_twice(episode):
    plan()
    before = [p.id for p in told()]
    plan()
    plan(MONDAY + timedelta(minutes=5))
    assert [p.id for p in told()] == before


def test_the_next_day_adds_one_day(episode):
    plan()
    first = {p.day for p in told()}
    plan(MONDAY + timedelta(days=1))
    assert {p.day for p in told()} - first <= {(MONDAY + timedelta(days=4)).date()}


def test_a_settled_tick_is_one_statement_for_any_number_of_plans(episode, world):
    from tests.referrals import factories

    for n in (26, 34):
        person = factories.a_patient(nhs_number=f"99900000{n}", mobile=f"07700 9001{n}")
        a_taught_episode(world, patient=person)
    plan()
    seen = []

    def note(connection, cursor, statement, *more):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        plan()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    asked = [s for s in seen if "set_config" not in s and not s.startswith(("BEGIN", "SAVEPOINT"))]
    assert len(asked) == 1
    assert len(list(db.session.scalars(select(Plan)))) == 3


def book(episode, day) -> None:
    """A place in a class that day."""
    from tests.classes import factories as classes

    with transaction():
        clinic_id = episode.clinic_id
        venue = classes.Venue(clinic_id=clinic_id, name=f"Hall {day}", address="1 High Street", access=[])
        db.session.add(venue)
        db.session.flush()
        row = classes.a_class(db.session.get_one(classes.Clinic, clinic_id), weekday=day.weekday(), weeks=2)
        session = db.session.scalars(
            select(classes.ClassSession).where(classes.ClassSession.class_id == row.id)
        ).first()
        session.local_date = day
        db.session.add(
            Place(
                clinic_id=clinic_id,
                session_id=session.id,
                episode_id=episode.id,
                patient_id=episode.patient_id,
                local_date=day,
                state=PlaceState.BOOKED,
            )
        )


def test_a_class_day_has_no_prompt(episode):
    day = (MONDAY + timedelta(days=1)).date()
    book(episode, day)
    plan()
    assert day not in [p.day for p in told()]


def test_a_day_that_became_a_class_day_sends_none(episode):
    plan()
    prompt = told()[0]
    book(episode, prompt.day)
    assert prompts.facts([prompt.id]) == {prompt.id: outbox.NotDue("class_day")}


def test_the_words_are_those_of_the_exercise(episode):
    plan()
    facts = prompts.facts([p.id for p in told()])
    assert all(len(fact["exercise"]) > 10 for fact in facts.values())


def test_an_open_alert_holds_prompts_back_until_it_is_closed(episode):
    plan()
    prompt = told()[0]
    alert = worklist.raise_alert(
        kind="pain_high",
        patient_id=episode.patient_id,
        cause_kind="inbound",
        cause_id=1,
        clinic_id=episode.clinic_id,
        organisation_id=None,
        due_at=MONDAY,
        by=TEST,
    )
    assert prompts.facts([prompt.id]) == {prompt.id: outbox.NotDue("alert_open")}
    worklist.close(work=alert, outcome="reached", by=TEST)
    assert "exercise" in prompts.facts([prompt.id])[prompt.id]


def test_a_suspended_plan_sends_and_plans_nothing(episode):
    plan()
    ids = [p.id for p in told()]
    suspension.suspend(episode, reason="new_fracture", by=TEST)
    assert set(prompts.facts(ids).values()) == {outbox.NotDue("prompt_withdrawn")}
    plan(MONDAY + timedelta(days=1))
    assert [p.id for p in told()] == ids


def test_a_changed_plan_prompts_from_the_same_day_on_again(episode, world):
    plan()
    with acting_as(world.physiotherapist):
        assessments.tick_taught(episode_id=episode.id, exercise_ids=["E07"], by=world.physiotherapist)
    plan()
    alive = [p.day for p in told() if p.state == "planned"]
    assert alive[0] == MONDAY.date()
    assert len(alive) == len(set(alive))


def test_after_the_last_hour_today_has_none(episode):
    late = MONDAY.replace(hour=19, minute=1)
    plan(late)
    assert MONDAY.date() not in [p.day for p in told()]
