"""A red flag told on the phone raises an alert with a clock; deciding stays with a person."""

from datetime import timedelta

import pytest

from clinic.extensions import db, now
from clinic.notifications.models import Message
from clinic.referrals import answers
from clinic.referrals.models import Episode, State
from clinic.viewer import acting_as
from clinic.worklist.models import Alert
from tests.referrals import factories
from tests.referrals.factories import TEST


@pytest.fixture
def asked(app, world):
    """A referral whose flag nobody knows: the phone screen asks."""
    with app.app_context(), acting_as(TEST):
        received = factories.a_referral(world, case=factories.a_case(flags__cauda_equina=None))
        return received.referral.episode_id


def screen(person, episode, **answers):
    return person.post(f"/episodes/{episode}/phone-screen", source="patient", **answers)


def alerts(app):
    with app.app_context(), acting_as(TEST):
        return db.session.scalars(db.select(Alert).order_by(Alert.id)).all()


def test_before_acceptance_the_alert_has_a_clock_and_duty_is_told(app, coordinator, asked):
    screen(coordinator, asked, flags__cauda_equina="yes")
    [alert] = [one for one in alerts(app) if one.kind.startswith("red_flag")]
    assert alert.due_at - now() <= timedelta(hours=1)
    with app.app_context(), acting_as(TEST):
        told = db.select(Message.text).where(Message.cause_kind == "alert", Message.cause_id == alert.id)
        assert set(db.session.scalars(told)) == {"alert_duty"}
        assert db.session.get_one(Episode, asked).state is State.BEING_DECIDED


def test_after_acceptance_it_suspends_and_alerts(app, accepted):
    with app.app_context(), acting_as(TEST):
        facts = {"flags.cauda_equina": True}
        answers.rerun(
            episode_id=accepted.episode, facts=facts, source="carer", answered_on=now().date(), by=TEST
        )
    assert [one.kind for one in alerts(app) if one.kind.startswith("red_flag")]
    with app.app_context(), acting_as(TEST):
        assert db.session.get_one(Episode, accepted.episode).suspended_at is not None


def test_no_flag_no_alert(app, coordinator, asked):
    screen(coordinator, asked, flags__cauda_equina="no")
    assert [one.kind for one in alerts(app) if one.kind.startswith("red_flag")] == []
