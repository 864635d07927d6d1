"""Twilio's own client against the simulator: what it sends is understood, what it gets is Twilio's."""

from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

from clinic.simulator.settings import Tempo
from tests.simulator.rig import until

SERVICE = "MG" + "1" * 32


def refused(call):
    with pytest.raises(TwilioRestException) as refusal:
        call()
    return refusal.value.status, refusal.value.code


def test_a_text_is_accepted_with_a_sid_and_is_queued(rig):
    message = rig.text("Tuesday 10:30", validity_period=600)

    assert (message.status, message.direction, message.body) == ("queued", "outbound-api", "Tuesday 10:30")
    assert message.sid.startswith("SM") and len(message.sid) == 34
    assert rig.client().messages(message.sid).fetch().sid == message.sid


def test_a_text_through_a_messaging_service_gets_its_sender_when_it_is_sent(rig):
    message = rig.text(from_=None, messaging_service_sid=SERVICE)

    assert (message.status, message.from_, message.messaging_service_sid) == ("accepted", None, SERVICE)
    assert message.num_segments == "0"
    sent = until(lambda: next(iter(rig.client().messages.list(from_="+447700900000")), None))
    assert (sent.sid, sent.num_segments) == (message.sid, "1")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": "07700 900123"}, 21211),
        ({"to": "+44"}, 21211),
        ({"from_": None}, 21603),
        ({"from_": "+1"}, 21212),
        ({"status_callback": "clinic.example/status"}, 21609),
        ({"status_callback": "http://my_clinic.example/status"}, 21609),
        ({"validity_period": 0}, 20001),
        ({"validity_period": 36001}, 20001),
    ],
)
def test_what_twilio_would_refuse_is_refused_with_its_code(rig, wrong, code):
    assert refused(lambda: rig.text(**wrong)) == (400, code)
    assert rig.accepts() == []


@pytest.mark.parametrize(("body", "code"), [("", 21602), ("x" * 1601, 21617)])
def test_a_body_is_needed_and_may_not_be_too_long(rig, body, code):
    assert refused(lambda: rig.text(body)) == (400, code)


def test_a_wrong_token_is_refused(rig):
    assert refused(lambda: rig.client(token="wrong").messages.create(to="+447700900123", body="x")) == (
        401,
        20003,
    )


def test_an_unknown_sid_and_another_account_are_not_found(rig):
    assert refused(lambda: rig.client().messages("SM" + "f" * 32).fetch()) == (404, 20404)
    assert refused(lambda: rig.client().api.v2010.accounts("AC" + "9" * 32).messages("SM1").fetch()) == (
        404,
        20404,
    )


def test_a_list_comes_in_pages_newest_first_without_gap_or_repeat(rig):
    sent = [rig.text(f"number {number}").sid for number in range(7)]

    listed = [message.sid for message in rig.client().messages.stream(to="+447700900123", page_size=3)]
    assert listed == sent[::-1]
    page = rig.client().messages.page(page_size=3)
    assert page.next_page_url and len(list(page)) == 3


def test_the_last_page_names_no_next_one(rig):
    rig.text()
    rig.text()
    assert rig.client().messages.page(page_size=2).next_page_url is None
    assert rig.client().messages.page(page_size=1).next_page_url


def test_a_list_can_be_narrowed_by_either_end(rig):
    ours = rig.text().sid
    rig.text(to="+447700900456")
    rig.text(from_="+447700900999")

    assert [m.sid for m in rig.client().messages.list(to="+447700900123", from_="+447700900000")] == [ours]


def test_a_list_by_date_leaves_out_what_is_not_sent_yet(rig):
    rig.sim("POST", "tempo", {"sent_after": 600, "delivered_after": 600})
    rig.text("still queued")
    rig.sim("POST", "tempo", {"sent_after": 0, "delivered_after": 0})
    sent = rig.text("gone")
    now = datetime.now(UTC)

    client = rig.client()
    until(lambda: client.messages(sent.sid).fetch().status == "delivered")
    assert [m.sid for m in client.messages.list(date_sent_after=now - timedelta(hours=1))] == [sent.sid]
    assert [m.sid for m in client.messages.list(date_sent_before=now + timedelta(hours=1))] == [sent.sid]
    assert client.messages.list(date_sent_before=now - timedelta(hours=1)) == []
    assert client.messages.list(date_sent_after=now + timedelta(hours=1)) == []


def test_a_new_message_can_be_fetched_at_once_but_is_listed_only_later(rig):
    rig.sim("POST", "tempo", {"listing_lag_least": 600, "listing_lag_most": 600})
    hidden = rig.text()
    rig.sim("POST", "tempo", {"listing_lag_least": 0.05, "listing_lag_most": 0.05})
    soon = rig.text()

    client = rig.client()
    assert client.messages(hidden.sid).fetch().sid == hidden.sid
    assert until(lambda: [m.sid for m in client.messages.list()]) == [soon.sid]


def test_as_it_comes_out_of_the_box_a_list_is_late():
    assert Tempo().listing_lag_least >= 1
    assert Tempo().listing_lag_most > Tempo().listing_lag_least


def test_an_empty_body_redacts_a_finished_message_but_not_the_phone(rig):
    message = rig.text("about Tuesday")
    context = rig.client().messages(message.sid)
    until(lambda: context.fetch().status == "delivered")

    assert context.update(body="").body == ""
    assert context.fetch().body == ""
    assert rig.handle.simulator.phones.search("Okafor")[0].texts[-1]["body"] == "about Tuesday"


def test_a_message_on_its_way_can_be_neither_redacted_nor_deleted(rig):
    rig.sim("POST", "tempo", {"sent_after": 600, "delivered_after": 600})
    context = rig.client().messages(rig.text().sid)

    assert refused(lambda: context.update(body="")) == (409, 20009)
    assert refused(context.delete) == (409, 20009)


def test_a_deleted_message_is_gone(rig):
    context = rig.client().messages(rig.text().sid)
    until(lambda: context.fetch().status == "delivered")

    assert context.delete()
    assert refused(context.fetch) == (404, 20404)
    assert rig.accepts()[0]["status"] == "deleted"


def test_a_canceled_message_never_reaches_the_phone(rig, clinic):
    rig.sim("POST", "tempo", {"sent_after": 600, "delivered_after": 600})
    context = rig.client().messages(rig.text().sid)

    assert context.update(status="canceled").status == "canceled"
    until(lambda: clinic.statuses() == ["canceled"])
    assert refused(lambda: context.update(status="canceled")) == (409, 20009)
    assert rig.settled()


def test_a_schedule_counts_only_with_a_messaging_service(rig):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = {"schedule_type": "fixed", "send_at": tomorrow}

    assert rig.text(from_=None, messaging_service_sid=SERVICE, **later).status == "scheduled"
    assert rig.text(**later).status == "queued"


def test_a_text_that_cannot_be_sent_within_its_validity_fails(rig):
    rig.fault("slow_delivery", seconds=60)
    context = rig.client().messages(rig.text(validity_period=1).sid)

    failed = until(lambda: (now := context.fetch()).status == "failed" and now)
    assert (failed.error_code, failed.date_sent) == (30036, None)


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("🙂" * 36, 2),
    ],
)
def test_long_texts_cost_more_parts(rig, body, parts):
    assert rig.text(body).num_segments == str(parts)


def test_every_answer_says_how_many_requests_are_in_flight(rig):
    client = rig.client()
    client.messages.create(to="+447700900123", from_="+447700900000", body="x")
    assert client.http_client._test_only_last_response.headers["Twilio-Concurrent-Requests"] == "1"


def test_one_client_keeps_one_connection(rig):
    client = rig.client()
    for _ in range(5):
        client.messages.list()
    assert rig.sim("GET", "stats")["connections"] == 1


def test_the_answer_to_create_has_the_first_status_however_fast_the_carrier_is(rig):
    assert {rig.text().status for _ in range(30)} == {"queued"}
