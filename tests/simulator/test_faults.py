"""Each scripted fault does what it says, to whom it says, as often as it says."""

import json
import threading

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from clinic.simulator import faults
from clinic.simulator.faults import AFTER, BEFORE, CHANGES, Faults, UnknownFault
from tests.simulator.rig import PATIENT, until

LOST = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def fails(rig, error=TwilioRestException, **more):
    with pytest.raises(error) as failure:
        rig.text(**more)
    return failure.value


def test_throttle_is_a_429_with_retry_after_and_nothing_is_accepted(rig):
    rig.fault("throttle", seconds=7)
    client = rig.client()
    with pytest.raises(TwilioRestException) as failure:
        client.messages.create(to=PATIENT, from_="+447700900000", body="x")

    assert (failure.value.status, failure.value.code) == (429, 20429)
    assert client.http_client._test_only_last_response.headers["Retry-After"] == "7"
    assert rig.accepts() == []


def test_unavailable_is_a_503_before_anything_is_accepted(rig):
    rig.fault("unavailable")
    assert fails(rig).status == 503
    assert rig.accepts() == []


def test_refuse_answers_any_code_asked_for(rig):
    rig.fault("refuse", code=21614)
    failure = fails(rig)
    assert (failure.status, failure.code) == (400, 21614)


def test_an_error_after_the_accept_leaves_the_sender_in_the_dark(rig):
    rig.fault("error_after_accept")
    assert fails(rig).status == 500

    (accept,) = rig.accepts()
    assert (accept["to"], accept["reply"]) == (PATIENT, "error_after_accept")
    assert until(lambda: rig.client().messages.list(to=PATIENT))[0].sid == accept["sid"]


@pytest.mark.parametrize("kind", ["reset_after_accept", "reset_after_headers"])
def test_a_line_cut_after_the_accept_loses_the_answer_only(rig, kind):
    rig.fault(kind)
    fails(rig, LOST)
    assert [accept["reply"] for accept in rig.accepts()] == [kind]


def test_a_line_cut_after_the_headers_had_sent_them(rig):
    rig.fault("reset_after_headers")
    client = rig.client()
    with requests.post(
        f"{rig.url}/2010-04-01/Accounts/{client.account_sid}/Messages.json",
        data={"To": PATIENT, "From": "+447700900000", "Body": "x"},
        auth=client.auth,
        stream=True,
        timeout=5,
    ) as answer:
        assert answer.status_code == 201
        with pytest.raises(LOST):
            answer.content  # noqa: B018


def test_a_line_cut_before_the_accept_loses_the_request(rig):
    rig.fault("reset")
    fails(rig, LOST)
    assert rig.accepts() == []


def test_a_cut_line_is_reset_not_closed_politely(rig):
    rig.fault("reset")
    assert "ConnectionResetError" in repr(fails(rig, LOST))


def test_hang_accepts_and_then_keeps_the_sender_waiting(rig):
    rig.fault("hang", seconds=600)
    fails(rig, requests.ReadTimeout, timeout=0.2)
    assert [accept["reply"] for accept in rig.accepts()] == ["hang"]


def test_slow_accepts_only_after_the_wait(rig):
    rig.fault("slow", seconds=600)
    fails(rig, requests.ReadTimeout, timeout=0.2)
    assert rig.accepts() == []


def test_slow_ends_as_usual(rig):
    rig.fault("slow", seconds=0.05)
    assert rig.text().status == "queued"


def test_garbage_is_accepted_but_no_json(rig):
    rig.fault("garbage")
    fails(rig, json.JSONDecodeError)
    assert [accept["reply"] for accept in rig.accepts()] == ["garbage"]


def test_a_list_can_fail_too(rig):
    rig.fault("unavailable", on="list")
    with pytest.raises(TwilioException):
        rig.client().messages.list()
    assert rig.client().messages.list() == []


def test_a_fetch_can_fail_too(rig):
    sid = rig.text().sid
    rig.fault("throttle", on="fetch")
    with pytest.raises(TwilioRestException):
        rig.client().messages(sid).fetch()
    assert rig.client().messages(sid).fetch().sid == sid


def test_listing_lag_can_be_made_long_for_one_message(rig):
    rig.fault("listing_lag", seconds=600)
    rig.text("hidden")
    shown = rig.text("shown")
    assert [message.sid for message in rig.client().messages.list()] == [shown.sid]


def test_a_fault_is_for_one_number_and_for_so_many_times(rig):
    rig.fault("throttle", to=PATIENT, count=2)

    assert rig.text(to="+447700900456").status == "queued"
    assert [fails(rig).status, fails(rig).status] == [429, 429]
    assert rig.text().status == "queued"


def test_a_fault_can_let_some_pass_first_and_then_last_for_ever(rig):
    rig.fault("unavailable", skip=1, count=None)

    assert rig.text().status == "queued"
    assert [fails(rig).status for _ in range(3)] == [503] * 3
    rig.sim("DELETE", "faults")
    assert rig.text().status == "queued"


def test_two_faults_meet_two_requests_in_their_order(rig):
    rig.fault("throttle")
    rig.fault("unavailable")
    assert [fails(rig).status, fails(rig).status] == [429, 503]


def test_chance_bites_the_same_way_for_the_same_seed():
    def run(seed):
        faults = Faults()
        faults.add([{"kind": "hang", "chance": 0.5, "count": None, "seed": seed}])
        return [faults.answer("create", PATIENT) is not None for _ in range(200)]

    assert run(1) == run(1) != run(2)
    assert 60 < sum(run(1)) < 140


@pytest.mark.parametrize(
    "rule",
    [{"kind": "trottle"}, {"kind": "hang", "second": 3}, {"to": PATIENT}, {"kind": "hang", "on": "list"}],
)
def test_a_rule_that_would_never_bite_is_refused_and_none_is_added(rig, rule):
    answer = requests.post(f"{rig.url}/_sim/faults", json=[{"kind": "throttle"}, rule], timeout=5)
    assert answer.status_code == 400
    assert rig.sim("GET", "faults") == {"faults": []}
    with pytest.raises(UnknownFault):
        Faults().add([rule])


def test_every_kind_is_told_in_the_list_of_kinds():
    assert all(kind in (faults.__doc__ or "") for kind in BEFORE | AFTER | CHANGES)


def test_more_requests_at_once_than_allowed_are_throttled(rig):
    rig.sim("POST", "tempo", {"max_concurrency": 1})
    rig.fault("hang", seconds=600)
    waiting = threading.Thread(target=lambda: fails(rig, requests.ReadTimeout, timeout=1))
    waiting.start()
    until(rig.accepts)

    assert fails(rig).code == 20429
    assert rig.sim("GET", "stats")["peak_in_flight"] == 2
    assert rig.sim("GET", "stats")["in_flight"] == 1
    waiting.join()


def test_an_unknown_tempo_is_refused(rig):
    for wrong in ({"speed": 1}, {"sent_after": -1}, {"sent_after": "soon"}):
        assert requests.post(f"{rig.url}/_sim/tempo", json=wrong, timeout=5).status_code == 400
