"""What becomes of an accepted message: statuses and callbacks, each at its moment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from .contract import LONGEST_VALIDITY
from .faults import Fault
from .journal import Accept
from .settings import Tempo

VALIDITY_EXPIRED = 30036


@dataclass(frozen=True)
class Event:
    """One thing the carrier will do. `due` is wall time in seconds; a repeat carries the same `token`."""

    kind: str
    status: str
    due: float
    error_code: int | None = None
    token: str = ""


def plan(accept: Accept, tempo: Tempo, changes: Mapping[str, Fault]) -> list[Event]:
    """The status changes of one message and the callbacks that tell of them, as scripted."""
    statuses = _statuses(accept, tempo, changes)
    callbacks = _callbacks(statuses, changes) if accept["callback"] else []
    return sorted(statuses + callbacks, key=lambda event: event.due)


def _statuses(accept: Accept, tempo: Tempo, changes: Mapping[str, Fault]) -> list[Event]:
    start = starts_at(accept["wall"], accept["parameters"])
    wait = changes["slow_delivery"].seconds if "slow_delivery" in changes else 0.0
    instant = "callback_first" in changes
    sent_at = start if instant else start + tempo.sent_after + wait
    end_at = start if instant else max(sent_at, start + tempo.delivered_after + wait)
    queued = [Event("status", "queued", start)] if accept["service"] else []

    expires_at = start + int(accept["parameters"].get("ValidityPeriod") or LONGEST_VALIDITY)
    if sent_at > expires_at:
        return [*queued, Event("status", "failed", expires_at, VALIDITY_EXPIRED)]
    outcome = changes.get("outcome")
    if outcome is None:
        final = Event("status", "delivered", end_at)
    else:
        final = Event("status", str(outcome.status or "undelivered"), end_at, outcome.code or 30003)
    if final.status == "failed":
        return [*queued, final]
    return [*queued, Event("status", "sent", sent_at), final]


def starts_at(wall: float, parameters: Mapping[str, Any]) -> float:
    """A schedule counts only with a messaging service: without one Twilio drops it and sends at once."""
    if parameters.get("ScheduleType") == "fixed" and parameters.get("MessagingServiceSid"):
        text = parameters.get("SendAt", "")
        return max(wall, datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    return wall


def _callbacks(statuses: list[Event], changes: Mapping[str, Fault]) -> list[Event]:
    if "drop_callbacks" in changes:
        return []
    callbacks = [replace(event, kind="callback", token=str(uuid4())) for event in statuses]
    if "reverse_callbacks" in changes:
        moments = [event.due for event in callbacks]
        callbacks = [replace(event, due=due) for event, due in zip(reversed(callbacks), moments, strict=True)]
    if "late_callbacks" in changes:
        late = changes["late_callbacks"].seconds
        callbacks = [replace(event, due=event.due + late) for event in callbacks]
    if "duplicate_callbacks" in changes:
        callbacks = [event for event in callbacks for _ in range(changes["duplicate_callbacks"].times)]
    return callbacks
