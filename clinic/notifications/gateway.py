"""The only file that knows Twilio: one client, built whole before anybody sees it, and what its answers mean.

Whatever cannot be shown to be a refusal or a miss counts as unknown, since Twilio's create has no
idempotency key and a second try might be a second text.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.util import make_headers

from clinic.config import Config
from clinic.notifications.outcomes import NOT_POSTED, Accepted, Later, Outcome, Parcel, Refused, Unknown
from clinic.notifications.punctual import PunctualPools, TooLate, until
from clinic.notifications.timing import ticking

OPTED_OUT = "21610"
TOO_MANY = 429
LONGEST_VALIDITY = 36_000  # seconds; Twilio's limit
# refused, unreachable, no such name, no answer to the handshake: nothing left here
NOT_MADE = (NewConnectionError, NameResolutionError, ConnectTimeoutError)

log = logging.getLogger(__name__)
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)  # it logs eleven lines a text at INFO


@dataclass(frozen=True)
class Listed:
    """One message as the provider shows it."""

    sid: str
    body: str
    status: str
    created: datetime
    error_code: str | None


class _Wire(HttpClient):
    """Twilio's requests on our own pool and to our address: one try, one timeout, no look at the environment.

    Straight on urllib3, since what `requests` adds (sessions, cookies, redirects, hooks) is most of the cost
    of a text and none of its use. Raises what urllib3 raises.
    """

    def __init__(self, *, timeout: float, threads: int, base: str) -> None:
        super().__init__(log, is_async=False, timeout=timeout)
        self._pools = PunctualPools(
            num_pools=2, maxsize=threads, timeout=timeout, retries=False, ca_certs=DEFAULT_CA_BUNDLE_PATH
        )
        self._base = urlsplit(base) if base else None
        self.said = threading.local()

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        known = make_headers(basic_auth=":".join(auth)) if auth else {}
        answer = self._pools.urlopen(
            method,
            self._at_our_address(uri, params),
            body=_form(data) if data else None,
            headers={**(headers or {}), **known},
            redirect=allow_redirects,
        )
        self.said.retry_after = answer.headers.get("Retry-After")
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)

    def _at_our_address(self, uri: str, params: Mapping[str, Any] | None) -> str:
        parts = urlsplit(uri)
        scheme, netloc, path = parts.scheme, parts.netloc, parts.path
        if self._base:
            scheme, netloc = self._base.scheme, self._base.netloc
            path = self._base.path.rstrip("/") + path
        asked = "&".join(part for part in (parts.query, _form(params or {})) if part)
        return urlunsplit((scheme, netloc, path, asked, ""))


def _form(given: Mapping[str, Any]) -> str:
    return urlencode({name: value for name, value in given.items() if value is not None}, doseq=True)


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
        except HTTPError as problem:
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


LISTING_FAILED = (HTTPError, TwilioRestException, ValueError)  # ValueError: no JSON


def _listed(row: Any) -> Listed:
    code = str(row.error_code) if row.error_code else None
    return Listed(row.sid, row.body or "", str(row.status or ""), row.date_created or datetime.now(UTC), code)


def signature_is_ours(config: Config, *, path: str, form: Any, signature: str | None) -> bool:
    """Whether Twilio, holding our token, posted this form to `path` under PUBLIC_BASE_URL."""
    validator = RequestValidator(config.twilio_auth_token.get_secret_value())
    return bool(validator.validate(config.public_base_url.rstrip("/") + path, form, signature or ""))


def _no_answer(problem: HTTPError) -> Outcome:
    if isinstance(problem, NOT_MADE):
        return Later("no_connection")
    if isinstance(problem, SSLError):
        return Later("bad_certificate") if "CERTIFICATE_VERIFY" in str(problem) else Unknown("tls")
    return Unknown("connection_lost" if isinstance(problem, ProtocolError) else "no_answer")


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
