"""One dated line about a patient, as every room's TIMELINE provider gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What happened, in plain words; `room` says which part of the house tells it."""

    at: datetime
    room: str
    text: str
    detail: str = ""
    href: str = ""
    # staff only: a message's body, a note; a referrer sees the line without it
    staff_only: bool = False
