"""The simulator's own SQLite file: messages, what is still to happen to them, opt-outs, handsets."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound-api', 'outbound-reply')),
    status TEXT NOT NULL,
    sender TEXT,
    recipient TEXT NOT NULL,
    service TEXT,
    body TEXT NOT NULL,
    segments INTEGER NOT NULL,
    callback TEXT NOT NULL DEFAULT '',
    error_code INTEGER,
    created REAL NOT NULL,
    sent REAL,
    updated REAL NOT NULL,
    listed_from REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, id);
CREATE TABLE IF NOT EXISTS kept (seq INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('status', 'callback', 'inbound')),
    status TEXT NOT NULL,
    error_code INTEGER,
    due REAL NOT NULL,
    token TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'gave_up')),
    answer TEXT
);
CREATE INDEX IF NOT EXISTS events_to_come ON events (state, due);
CREATE INDEX IF NOT EXISTS events_by_sid ON events (sid, state);
CREATE TABLE IF NOT EXISTS opt_outs (
    number TEXT NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY (number, scope)
);
CREATE TABLE IF NOT EXISTS phones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    phone_id INTEGER NOT NULL REFERENCES phones (id),
    mine INTEGER NOT NULL,
    other TEXT NOT NULL,
    service TEXT,
    body TEXT NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS texts_by_phone ON texts (phone_id, id);
"""


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


class Store:
    """One connection behind one lock; its transactions survive a killed process (WAL)."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = _as_dict
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a transaction inside a transaction joins the outer one."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def one(self, sql: str, *values: Any) -> Row | None:
        with self._lock:
            row: Row | None = self._db.execute(sql, values).fetchone()
            return row

    def all(self, sql: str, *values: Any) -> list[Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._db.close()
