"""The Messages resource at rest: accept, fetch, list late, redact, cancel, delete."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from .contract import FINAL, segments
from .faults import Fault
from .journal import Accept, Journal
from .plan import Event, plan, starts_at
from .settings import Tempo
from .store import Row, Store


class NotFinished(Exception):
    """Twilio redacts and deletes only what has ended, and cancels only what has not gone out."""


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


class Messages:
    def __init__(self, store: Store, journal: Journal, tempo: Tempo) -> None:
        self._store, self._journal, self._tempo = store, journal, tempo
        self._random = Random()
        self._recover()

    def accept(self, form: Mapping[str, str], *, reply: str, changes: Mapping[str, Fault]) -> Row:
        """Take a message on, first in the journal, then in the file; returns it as it stands at that moment.

        `reply` is what the sender is about to be told: the journal keeps it beside the accept.
        """
        body, now = form["Body"], time.time()
        service = form.get("MessagingServiceSid") or None
        scheduled = starts_at(now, form) > now
        accept = self._journal.append(
            {
                "sid": new_sid(),
                "wall": now,
                "monotonic": time.monotonic(),
                "to": form["To"],
                "from": form.get("From") or None,
                "service": service,
                "body": body,
                "body_sha256": hashlib.sha256(body.encode()).hexdigest(),
                "callback": form.get("StatusCallback", ""),
                "parameters": dict(form),
                "status": "scheduled" if scheduled else "accepted" if service else "queued",
                "listed_from": now + self._lag(changes),
                "reply": reply,
            }
        )
        held = "running" if "callback_first" in changes else "waiting"
        return self._keep(accept, plan(accept, self._tempo, changes), held)

    def add_other(
        self, *, direction: str, sender: str, recipient: str, service: str | None, body: str
    ) -> str:
        """A reply that came in, or the carrier's own answer to STOP: listed, but nobody's create request."""
        sid, now = new_sid(), time.time()
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO messages (sid, direction, status, sender, recipient, service, body, segments,"
                " created, sent, updated, listed_from) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    sid, direction, "received" if direction == "inbound" else "delivered", sender, recipient,
                    service, body, segments(body), now, now, now, now + self._lag({}),
                ),
            )  # fmt: skip
        return sid

    def find(self, sid: str) -> Row | None:
        return self._store.one("SELECT * FROM messages WHERE sid = ?", sid)

    def page(self, wheres: Iterable[tuple[str, Any]], *, before: int | None, size: int) -> list[Row]:
        """Newest first, one more than `size` when there is more. A young message is not listed yet."""
        clauses = [("listed_from <= ?", time.time()), *wheres]
        if before is not None:
            clauses.append(("id < ?", before))
        sql = " AND ".join(clause for clause, _ in clauses)
        values = [value for _, value in clauses]
        return self._store.all(
            f"SELECT * FROM messages WHERE {sql} ORDER BY id DESC LIMIT ?", *values, size + 1
        )

    def redact(self, sid: str) -> None:
        sql = "UPDATE messages SET body = '', updated = ? WHERE sid = ?"
        self._change_finished(sid, sql, time.time(), sid)

    def delete(self, sid: str) -> None:
        self._change_finished(sid, "DELETE FROM messages WHERE sid = ?", sid)

    def cancel(self, sid: str) -> None:
        """Raises NotFinished when the message has gone out already."""
        with self._store.transaction() as db:
            changed = db.execute(
                "UPDATE messages SET status = 'canceled', updated = ?"
                " WHERE sid = ? AND status IN ('accepted', 'queued', 'scheduled')",
                (time.time(), sid),
            ).rowcount
            if not changed:
                raise NotFinished(sid)
            db.execute("DELETE FROM events WHERE sid = ? AND state = 'waiting'", (sid,))
            row = self.find(sid)
            if row and row["callback"]:
                add_events(db, sid, [Event("callback", "canceled", time.time(), token=secrets.token_hex(16))])

    def _change_finished(self, sid: str, sql: str, *values: Any) -> None:
        with self._store.transaction() as db:
            row = self.find(sid)
            if row is None or row["status"] not in FINAL:
                raise NotFinished(sid)
            db.execute(sql, values)

    def _lag(self, changes: Mapping[str, Fault]) -> float:
        if "listing_lag" in changes:
            return changes["listing_lag"].seconds
        return self._random.uniform(self._tempo.listing_lag_least, self._tempo.listing_lag_most)

    def _keep(self, accept: Accept, events: list[Event], state: str = "waiting") -> Row:
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO messages (sid, direction, status, sender, recipient, service, body, segments,"
                " callback, created, updated, listed_from)"
                " VALUES (?, 'outbound-api', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    accept["sid"], accept["status"], accept["from"], accept["to"], accept["service"],
                    accept["body"], 0 if accept["service"] else segments(accept["body"]), accept["callback"],
                    accept["wall"], accept["wall"], accept["listed_from"],
                ),
            )  # fmt: skip
            db.execute("INSERT INTO kept (seq) VALUES (?)", (accept["seq"],))
            add_events(db, accept["sid"], events, state)
            row = self.find(accept["sid"])
        assert row is not None, "it was inserted two lines above"
        return row

    def _recover(self) -> None:
        """A kill may fall between the journal and the file: whatever the journal has was accepted."""
        kept = {row["seq"] for row in self._store.all("SELECT seq FROM kept")}
        for accept in self._journal.read():
            if accept["seq"] not in kept:
                self._keep(accept, plan(accept, self._tempo, {}))


def add_events(db: sqlite3.Connection, sid: str, events: Iterable[Event], state: str = "waiting") -> None:
    rows = [(sid, one.kind, one.status, one.error_code, one.due, one.token, state) for one in events]
    sql = "INSERT INTO events (sid, kind, status, error_code, due, token, state) VALUES (?, ?, ?, ?, ?, ?, ?)"
    db.executemany(sql, rows)
