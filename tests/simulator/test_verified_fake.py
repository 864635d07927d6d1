"""The fake is held against the installed twilio client: what it sends, what it reads."""

import inspect
import json

import requests
from twilio.base.page import Page
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance, MessageList

from clinic.simulator import contract
from tests.simulator.rig import until


class Recorder(HttpClient):
    """Sends nothing; keeps the names of what would have been sent."""

    def __init__(self):
        super().__init__(None, False, None)
        self.data, self.params = {}, {}

    def request(self, method, url, params=None, data=None, **_):
        self.data, self.params = data or {}, params or {}
        return Response(201 if method == "POST" else 200, json.dumps({"messages": []}))


class Reads(dict):
    """A payload that notes every key the client asks it for."""

    def __init__(self, payload):
        super().__init__(payload)
        self.asked = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def all_arguments(method):
    lists = {"persistent_action", "media_url"}
    names = [name for name in inspect.signature(method).parameters if name not in {"self", "limit"}]
    return {name: ["x"] if name in lists else "x" for name in names}


def test_every_parameter_of_create_is_known_and_no_other():
    recorder = Recorder()
    client = Client("AC1", "token", http_client=recorder)

    client.messages.create(**all_arguments(MessageList.create))
    assert set(recorder.data) == contract.CREATE_PARAMETERS


def test_every_parameter_of_list_is_known_and_no_other():
    recorder = Recorder()
    arguments = all_arguments(MessageList.page)

    Client("AC1", "token", http_client=recorder).messages.page(**arguments)
    assert set(recorder.params) == contract.LIST_PARAMETERS


def test_every_parameter_of_update_is_known_and_no_other():
    recorder = Recorder()
    Client("AC1", "token", http_client=recorder).messages("SM1").update(body="", status="canceled")
    assert set(recorder.data) == contract.UPDATE_PARAMETERS


def test_an_answer_has_exactly_the_fields_the_client_reads(rig):
    client = rig.client()
    client.messages.create(to="+447700900123", from_="+447700900000", body="x")
    payload = Reads(json.loads(client.http_client._test_only_last_response.text))

    message = MessageInstance(client.api.v2010, payload, account_sid=payload["account_sid"])
    assert payload.asked == set(payload)
    assert {type(message.date_created), type(message.date_updated)} == {type(message.date_created)}
    assert message.date_created is not None and message.uri.endswith(f"{message.sid}.json")


def test_every_attribute_of_a_delivered_message_resolves(rig):
    sid = rig.text().sid
    message = until(lambda: (now := rig.client().messages(sid).fetch()).status == "delivered" and now)

    never_set = {"price", "error_code", "error_message", "messaging_service_sid"}
    attributes = {name for name in vars(message) if not name.startswith("_")}
    assert {name for name in attributes if getattr(message, name) is None} == never_set


def test_statuses_are_twilios():
    ours = contract.FINAL | {"queued", "accepted", "scheduled", "sent"}
    assert set(vars(MessageInstance.Status).values()) >= ours


def test_a_page_has_nothing_but_messages_beside_the_clients_page_keys(rig):
    rig.text()
    answer = rig.client().messages.page()
    assert set(answer._payload) - Page.META_KEYS == {"messages"}


def test_an_error_has_twilios_four_fields(rig):
    answer = requests.get(f"{rig.url}/2010-04-01/Accounts/AC1/Messages.json", timeout=5)
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
