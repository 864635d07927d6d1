"""The second floor of booking: the same four rows by hand-written SQL, plain psycopg, in one transaction.

It looks at nothing first: no lock, no waiting list, nobody's other places, no rule, no wall. What is left is
what those rows and their commit cost from Python at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

TAKE = (
    "UPDATE sessions SET taken = taken + 1 WHERE id = %s AND taken < capacity RETURNING local_date, starts_at"
)
PLACE = """
INSERT INTO places (session_id, episode_id, patient_id, clinic_id, local_date, kind, state, outcome)
VALUES (%s, %s, %s, %s, %s, 'visit', 'booked', 'expected') RETURNING id
"""
MESSAGE = """
INSERT INTO messages (public_id, recipient_kind, recipient_id, channel, state, attempt, created_at, purpose,
                      cause_kind, cause_id, cause_revision, rule, priority, due_at, not_before, expires_at,
                      text, patient_id, clinic_id)
VALUES (gen_random_uuid()::text, 'patient', %s, 'sms', 'planned', 0, %s, 'reminder', 'place', %s, 1,
        'reminder', 20, %s, %s, %s, 'reminder_visit', %s, %s)
"""
AUDIT = """
INSERT INTO audit_events (clinic_id, at, actor, action, about_kind, details, mac)
VALUES (%s, %s, 'system:bench', 'seats.changed', '', %s, %s)
"""
KEY = b"a-key-of-thirty-two-bytes-length"


@dataclass(frozen=True)
class Person:
    episode_id: int
    patient_id: int
    clinic_id: int


def people(connection: psycopg.Connection[Any], episode_ids: Sequence[int]) -> list[Person]:
    """Who these are, looked up before anything is measured."""
    query = "SELECT id, patient_id, clinic_id FROM episodes WHERE id = ANY(%s)"
    return [Person(*row) for row in connection.execute(query, (list(episode_ids),))]


def book_all(connection: psycopg.Connection[Any], seats: Sequence[int], who: Sequence[Person]) -> int:
    """One seat each, a transaction each; how many were booked."""
    return sum(_book(connection, session_id, one) for session_id, one in zip(seats, who, strict=True))


def _book(connection: psycopg.Connection[Any], session_id: int, who: Person) -> int:
    now = datetime.now(UTC)
    with connection.transaction():
        seat = connection.execute(TAKE, (session_id,)).fetchone()
        if seat is None:
            return 0
        day, starts = seat
        row = (session_id, who.episode_id, who.patient_id, who.clinic_id, day)
        place = connection.execute(PLACE, row).fetchone()
        assert place
        moments = (starts, starts, starts)
        connection.execute(MESSAGE, (who.patient_id, now, place[0], *moments, who.patient_id, who.clinic_id))
        details = json.dumps({"places": [place[0]], "episodes": [who.episode_id]})
        mac = hmac.new(KEY, details.encode(), hashlib.sha256).hexdigest()
        connection.execute(AUDIT, (who.clinic_id, now, details, mac))
    return 1
