"""One run of a task at a time, across processes on PostgreSQL, within the one process on SQLite."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from clinic.extensions import db
from clinic.notifications.rowset import on_postgresql

NAMESPACE = 48_115
_running: set[str] = set()
_lock = threading.Lock()


@contextmanager
def single_flight(name: str) -> Iterator[bool]:
    """True for the first, False for whoever comes while it runs; a killed first frees it."""
    with _lock:
        first = name not in _running
        if first:
            _running.add(name)
    try:
        if first and on_postgresql():
            with _advisory(zlib.crc32(name.encode()) % 2**31) as held:
                yield held
        else:
            yield first
    finally:
        if first:
            with _lock:
                _running.discard(name)


@contextmanager
def _advisory(key: int) -> Iterator[bool]:
    """Held by a connection of its own: no transaction is open while the work runs."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        given = {"a": NAMESPACE, "b": key}
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:a, :b)"), given).scalar_one())
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:a, :b)"), given)
