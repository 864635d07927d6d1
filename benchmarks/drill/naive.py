"""The sender everybody writes first: post, then record, and post again whatever was not recorded.

It uses the same rows, client, provider and faults as ours, so that the harness is shown to bite.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from functools import cache
from typing import Any

import requests
from flask import Flask
from sqlalchemy import select
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from clinic.extensions import db, now
from clinic.notifications.models import Message, MessageState
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system

RETRY_S = 0.2


class Wire(TwilioHttpClient):
    """The usual client, at the drill's provider."""

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
        return super().request(
            method, url.replace("https://api.twilio.com", os.environ["TWILIO_API_URL"]), *args, **kwargs
        )


def run(app: Flask) -> None:
    while True:
        with app.app_context(), acting_as(system("naive")):
            due = select(Message).where(Message.state == MessageState.PLANNED, Message.not_before <= now())
            for message in db.session.scalars(due.limit(40)).all():
                _send(message)
        time.sleep(0.05)


@cache
def account() -> Client:
    """One client a process."""
    given = os.environ
    return Client(given["TWILIO_ACCOUNT_SID"], given["TWILIO_AUTH_TOKEN"], http_client=Wire(timeout=0.5))


def post(client: Client, message: Message) -> Any:
    """The text as the provider made it; raises what the client raises."""
    to = db.session.scalars(select(Contact).where(Contact.patient_id == message.patient_id)).one().value
    callback = f"{os.environ['PUBLIC_BASE_URL']}/twilio/status?m={message.public_id}&a=1"
    return client.messages.create(
        to=to, from_=os.environ["TWILIO_FROM"], body=f"{message.id}: reminder", status_callback=callback
    )


def _send(message: Message) -> None:
    try:
        made = post(account(), message)
    except (TwilioException, requests.RequestException, ValueError):
        message.not_before = now() + timedelta(seconds=RETRY_S)
    else:
        message.state, message.sid = MessageState.ACCEPTED, made.sid
    db.session.commit()
