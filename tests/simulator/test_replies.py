"""What a phone writes back, and the words the carrier hears before anybody else."""

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from clinic.simulator.replies import opt_out_type
from tests.simulator.rig import CLINIC, PATIENT, TOKEN, until


def inbound(rig, clinic):
    until(rig.settled)
    return [webhook for webhook in clinic.received if webhook.url.endswith("/twilio/inbound")]


def on_the_phone(rig):
    return [text["body"] for text in rig.handle.simulator.phones.search("Okafor")[0].texts]


def refusal(call):
    with pytest.raises(TwilioRestException) as refused:
        call()
    return refused.value.code


def test_a_reply_is_posted_signed_to_the_clinic(rig, clinic):
    sid = rig.reply("PAIN 7, sorry")

    (webhook,) = inbound(rig, clinic)
    expected = {"MessageSid": sid, "From": PATIENT, "To": CLINIC, "Body": "PAIN 7, sorry", "NumMedia": "0"}
    assert expected.items() <= webhook.form.items()
    assert "OptOutType" not in webhook.form
    assert RequestValidator(TOKEN).validate(webhook.url, webhook.form, webhook.headers["X-Twilio-Signature"])


def test_a_reply_goes_to_the_sender_that_texted_last(rig, clinic):
    rig.text(from_="+447700900555", status_callback=None)
    until(lambda: on_the_phone(rig))
    rig.reply("1")

    assert inbound(rig, clinic)[0].form["To"] == "+447700900555"


def test_a_reply_is_listed_as_inbound(rig):
    sid = rig.reply("2")
    (listed,) = rig.client().messages.list(from_=PATIENT)
    assert (listed.sid, listed.direction, listed.status, listed.body) == (sid, "inbound", "received", "2")


def test_the_same_reply_can_be_posted_more_than_once(rig, clinic):
    sid = rig.reply("1", times=3)
    assert [webhook.form["MessageSid"] for webhook in inbound(rig, clinic)] == [sid] * 3


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "CANCEL", "end", "QUIT", "StopAll"])
def test_stop_blocks_further_texts_and_the_carrier_says_so(rig, clinic, word):
    rig.reply(word)

    assert refusal(rig.text) == 21610
    assert on_the_phone(rig) == [word, on_the_phone(rig)[1]] and "Carrier" in on_the_phone(rig)[1]
    assert inbound(rig, clinic)[0].form["OptOutType"] == "STOP"
    assert rig.accepts() == []


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_start_lifts_a_stop(rig, clinic, word):
    rig.reply("STOP")
    until(rig.settled)  # two webhooks on their way at once may overtake each other, as in life
    rig.reply(word)

    assert rig.text().status == "queued"
    assert inbound(rig, clinic)[1].form["OptOutType"] == "START"


def test_a_second_stop_is_posted_but_the_carrier_answers_once(rig, clinic):
    rig.reply("STOP")
    rig.reply("STOP")

    assert len(inbound(rig, clinic)) == 2
    assert sum("Carrier" in body for body in on_the_phone(rig)) == 1


def test_help_is_answered_and_blocks_nothing(rig, clinic):
    rig.reply("help")

    assert rig.text().status == "queued"
    assert inbound(rig, clinic)[0].form["OptOutType"] == "HELP"


def test_stop_holds_for_the_sender_it_was_said_to(rig):
    rig.reply("STOP")
    assert rig.text(from_="+447700900555").status == "queued"


def test_stop_to_one_number_of_a_service_holds_for_the_service(rig):
    service = {"from_": None, "messaging_service_sid": "MG" + "1" * 32}
    rig.text(**service)
    until(lambda: on_the_phone(rig))
    rig.reply("STOP")

    assert refusal(lambda: rig.text(**service)) == 21610


@pytest.mark.parametrize("body", ["Stop please", "please stop", "don't stop", "1", "", "cancel Tuesday"])
def test_only_the_whole_text_counts_as_stop(body):
    assert opt_out_type(body) is None
