"""A practice's system hears of every change of status, once planned, in order, without a patient's data."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.extensions import at, db, now, transaction
from clinic.referrals import changes, webhook_sending, webhooks
from clinic.referrals.webhook_rows import EventState, Webhook, WebhookEvent
from clinic.viewer import acting_as
from tests.referrals.factories import TEST, World, a_patient, a_referral, accept
from tests.referrals.listening import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def hook(world: World, listener: Listener) -> Webhook:
    return a_hook(world, listener.url)


def a_hook(world: World, url: str) -> Webhook:
    webhooks.register(clinic_id=world.clinic.id, organisation_id=world.practice.id, url=url, by=TEST)
    return db.session.scalars(select(Webhook)).one()


def events() -> list[WebhookEvent]:
    return list(db.session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def test_each_change_is_posted_in_order_with_ids_and_coded_words_only(world, hook, listener):
    referral = a_referral(world).referral
    accept(world, referral)
    assert webhook_sending.deliver_due() == {"delivered": 2, "failed": 0}
    assert [(e["status"], e["businessStatus"]) for e in listener.heard] == [
        ("received", "being_decided"),
        ("accepted", "awaiting_assessment"),
    ]
    assert set(listener.heard[0]) == {
        "id",
        "type",
        "time",
        "referral",
        "task",
        "reference",
        "status",
        "businessStatus",
    }
    assert listener.heard[0]["referral"] == f"ServiceRequest/{referral.public_id}"
    said = b" ".join(listener.bodies)
    assert not any(word in said for word in (b"Okafor", b"Grace", b"1950", b"999", b"07700"))


def test_nothing_is_left_to_do_after_a_pass(world, hook, listener):
    a_referral(world)
    webhook_sending.deliver_due()
    assert webhook_sending.deliver_due() == {"delivered": 0, "failed": 0}
    assert [e.state for e in events()] == [EventState.DELIVERED]


def test_a_change_that_is_undone_is_not_told(world, hook):
    with pytest.raises(RuntimeError), transaction():
        a_referral(world)
        raise RuntimeError("undone")
    assert events() == []


def test_the_other_practice_and_a_patient_held_elsewhere_are_not_told_of(world, hook):
    a_referral(world, by=world.other_gp)
    a_referral(world)  # the same patient: only "already known"
    assert events() == []


def test_a_withdrawal_is_told_once_as_cancelled(world, hook, listener):
    referral = a_referral(world).referral
    with acting_as(world.gp):
        changes.withdraw(referral_id=referral.id, reason="Sent twice", by=world.gp)
    webhook_sending.deliver_due()
    assert [e["status"] for e in listener.heard] == ["received", "cancelled"]


def test_what_nobody_takes_is_tried_again_with_the_same_id_and_holds_up_what_follows(world, hook, listener):
    listener.status = 500
    accept(world, a_referral(world).referral)
    assert webhook_sending.deliver_due() == {"delivered": 0, "failed": 1}
    assert webhook_sending.deliver_due() == {"delivered": 0, "failed": 0}  # it waits
    listener.status = 200
    with at(now() + timedelta(minutes=2)):
        assert webhook_sending.deliver_due() == {"delivered": 2, "failed": 0}
    assert listener.heard[0]["id"] == listener.heard[1]["id"] != listener.heard[2]["id"]
    assert listener.heard[1]["status"] == "received"


def test_after_three_days_it_is_given_up_and_an_administrator_sees_it(world, hook, listener):
    listener.status = 503
    a_referral(world)
    webhook_sending.deliver_due()
    with at(now() + timedelta(days=3, minutes=1)):
        webhook_sending.deliver_due()
        webhook_sending.deliver_due()
    assert [e.state for e in events()] == [EventState.GIVEN_UP]
    standing = webhooks.standing(hook)
    assert (standing.given_up, standing.hook.last_error, len(listener.heard)) == (1, "http_503", 2)
    acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("webhook.%"))).all()
    assert sorted(acts, reverse=True) == ["webhook.registered", "webhook.given_up"]


def test_try_everything_again_posts_what_was_given_up(world, hook, listener):
    listener.status = 503
    a_referral(world)
    webhook_sending.deliver_due()
    with at(now() + timedelta(days=4)):
        webhook_sending.deliver_due()
    listener.status = 200
    webhooks.go_on(hook=hook, by=TEST)
    assert webhook_sending.deliver_due() == {"delivered": 1, "failed": 0}


def test_paused_nothing_leaves_and_nothing_is_lost(world, hook, listener):
    webhooks.pause(hook=hook, by=TEST)
    a_referral(world)
    assert webhook_sending.deliver_due() == {"delivered": 0, "failed": 0}
    webhooks.go_on(hook=hook, by=TEST)
    assert webhook_sending.deliver_due() == {"delivered": 1, "failed": 0}


def test_two_workers_do_not_post_the_same(world, hook, listener):
    a_referral(world)
    assert len(webhook_sending._claim()) == 1
    assert webhook_sending.deliver_due() == {"delivered": 0, "failed": 0}
    with at(now() + webhook_sending.LEASE):  # the first one died
        assert webhook_sending.deliver_due() == {"delivered": 1, "failed": 0}


def test_one_dead_system_does_not_hold_up_the_other(world, listener):
    a_hook(world, "http://127.0.0.1:9/nobody")
    webhooks.register(
        clinic_id=world.clinic.id, organisation_id=world.other_practice.id, url=listener.url, by=TEST
    )
    a_referral(world)
    a_referral(world, by=world.other_gp, patient=a_patient(family_name="Bell", nhs_number="999 000 0026"))
    assert webhook_sending.deliver_due() == {"delivered": 1, "failed": 1}


def test_a_new_secret_ends_the_old_one_and_is_kept_encrypted(world, hook, listener):
    old = hook.secret
    new = webhooks.register(
        clinic_id=world.clinic.id, organisation_id=world.practice.id, url=listener.url, by=TEST
    )
    assert old != new and db.session.scalars(select(Webhook)).one().secret == new
    stored = db.session.connection().exec_driver_sql("SELECT url, secret FROM webhooks").one()
    assert new not in stored[1] and "127.0.0.1" not in stored[0]


def test_settled_notices_are_removed_after_ninety_days(world, hook, listener):
    a_referral(world)
    webhook_sending.deliver_due()
    moment = now() + timedelta(days=91)
    assert webhooks.forget_old(moment=now(), dry_run=False) == ("webhook_events", 0)
    assert webhooks.forget_old(moment=moment, dry_run=True) == ("webhook_events", 1)
    assert webhooks.forget_old(moment=moment, dry_run=False) == ("webhook_events", 1)
    assert events() == []
