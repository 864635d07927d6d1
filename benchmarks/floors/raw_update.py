"""The floor of booking: one conditional UPDATE that commits by itself, plain psycopg, and no other row."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

TAKE = "UPDATE sessions SET taken = taken + 1 WHERE id = %s AND taken < capacity"


def take_all(connection: psycopg.Connection, session_ids: Sequence[int]) -> int:
    """One seat in each of these sessions, a transaction each; how many were taken."""
    taken = 0
    for session_id in session_ids:
        taken += connection.execute(TAKE, (session_id,)).rowcount
    return taken
