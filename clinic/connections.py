"""How a connection to PostgreSQL is lent and given back: looked at first, and keeping what it has prepared.

psycopg prepares what it has been asked often, and forgets all of it at every ROLLBACK: so a transaction that
has only read ends with COMMIT, which is the same to the server. One that failed, or wrote, is rolled back.
"""

from __future__ import annotations

from select import POLLIN, poll
from time import monotonic
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InvalidatePoolError

GIVEN_BACK = "given_back"
TRUSTED_S = 30.0
"""A connection idle for longer may have been dropped on the way with nobody told: it is asked."""
_only_reading: WeakSet[Any] = WeakSet()


def keep(engine: Engine) -> None:
    """Lend this engine's connections so; SQLite's need none of it."""
    if engine.dialect.name != "postgresql":
        return
    event.listen(engine, "begin", _nothing_yet)
    event.listen(engine, "before_cursor_execute", _note)
    event.listen(engine, "checkin", _given_back)
    event.listen(engine, "checkout", _look)
    engine.dialect.do_rollback = _end  # type: ignore[method-assign, assignment]


def _nothing_yet(connection: Connection) -> None:
    _only_reading.add(connection.connection.dbapi_connection)


def _note(connection: Connection, cursor: Any, statement: str, *rest: Any) -> None:
    if not statement.startswith("SELECT"):
        _only_reading.discard(cursor.connection)


def _end(lent: Any) -> None:
    raw = lent.dbapi_connection
    if raw in _only_reading and raw.info.transaction_status is TransactionStatus.INTRANS:
        raw.commit()
    else:
        raw.rollback()


def _given_back(raw: Any, record: Any) -> None:
    record.info[GIVEN_BACK] = monotonic()


def _look(raw: Any, record: Any, lent: Any) -> None:
    """One that the server hung up on has something to read; one in use a moment ago needs no question."""
    idle = monotonic() - record.info.get(GIVEN_BACK, 0.0)
    try:
        if raw.closed or idle > TRUSTED_S or _has_something_to_say(raw):
            raw.execute("SELECT 1")
            raw.commit()
    except psycopg.Error as gone:
        raise InvalidatePoolError from gone


def _has_something_to_say(raw: Any) -> bool:
    ears = poll()
    ears.register(raw.fileno(), POLLIN)
    return bool(ears.poll(0))
