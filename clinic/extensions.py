"""The parts every room shares: database, transactions, broker, limiter, events. Imports no room."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Protocol

from celery import Celery
from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Executable, MetaData
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Constraints are named as facts, the same on both databases."""

    metadata = MetaData(naming_convention=NAMING)


class OneDatabase(FlaskSession):
    """A session of the app's one database: nothing is asked, for each statement, which one it belongs to."""

    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self._only = db.engine

    def get_bind(self, *what: Any, bind: Any = None, **more: Any) -> Any:
        return self._only if bind is None else bind


db = SQLAlchemy(
    model_class=Base,
    engine_options={"hide_parameters": True},  # an error's text holds no value
    # a page may still show what a service returned
    session_options={"class_": OneDatabase, "expire_on_commit": False},
)
celery = Celery("clinic")
_one_writer = threading.RLock()
limiter = Limiter(key_func=get_remote_address, in_memory_fallback_enabled=True, headers_enabled=False)
csrf = CSRFProtect()


class Handler(Protocol):
    def __call__(self, **facts: Any) -> None: ...


_told: ContextVar[datetime | None] = ContextVar("told_moment", default=None)


def now() -> datetime:
    """The moment, aware, in UTC; rules get it as an argument."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Live a past moment: only the demo does, so that its weeks pass through the same services."""
    token = _told.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)


@contextmanager
def transaction(*, joins: bool = False) -> Iterator[None]:
    """The outermost block commits; an inner block is a savepoint; an error undoes its own block.

    The outermost block ends any read first and opens for writing, since on SQLite a read that
    turns into a write fails at once with BUSY_SNAPSHOT and ignores the busy timeout; what was
    read before is forgotten, so that nothing is decided on stale rows. Works as a decorator too.
    An inner block that `joins` has no savepoint (two statements less): an error in it ends the block
    around it, and a caller that swallows the error cannot commit.
    """
    session = db.session()
    if session.info.get("writing"):
        with _joined(session) if joins else _savepoint(session):
            yield
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside transaction(): move them inside")
    if session.in_transaction():
        session.commit()
    session.expire_all()
    with _turn_to_write():
        session.info.update(writing=True, broken=False, last=[])
        try:
            session.connection()
            yield
            if session.info["broken"]:
                raise RuntimeError("an error was swallowed inside a transaction it had joined")
            for statement, rows in _each_at_once(session.info["last"]):
                session.execute(statement, rows)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.update(writing=False, last=[])


@contextmanager
def _savepoint(session: Session) -> Iterator[None]:
    """A block that is undone by itself, with the rows it would have written last."""
    broken, last = session.info["broken"], len(session.info["last"])
    try:
        with session.begin_nested():
            yield
            if session.info["broken"] and not broken:
                raise RuntimeError("an error was swallowed inside a transaction it had joined")
    except BaseException:
        session.info["broken"] = broken
        del session.info["last"][last:]
        raise


@contextmanager
def _joined(session: Session) -> Iterator[None]:
    try:
        yield
    except BaseException:
        session.info["broken"] = True
        raise


def write_last(statement: Executable, row: dict[str, Any]) -> None:
    """Write a row that nothing in this transaction reads just before the commit: all rows of one statement
    together, in order; a row goes with the block it was made in.
    """
    db.session().info["last"].append((statement, row))


def _each_at_once(last: list[tuple[Executable, dict[str, Any]]]) -> list[tuple[Executable, list[Any]]]:
    found: dict[int, tuple[Executable, list[Any]]] = {}
    for statement, row in last:
        found.setdefault(id(statement), (statement, []))[1].append(row)
    return list(found.values())


def _turn_to_write() -> AbstractContextManager[object]:
    """SQLite has one writer at a time and waits by polling, so that of many some starve: here they queue."""
    return nullcontext() if db.engine.dialect.name == "postgresql" else _one_writer


def in_transaction() -> bool:
    """True inside transaction(); services that only take part in one may insist on it."""
    return bool(db.session().info.get("writing"))


def emit(event: str, **facts: Any) -> None:
    """Tell the rooms above, in this transaction and in lock order, what has happened.

    Handlers come from `clinic.wiring.EVENTS`; facts are ids and coded words. An event nobody
    listens to is allowed; an event missing from the table is a KeyError, so typos cannot hide.
    """
    if not in_transaction():
        raise RuntimeError(f"emit({event!r}) outside transaction()")
    for handler in wiring().EVENTS[event]:
        handler(**facts)


def wiring() -> Any:
    """The tables of `clinic.wiring`, handed over by the app factory."""
    return current_app.extensions["upright_wiring"]
