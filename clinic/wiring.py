"""Where the rooms meet: six tables, handed to `extensions` by the app factory. No room imports this.

REPLIES    (open question, intent) -> handler of a patient's reply
EVENTS     domain event -> handlers, in lock order, in the same transaction
PLANNERS   each room's horizon select, for `outbox.plan`
FACTS      cause kind -> what a body needs when it is claimed
TIMELINE   each room's provider of dated lines about a patient
RETENTION  each room's provider of what may be removed, and when
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

REPLIES: dict[tuple[str, str], Callable[..., Any]] = {}
EVENTS: dict[str, tuple[Callable[..., Any], ...]] = {
    "referral_received": (),
    "episode_accepted": (),
    "episode_moved": (),
    "episode_ended": (),
    "episode_suspended": (),
    "assessment_recorded": (),
    "taught_changed": (),
    "offer_made": (),
    "offer_answered": (),
    "place_freed": (),
    "session_changed": (),
    "alert_raised": (),
    "alert_escalated": (),
    "message_settled": (),
    "patient_died": (),
    "number_wrong": (),
    "texts_stopped": (),
}
PLANNERS: dict[str, Callable[..., Any]] = {}
FACTS: dict[str, Callable[..., Any]] = {}
TIMELINE: tuple[Callable[..., Any], ...] = ()
RETENTION: tuple[Callable[..., Any], ...] = ()
