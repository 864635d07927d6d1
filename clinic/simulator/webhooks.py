"""Requests to the customer's address: signed as Twilio signs them, with its limits and its retries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import gmtime, strftime
from typing import Any
from urllib.parse import parse_qs, urldefrag

import requests
from twilio.request_validator import RequestValidator

from .contract import API_VERSION
from .settings import Settings, Tempo


@dataclass(frozen=True)
class Outcome:
    """`answer`: the HTTP status, or what failed. `retry`: whether this URL's policy asks for another try."""

    answer: str
    retry: bool = False


class Webhooks:
    def __init__(self, settings: Settings, tempo: Tempo) -> None:
        self._validator = RequestValidator(settings.auth_token)
        self._tempo = tempo

    def post(self, address: str, form: Mapping[str, str], *, token: str, tries: int = 0) -> Outcome:
        """Post once. What follows `#` overrides the retries (`rc`, `rp`); it is neither sent nor signed.

        By default only a connection that could not be made is tried again.
        """
        url, fragment = urldefrag(address)
        overrides = {name: values[0] for name, values in parse_qs(fragment).items()}
        failure, answer = self._send(url, form, token)
        policies = set(overrides.get("rp", "ct").split(","))
        count = overrides.get("rc", "")
        retries = int(count) if count.isdigit() else self._tempo.webhook_retries
        return Outcome(answer, bool({failure, "all"} & policies) and failure != "" and tries < retries)

    def _send(self, url: str, form: Mapping[str, str], token: str) -> tuple[str, str]:
        headers = {
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            "X-Twilio-Signature": self._validator.compute_signature(url, form),
        }
        try:
            with requests.Session() as session:
                session.trust_env = False
                wait = self._tempo.webhook_timeout
                reply = session.post(url, data=form, headers=headers, timeout=wait, allow_redirects=False)
        except (requests.ReadTimeout, requests.exceptions.ChunkedEncodingError):
            return "rt", "read timeout"
        except requests.RequestException as problem:
            lost = "RemoteDisconnected" in repr(problem) or "ConnectionReset" in repr(problem)
            return ("rt", "connection lost") if lost else ("ct", "connection failed")
        return {4: "4xx", 5: "5xx"}.get(reply.status_code // 100, ""), str(reply.status_code)


def status_form(
    row: Mapping[str, Any], status: str, error_code: int | None, account_sid: str
) -> dict[str, str]:
    """The fields of a status callback."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "From": row["sender"] or "",
        "MessageSid": row["sid"],
        "MessageStatus": status,
        "SmsSid": row["sid"],
        "SmsStatus": status,
        "To": row["recipient"],
    }
    if row["service"]:
        form["MessagingServiceSid"] = row["service"]
    if error_code is not None:
        form["ErrorCode"] = str(error_code)
    if status in {"delivered", "undelivered"}:
        form["RawDlrDoneDate"] = strftime("%y%m%d%H%M", gmtime(row["updated"]))
    return form


def inbound_form(row: Mapping[str, Any], opt_out_type: str | None, account_sid: str) -> dict[str, str]:
    """The fields of a text that came in."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Body": row["body"],
        "From": row["sender"],
        "FromCountry": "GB",
        "MessageSid": row["sid"],
        "NumMedia": "0",
        "NumSegments": str(row["segments"]),
        "SmsMessageSid": row["sid"],
        "SmsSid": row["sid"],
        "SmsStatus": "received",
        "To": row["recipient"],
        "ToCountry": "GB",
    }
    if row["service"]:
        form["MessagingServiceSid"] = row["service"]
    if opt_out_type:
        form["OptOutType"] = opt_out_type
    return form
