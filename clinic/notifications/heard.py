"""What a reply handler is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clinic.notifications.models import OpenQuestion
from clinic.notifications.rules.replies import Reading


@dataclass(frozen=True)
class Heard:
    """One reply, bound: `question` is None when it answers nothing we asked.

    A question that is already answered comes again with a second word within half an hour: the handler
    undoes or repeats its answer.
    """

    question: OpenQuestion | None
    patient_id: int
    contact_id: int
    reading: Reading
    inbound_id: int
    at: datetime


@dataclass(frozen=True)
class Answer:
    """What to text back (None: nothing), and the coded word for what was done."""

    text: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    effect: str = "done"
