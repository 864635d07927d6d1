"""A draft survives an expired sign-in, is warned of in its last week, and goes after thirty days."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from clinic.access import sessions
from clinic.access.models import SignIn
from clinic.extensions import db, transaction
from clinic.notifications.models import Message
from clinic.referrals import draft_ends, tasks
from clinic.referrals.models import Draft
from clinic.viewer import acting_as
from tests.referrals.browsing import PATIENT, Person, fill
from tests.referrals.factories import TEST

LEFT = datetime(2026, 11, 2, 10, tzinfo=UTC)


@pytest.fixture
def left(app, world) -> Person:
    """A form left half-way on 2 November."""
    with time_machine.travel(LEFT, tick=False):
        return fill(Person(app, world.gp), PATIENT)


def warned(days: int) -> int:
    with time_machine.travel(LEFT + timedelta(days=days), tick=False):
        return draft_ends.warn(datetime.now(UTC))


def test_the_last_week_is_told_once_by_e_mail_without_a_patients_data(app, left):
    assert [warned(day) for day in (22, 23, 24, 29)] == [0, 1, 0, 0]
    (message,) = db.session.scalars(select(Message).where(Message.cause_kind == "draft"))
    assert (message.recipient_kind, message.channel, message.patient_id) == ("user", "email", None)
    assert message.facts["until"] == "Wed 2 Dec"
    assert message.facts["link"].endswith("/refer")
    assert "Okafor" not in str(message.facts)


def test_the_last_week_is_said_on_the_page(app, world, left):
    with time_machine.travel(LEFT + timedelta(days=24), tick=False):
        assert "Removed on 2 December 2026" in Person(app, world.gp).get("/refer")


def test_going_on_with_it_begins_its_thirty_days_anew(app, world, left):
    warned(24)
    with transaction(), acting_as(TEST):
        db.session.execute(update(Draft).values(changed_at=LEFT + timedelta(days=25)))
    assert [warned(day) for day in (30, 48)] == [0, 1]


def test_after_thirty_days_the_daily_task_removes_it(left):
    for days, kept in ((29, 1), (31, 0)):
        with time_machine.travel(LEFT + timedelta(days=days), tick=False):
            tasks.tend_drafts()
        db.session.expire_all()
        assert len(db.session.scalars(select(Draft.id)).all()) == kept


def end_sign_in(**values: object) -> None:
    with transaction(), acting_as(TEST):
        db.session.execute(update(SignIn).values(**values))


def test_a_sign_in_that_ran_out_keeps_the_page_that_was_being_typed(app, world):
    gp = fill(Person(app, world.gp), PATIENT)
    end_sign_in(last_seen_at=datetime.now(UTC) - timedelta(hours=2))
    gp.post(data={"cause": "lifting"})
    assert "Sign in" in gp.page
    assert "lifting" not in gp.page
    assert "%2Ffracture" in gp.page or "/fracture" in gp.page
    db.session.expire_all()
    assert db.session.scalars(select(Draft)).one().typed["cause"] == "lifting"


@pytest.mark.parametrize("how", ["revoked", "a day old"])
def test_a_sign_in_that_was_ended_keeps_nothing(app, world, how):
    gp = fill(Person(app, world.gp), PATIENT)
    long_ago = datetime.now(UTC) - sessions.KEPT_TYPING - timedelta(minutes=1)
    end_sign_in(**({"revoked_at": datetime.now(UTC)} if how == "revoked" else {"last_seen_at": long_ago}))
    gp.post(data={"cause": "lifting"})
    db.session.expire_all()
    assert "cause" not in db.session.scalars(select(Draft)).one().typed
