"""The only file that knows Twilio: one client, built whole before anybody sees it, and what its answers mean.

Whatever cannot be shown to be a refusal or a miss counts as unknown, since Twilio's create has no
idempotency key and a second try might be a second text.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NameResolutionError, NewConnectionError

from clinic.config import Config
from clinic.notifications.outcomes import NOT_POSTED, Accepted, Later, Outcome, Parcel, Refused, Unknown
from clinic.notifications.punctual import PunctualAdapter, TooLate, until
from clinic.notifications.timing import ticking

OPTED_OUT = "21610"
TOO_MANY = 429
LONGEST_VALIDITY = 36_000  # seconds; Twilio's limit
NOT_MADE = (NewConnectionError, NameResolutionError)  # refused, unreachable, no such name: nothing left here

logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it logs eleven lines a text at INFO


@dataclass(frozen=True)
class Listed:
    """One message as the provider shows it."""

    sid: str
    body: str
    status: str
    created: datetime
    error_code: str | None


class _Wire(TwilioHttpClient):
    """Twilio's HTTP client with our pool, our timeout, no look at the environment, and our address."""

    def __init__(self, *, timeout: float, threads: int, base: str) -> None:
        super().__init__(timeout=timeout)
        self.session.trust_env = False
        for scheme in ("https://", "http://"):
            adapter = PunctualAdapter(pool_connections=2, pool_maxsize=threads, max_retries=0)
            self.session.mount(scheme, adapter)
        self._base = urlsplit(base) if base else None
        self.said = threading.local()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if self._base:
            parts = urlsplit(url)
            path = self._base.path.rstrip("/") + parts.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, parts.query, ""))
        response = super().request(method, url, *args, **kwargs)
        self.said.retry_after = response.headers.get("Retry-After")
        return response


class Gateway:
    """One account at the provider; safe for as many threads as it was built for."""

    def __init__(self, config: Config, *, timeout: float, threads: int) -> None:
        self._wire = _Wire(timeout=timeout, threads=threads, base=config.twilio_api_url)
        token = config.twilio_auth_token.get_secret_value()
        no_environment = {"": ""}  # an empty one would be taken for "look in os.environ"
        self._client = Client(
            config.twilio_account_sid, token, http_client=self._wire, environment=no_environment
        )
        self._service = config.twilio_messaging_service_sid
        self._sender = config.twilio_from
        self._callback = config.public_base_url.rstrip("/") + "/twilio/status"

    def send(self, parcel: Parcel) -> Outcome:
        """Post one text; never raises."""
        left = parcel.stale_at - ticking()
        sender = {"messaging_service_sid": self._service} if self._service else {"from_": self._sender}
        if parcel.sender:
            sender = {"from_": parcel.sender}
        callback = f"{self._callback}?{urlencode({'m': parcel.public_id, 'a': parcel.attempt})}"
        try:
            with until(min(parcel.deadline, parcel.stale_at)):
                made = self._client.messages.create(
                    to=parcel.to,
                    body=parcel.body,
                    status_callback=callback,
                    validity_period=int(min(max(left, 1), LONGEST_VALIDITY)),
                    **sender,
                )
        except TooLate:
            return NOT_POSTED
        except TwilioRestException as answer:
            return self._not_created(answer)
        except requests.RequestException as problem:
            return _no_answer(problem)
        except Exception as problem:  # an answer that is no JSON, or none of Twilio's: it may have been taken
            return Unknown(type(problem).__name__)
        return Accepted(made.sid) if made.sid else Unknown("no_sid")

    def listing(self, to: str, *, limit: int = 50) -> list[Listed]:
        """What we sent to this number, newest first, as far as the provider lists it yet.

        Raises one of LISTING_FAILED.
        """
        rows = self._client.messages.list(to=to, limit=limit)
        return [_listed(row) for row in rows if str(row.direction) in ("outbound-api", "outbound-call")]

    def fetch(self, sid: str) -> Listed:
        """One message as it now stands. Raises one of LISTING_FAILED."""
        return _listed(self._client.messages(sid).fetch())

    def _not_created(self, answer: TwilioRestException) -> Outcome:
        if answer.status == TOO_MANY:
            return Later("too_many", _seconds(getattr(self._wire.said, "retry_after", None)))
        if answer.status in (401, 403):
            return Later("provider_refuses_us")
        if answer.status == 408 or not 400 <= answer.status < 500:
            return Unknown(f"http_{answer.status}")
        return Refused(str(answer.code or answer.status))


LISTING_FAILED = (requests.RequestException, TwilioRestException, ValueError)  # ValueError: no JSON


def _listed(row: Any) -> Listed:
    code = str(row.error_code) if row.error_code else None
    return Listed(row.sid, row.body or "", str(row.status or ""), row.date_created or datetime.now(UTC), code)


def signature_is_ours(config: Config, *, path: str, form: Any, signature: str | None) -> bool:
    """Whether Twilio, holding our token, posted this form to `path` under PUBLIC_BASE_URL."""
    validator = RequestValidator(config.twilio_auth_token.get_secret_value())
    return bool(validator.validate(config.public_base_url.rstrip("/") + path, form, signature or ""))


def _no_answer(problem: requests.RequestException) -> Outcome:
    if isinstance(problem, requests.ConnectTimeout):
        return Later("no_connection")
    if isinstance(problem, requests.exceptions.SSLError):
        return Later("bad_certificate") if "CERTIFICATE_VERIFY" in str(problem) else Unknown("tls")
    if isinstance(problem, requests.ConnectionError):
        cause = getattr(problem.args[0], "reason", None) if problem.args else None
        if isinstance(cause, NOT_MADE):
            return Later("no_connection")
        return Unknown("connection_lost")
    return Unknown("no_answer")


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdigit() else None


_built: dict[tuple[Any, ...], Gateway] = {}
_building = threading.Lock()


def gateway_for(config: Config, *, timeout: float, threads: int) -> Gateway:
    """This process's client for the account; built whole under a lock, then published."""
    key = (os.getpid(), config, timeout, threads)  # a fork must not share its parent's sockets
    with _building:
        if key not in _built:
            _built[key] = Gateway(config, timeout=timeout, threads=threads)
        return _built[key]
