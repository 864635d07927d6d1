"""Whether a claim's owner is alive: an advisory lock on PostgreSQL, a lease row on SQLite.

The lock lives on a connection of its own; when the process dies, so does the connection and with it the
lock. A dispatcher is one delivery pass, not a process: nothing to share between threads or across forks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    cast,
    column,
    exists,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from clinic.extensions import db, transaction
from clinic.extensions import now as clock
from clinic.notifications.models import Dispatcher, Message
from clinic.notifications.rowset import on_postgresql
from clinic.notifications.timing import Timing

NAMESPACE = 48_113  # the first half of our advisory locks; the second is the dispatcher's id

_locks = table("pg_locks", column("locktype"), column("classid"), column("objid"), column("database"))


class Pass:
    """One delivery pass; it becomes a dispatcher when it finds something to claim."""

    def __init__(self, timing: Timing) -> None:
        self.id: int | None = None
        self._timing = timing
        self._connection: Connection | None = None
        self._answers = False

    def __enter__(self) -> Pass:
        return self

    def __exit__(self, *problem: Any) -> None:
        if self._connection is not None:
            self._let_go()
        elif self.id is not None:
            with transaction():
                db.session.execute(
                    update(Dispatcher).where(Dispatcher.id == self.id).values(ended_at=clock())
                )

    def answers(self) -> None:
        """A claim of this dispatcher is committed: from now on it answers for texts."""
        self._answers = True

    def start_over(self) -> None:
        """The transaction that began this dispatcher was undone: the next claim begins another."""
        if self._answers:
            return  # only a later claim was undone
        if self._connection is not None:
            self._let_go()
            self._connection = None
        self.id = None

    def _let_go(self) -> None:
        """Free the lock; a connection that cannot say so is thrown away, and the lock with it."""
        assert self._connection is not None
        try:
            self._connection.execute(
                text("SELECT pg_advisory_unlock(:a, :b)"), {"a": NAMESPACE, "b": self.id}
            )
        except DBAPIError:
            self._connection.invalidate()
        finally:
            self._connection.close()

    def begin(self, now: datetime) -> int:
        """Take a number and the lock that goes with it, before the claim's commit; twice is once."""
        if self.id is None:
            row = Dispatcher(started_at=now, alive_until=now + self._timing.lease_for)
            db.session.add(row)
            db.session.flush()
            if on_postgresql():
                self._connection = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._connection.execute(
                    text("SELECT pg_advisory_lock(:a, :b)"), {"a": NAMESPACE, "b": row.id}
                )
            self.id = row.id
        return self.id


def owner_is_gone(now: datetime) -> ColumnElement[bool]:
    """The condition on a message that whoever claimed it has ended or died, records and all."""
    if on_postgresql():
        here = text("(SELECT oid FROM pg_database WHERE datname = current_database())")
        alive = select(cast(_locks.c.objid, BigInteger)).where(
            _locks.c.locktype == "advisory", _locks.c.classid == NAMESPACE, _locks.c.database == here
        )
        return Message.dispatcher_id.not_in(alive)
    return ~exists().where(
        Dispatcher.id == Message.dispatcher_id, Dispatcher.ended_at.is_(None), Dispatcher.alive_until > now
    )
