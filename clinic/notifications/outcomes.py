"""What can become of one attempt to send, in the words the outbox understands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Parcel:
    """One claimed message, ready to leave: plain values, for a thread that touches no database.

    `deadline` and `stale_at` are moments of `timing.ticking`: past the first our claim may have been given
    up, past the second nobody wants the text any more. Either way it is not posted.
    """

    id: int
    public_id: str
    attempt: int
    channel: str
    to: str
    body: str
    sender: str
    deadline: float
    stale_at: float
    claimed_at: datetime
    leaves_at: float | None = None  # not before this time.monotonic(): the sender's pace
    dispatcher: int = 0  # who claimed it


@dataclass(frozen=True)
class Accepted:
    """The provider took it and gave it a sid."""

    sid: str | None


@dataclass(frozen=True)
class Refused:
    """The provider will never take this text; `code` is its word for why."""

    code: str


@dataclass(frozen=True)
class Later:
    """Certainly not taken, worth another try after `retry_after` seconds (or our own backoff)."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True)
class Unknown:
    """It may have been taken: never sent again blindly."""

    reason: str


Outcome = Accepted | Refused | Later | Unknown
NOT_POSTED = Later("lease_ran_out")
