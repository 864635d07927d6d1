"""Twilio's published words for the Messages resource: parameters, fields, codes, dates, limits.

`tests/simulator/test_verified_fake.py` holds these names against the installed twilio client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil
from typing import Any
from urllib.parse import urlsplit

API_VERSION = "2010-04-01"
ACTED_ON = frozenset(
    (
        "To",
        "From",
        "MessagingServiceSid",
        "Body",
        "StatusCallback",
        "ValidityPeriod",
        "ScheduleType",
        "SendAt",
    )
)
KEPT_ONLY = frozenset(
    (
        "ApplicationSid", "MaxPrice", "ProvideFeedback", "Attempt", "ForceDelivery", "ContentRetention",
        "AddressRetention", "SmartEncoded", "PersistentAction", "TrafficType", "ShortenUrls", "SendAsMms",
        "ContentVariables", "MessageIntent", "RiskCheck", "FallbackFrom", "MediaUrl", "ContentSid",
    )
)  # fmt: skip
CREATE_PARAMETERS = ACTED_ON | KEPT_ONLY
LIST_PARAMETERS = frozenset(
    ["To", "From", "DateSent", "DateSent<", "DateSent>", "PageToken", "Page", "PageSize"]
)
UPDATE_PARAMETERS = frozenset(("Body", "Status"))
FINAL = frozenset(("delivered", "undelivered", "failed", "canceled", "received"))
LONGEST_BODY = 1600
LONGEST_VALIDITY = 36000
LARGEST_PAGE = 1000

ERRORS: dict[int, tuple[int, str]] = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20009: (409, "Cannot modify or delete a message that has not finished"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service unavailable"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Number"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of the 'To' number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' number or a MessagingServiceSid is required"),
    21604: (400, "A 'To' phone number is required"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "Message cannot be sent with this combination of 'To' and 'From'"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
}
FAILURES = {
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30036: "Validity period expired",
}

_NUMBER = re.compile(r"\+[1-9]\d{7,14}")
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWO = set("^{}\\[~]|€\f")


def error(code: int, path: str = "") -> tuple[int, dict[str, Any]]:
    """The HTTP status and the JSON of a refusal; an unlisted code is a 400, as Twilio's newer codes are."""
    status, message = ERRORS.get(code, (400, FAILURES.get(code, "Refused")))
    if code == 20404:
        message = f"The requested resource {path} was not found"
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more_info, "status": status}


def why_refused(form: Mapping[str, str]) -> int | None:
    """The code Twilio answers to a create request it will not accept, or None."""
    to, sender = form.get("To", ""), form.get("From", "")
    checks = (
        (not to, 21604),
        (not sender and not form.get("MessagingServiceSid"), 21603),
        (not form.get("Body"), 21602),
        (len(form.get("Body", "")) > LONGEST_BODY, 21617),
        (not _NUMBER.fullmatch(to), 21211),
        (bool(sender) and not (_NUMBER.fullmatch(sender) or _SENDER_NAME.fullmatch(sender)), 21212),
        (not _is_callback(form.get("StatusCallback", "")), 21609),
        (not _is_validity(form.get("ValidityPeriod", "")), 20001),
    )
    return next((code for wrong, code in checks if wrong), None)


def _is_callback(url: str) -> bool:
    parts = urlsplit(url)
    return not url or (parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in parts.netloc)


def _is_validity(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_VALIDITY)


def segments(body: str) -> int:
    """How many texts a body costs: 160 or 153 GSM-7 septets a part, 70 or 67 UTF-16 units otherwise."""
    if all(letter in _GSM or letter in _GSM_TWO for letter in body):
        length, single, part = sum(2 if letter in _GSM_TWO else 1 for letter in body), 160, 153
    else:
        length, single, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else ceil(length / part)


def rfc2822(seconds: float | None) -> str | None:
    """Twilio's dates: GMT, whole seconds, so a message may seem older than the request that made it."""
    return None if seconds is None else format_datetime(datetime.fromtimestamp(int(seconds), UTC))


def day_or_instant(text: str) -> tuple[float, float]:
    """The first and the last second that a DateSent filter names. Raises ValueError when it is no date."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    at = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    return (at, at + 86399.999) if len(text) == len("2026-01-31") else (at, at + 0.999)


def message_json(row: Mapping[str, Any], account_sid: str) -> dict[str, Any]:
    """One Message as Twilio shows it."""
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{row['sid']}"
    code = row["error_code"]
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": row["body"],
        "date_created": rfc2822(row["created"]),
        "date_sent": rfc2822(row["sent"]),
        "date_updated": rfc2822(row["updated"]),
        "direction": row["direction"],
        "error_code": code,
        "error_message": FAILURES.get(code, "Refused") if code else None,
        "from": row["sender"],
        "messaging_service_sid": row["service"],
        "num_media": "0",
        "num_segments": str(row["segments"]),
        "price": None,
        "price_unit": "GBP",
        "sid": row["sid"],
        "status": row["status"],
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": row["recipient"],
        "uri": f"{uri}.json",
    }
