"""Production accepts nobody on an unsigned rule book without a named person, a reason and an end (F27)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.columns import config
from clinic.extensions import db, now
from clinic.referrals import sign_off
from clinic.referrals.decisions import NotAllowed
from clinic.referrals.models import State
from clinic.viewer import acting_as
from tests.referrals.factories import a_referral, accept


@pytest.fixture
def received(world, app_context):
    """A referral of an invented person, and then the same app told that real people are at stake."""
    row = a_referral(world).referral
    app_context.app.extensions["upright_config"] = config().model_copy(update={"clinic_env": "production"})
    return row


def let_it_run(world, days=30):
    with acting_as(world.coordinator):
        sign_off.run_unsigned(
            clinic_id=world.clinic.id,
            name="Dr Amara Bello",
            reason="Pilot with two practices",
            until=now().date() + timedelta(days=days),
            by=world.coordinator,
        )


def test_a_demonstration_needs_no_signature_and_shows_no_banner(world):
    assert accept(world, a_referral(world).referral).state is State.AWAITING_ASSESSMENT
    assert sign_off.notices(world.clinic.id, now()) == []


def test_production_accepts_nobody_on_unsigned_rules(world, received):
    with pytest.raises(NotAllowed, match="not signed by a clinician"):
        accept(world, received)


def test_a_named_person_with_a_reason_and_an_end_lets_it_run_under_a_banner(world, received):
    let_it_run(world)
    assert accept(world, received).state is State.AWAITING_ASSESSMENT
    (notice,) = sign_off.notices(world.clinic.id, now())
    assert "Dr Amara Bello answers for running unsigned" in notice["title"]
    assert notice["href"] == "/protocol"


def test_the_permission_ends_by_itself(world, received):
    let_it_run(world, days=1)
    later = now() + timedelta(days=2)
    assert "ended on" in sign_off.refusal(world.clinic.id, later.date())
    assert "nobody can be accepted" in sign_off.notices(world.clinic.id, later)[0]["title"]


def test_giving_the_permission_is_audited_without_a_name(world):
    let_it_run(world)
    row = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "protocol.run_unsigned")).one()
    assert set(row.details) == {"until"}
