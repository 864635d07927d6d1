"""The inbox: a clock per priority, filters that hide and never drop, alarms for what has stood too long."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clinic.extensions import db
from clinic.referrals import ageing, decisions, tasks
from clinic.referrals.inbox import Wanted, inbox
from clinic.referrals.models import Referral, Source
from clinic.viewer import acting_as
from clinic.worklist.models import Alert, Task
from tests.referrals.browsing import Person
from tests.referrals.factories import a_case, a_patient, a_referral, accept

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def monday(world):
    with time_machine.travel(MONDAY, tick=False):
        yield world


def after(days: int) -> list[str]:
    with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
        ageing.alarm(datetime.now(UTC))
    db.session.expire_all()
    rows = [*db.session.scalars(select(Alert)), *db.session.scalars(select(Task))]
    return [row.kind for row in rows if row.state == "open"]


def test_each_priority_has_its_own_clock(monday):
    routine = a_referral(monday).referral
    urgent = a_referral(monday, patient=a_patient(nhs_number="999 000 0026"), priority="urgent").referral
    assert (str(urgent.hear_by), str(routine.hear_by)) == ("2026-11-24", "2026-11-30")
    db.session.query(Task).delete()
    assert after(2) == ["hear_by_missed"]
    assert after(8) == ["hear_by_missed", "hear_by_missed"]
    db.session.rollback()


def test_a_promise_missed_is_an_alert_until_it_is_decided(monday):
    referral = a_referral(monday).referral
    assert after(7) == []
    assert after(8) == ["hear_by_missed"]
    assert after(9) == ["hear_by_missed"]
    accept(monday, referral)
    assert "hear_by_missed" not in after(9)


def test_every_other_state_has_its_age_alarm_too(monday):
    referral = a_referral(monday).referral
    with acting_as(monday.coordinator):
        decisions.ask(episode_id=referral.episode_id, question="Which level?", by=monday.coordinator)
    assert after(7) == []
    assert after(8) == ["overdue"]
    note = db.session.scalars(select(Task.note)).one()
    assert note == "With the referrer: chase referrer was due"


def test_nothing_drops_out_by_age(monday):
    a_referral(monday)
    (row,) = inbox((MONDAY + timedelta(days=900)).date())
    assert (row.age, row.late) == (900, True)


def test_a_filter_hides_and_says_how_many(app, monday):
    a_referral(monday)
    flagged = a_case(flags__severe_pain=True)
    a_referral(
        monday,
        patient=a_patient(nhs_number="999 000 0026", family_name="Flagg"),
        case=flagged,
        priority="urgent",
        source=Source.FHIR,
    )
    desk = Person(app, monday.coordinator)
    for query in ("priority=urgent", "source=fhir", "only=flag"):
        desk.get(f"/inbox?{query}")
        assert "Flagg" in desk.text
        assert "Okafor" not in desk.text
        assert "1 more is hidden" in desk.text
    assert "1 more is hidden" not in desk.get("/inbox?only=nonsense")


def test_the_rows_of_a_filter_are_the_inboxs_own(monday):
    a_referral(monday, case=a_case(falls__worried=None))
    rows = inbox(MONDAY.date())
    assert [Wanted(only="missing").keeps(row) for row in rows] == [True]
    assert [Wanted(only="late").keeps(row) for row in rows] == [False]
    assert [Wanted(priority="urgent").keeps(row) for row in rows] == [False]


def test_the_daily_task_is_the_alarm(monday):
    a_referral(monday)
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        tasks.age()
    assert len(db.session.scalars(select(Alert.id)).all()) == 1
    assert db.session.scalars(select(Referral.id)).one()
