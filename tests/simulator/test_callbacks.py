"""Status callbacks: signed as Twilio signs, and scripted to come in every wrong way."""

import re
import socket

import pytest
from twilio.request_validator import RequestValidator

from tests.simulator.rig import ACCOUNT, PATIENT, TOKEN, ClinicServer, until


def told(rig, clinic, count):
    """Wait until everything is over; the statuses in the order in which they came."""
    until(lambda: rig.settled() and len(clinic.statuses()) >= count)
    return clinic.statuses()


def test_a_delivered_text_is_told_as_sent_then_delivered(rig, clinic):
    sid = rig.text().sid

    assert told(rig, clinic, 2) == ["sent", "delivered"]
    form = clinic.received[-1].form
    assert (form["MessageSid"], form["To"], form["AccountSid"]) == (sid, PATIENT, ACCOUNT)
    assert "ErrorCode" not in form


def test_a_text_through_a_service_is_first_told_as_queued(rig, clinic):
    rig.text(from_=None, messaging_service_sid="MG" + "1" * 32)

    assert told(rig, clinic, 3) == ["queued", "sent", "delivered"]
    assert clinic.received[0].form["MessagingServiceSid"] == "MG" + "1" * 32


def test_twilios_validator_accepts_the_signature_and_no_other(rig, clinic):
    rig.text()
    told(rig, clinic, 2)

    for webhook in clinic.received:
        signature = webhook.headers["X-Twilio-Signature"]
        assert webhook.url.endswith("/status?m=1")
        assert RequestValidator(TOKEN).validate(webhook.url, webhook.form, signature)
        assert not RequestValidator(TOKEN).validate(webhook.url, webhook.form | {"To": "x"}, signature)
        assert not RequestValidator("other").validate(webhook.url, webhook.form, signature)


def test_no_callback_is_sent_when_none_was_asked_for(rig, clinic):
    rig.text(status_callback=None)

    assert until(rig.settled) and clinic.received == []


@pytest.mark.parametrize(("status", "code"), [("undelivered", 30003), ("failed", 30007)])
def test_an_unlucky_text_is_told_with_its_code(rig, clinic, status, code):
    rig.fault("outcome", to=PATIENT, status=status, code=code)
    sid = rig.text().sid

    assert told(rig, clinic, 1)[-1] == status
    assert clinic.received[-1].form["ErrorCode"] == str(code)
    message = rig.client().messages(sid).fetch()
    assert (message.status, message.error_code) == (status, code)
    assert rig.handle.simulator.phones.search("Okafor")[0].texts == []


def test_dropped_callbacks_never_come_but_the_message_moves(rig, clinic):
    rig.fault("drop_callbacks")
    sid = rig.text().sid

    until(lambda: rig.client().messages(sid).fetch().status == "delivered" and rig.settled())
    assert clinic.received == []


def test_repeated_callbacks_carry_the_same_token(rig, clinic):
    rig.fault("duplicate_callbacks", times=3)
    rig.text()

    assert told(rig, clinic, 6) == ["sent"] * 3 + ["delivered"] * 3
    tokens = [webhook.headers["I-Twilio-Idempotency-Token"] for webhook in clinic.received]
    assert len(set(tokens[:3])) == len(set(tokens[3:])) == 1 and tokens[0] != tokens[3]


def test_reversed_callbacks_tell_the_end_first(rig, clinic):
    rig.fault("reverse_callbacks")
    rig.text()

    assert told(rig, clinic, 2) == ["delivered", "sent"]


def test_late_callbacks_wait(rig, clinic):
    rig.fault("late_callbacks", seconds=600)
    sid = rig.text().sid

    until(lambda: rig.client().messages(sid).fetch().status == "delivered")
    assert clinic.received == []
    assert rig.sim("GET", "stats")["pending_events"] == 2


def test_callbacks_can_come_before_the_answer_to_create(rig, clinic):
    rig.sim("POST", "tempo", {"sent_after": 600, "delivered_after": 600})
    rig.fault("callback_first")
    sid = rig.text().sid

    assert [webhook.form["MessageSid"] for webhook in clinic.received] == [sid, sid]
    assert clinic.statuses() == ["sent", "delivered"]


def test_a_connection_that_fails_is_tried_again_with_the_same_token(rig, clinic):
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    rig.sim("POST", "tempo", {"webhook_retries": 100000, "webhook_retry_after": 0.01})
    rig.text(status_callback=f"http://127.0.0.1:{port}/status")
    until(lambda: rig.accepts()[0]["attempts"] > 2)

    healed = ClinicServer(port=port)
    until(rig.settled)
    assert sorted(healed.statuses()) == ["delivered", "sent"]
    healed.close()


def test_by_default_a_failed_connection_is_tried_twice_and_then_given_up(rig):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        rig.text(status_callback=f"http://127.0.0.1:{nobody.getsockname()[1]}/status")
        until(rig.settled)

    for callback in rig.accepts()[0]["callbacks"]:
        assert (callback["tries"], callback["state"]) == (2, "gave_up")


def test_an_error_answer_is_not_tried_again(rig, clinic):
    clinic.status = 500
    rig.text()

    assert told(rig, clinic, 2) == ["sent", "delivered"]


def test_the_fragment_of_the_address_asks_for_more_tries_and_is_not_signed(rig, clinic):
    clinic.status = 503
    rig.text(status_callback=f"{clinic.url}/status#rc=3&rp=5xx")

    assert sorted(told(rig, clinic, 8)) == ["delivered"] * 4 + ["sent"] * 4
    webhook = clinic.received[0]
    assert RequestValidator(TOKEN).validate(webhook.url, webhook.form, webhook.headers["X-Twilio-Signature"])
    assert webhook.url == f"{clinic.url}/status"


def test_any_callback_can_be_made_up_for_an_unknown_message(rig, clinic):
    made_up = {
        "sid": "SM" + "e" * 32,
        "status": "delivered",
        "to": PATIENT,
        "url": f"{clinic.url}/late",
        "times": 5,
    }

    assert rig.sim("POST", "callbacks", made_up) == {"answers": ["204"] * 5}
    webhook = clinic.received[-1]
    assert RequestValidator(TOKEN).validate(webhook.url, webhook.form, webhook.headers["X-Twilio-Signature"])


def test_the_log_tells_every_callback_with_its_answer(rig, clinic):
    rig.text()
    told(rig, clinic, 2)

    callbacks = rig.accepts()[0]["callbacks"]
    assert [(entry["status"], entry["answer"], entry["tries"]) for entry in callbacks] == [
        ("sent", "204", 1),
        ("delivered", "204", 1),
    ]


def test_every_webhook_has_an_idempotency_token_that_is_a_uuid(rig, clinic):
    rig.text()
    rig.reply("1")
    until(lambda: rig.settled() and len(clinic.received) == 3)

    assert all(
        re.fullmatch(r"[0-9a-f-]{36}", hook.headers["I-Twilio-Idempotency-Token"]) for hook in clinic.received
    )
