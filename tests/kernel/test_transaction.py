"""transaction(): the outermost block commits, an inner one is a savepoint, and SQLite's trap is closed."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import OperationalError

from clinic.access.models import Heartbeat
from clinic.extensions import db, emit, in_transaction, now, transaction, write_last

pytestmark = pytest.mark.both_databases


def _beats() -> set[str]:
    return set(db.session.scalars(select(Heartbeat.name)))


def _add(name: str) -> None:
    db.session.add(Heartbeat(name=name, at=now()))


def test_the_outermost_block_commits(app_context):
    with transaction():
        _add("one")
    db.session.rollback()
    assert _beats() == {"one"}


def test_an_error_undoes_the_whole_outer_block(app_context):
    with pytest.raises(KeyError), transaction():
        _add("one")
        raise KeyError
    assert _beats() == set()


def test_an_inner_block_is_a_savepoint(app_context):
    with transaction():
        _add("kept")
        with pytest.raises(KeyError), transaction():
            _add("undone")
            db.session.flush()
            raise KeyError
    assert _beats() == {"kept"}


def test_a_block_that_joins_has_no_savepoint_of_its_own(app_context):
    with pytest.raises(KeyError), transaction():
        _add("outer")
        with transaction(joins=True):
            _add("inner")
            raise KeyError
    assert _beats() == set()


def test_who_swallows_the_error_of_a_block_that_joined_cannot_commit(app_context):
    with pytest.raises(RuntimeError, match="swallowed"), transaction():
        _add("outer")
        with suppress(KeyError), transaction(joins=True):
            _add("half")
            raise KeyError
    assert _beats() == set()


def test_a_savepoint_between_takes_the_whole_harm(app_context):
    with transaction():
        _add("kept")
        with suppress(KeyError), transaction(), transaction(joins=True):
            _add("undone")
            raise KeyError
    assert _beats() == {"kept"}


def test_a_savepoint_in_which_such_an_error_was_swallowed_is_undone(app_context):
    def half() -> None:
        with suppress(KeyError), transaction(joins=True):
            _add("half")
            raise KeyError

    with transaction():
        _add("kept")
        with pytest.raises(RuntimeError, match="swallowed"), transaction():
            half()
    assert _beats() == {"kept"}


def test_what_is_written_last_goes_with_its_own_block(app_context):
    beat = insert(Heartbeat)
    with transaction():
        write_last(beat, {"name": "kept", "at": now()})
        with suppress(KeyError), transaction():
            write_last(beat, {"name": "undone", "at": now()})
            raise KeyError
        assert _beats() == set()
    assert _beats() == {"kept"}


def test_nothing_is_written_last_of_a_block_that_failed(app_context):
    with suppress(KeyError), transaction():
        write_last(insert(Heartbeat), {"name": "undone", "at": now()})
        raise KeyError
    with transaction():
        _add("kept")
    assert _beats() == {"kept"}


def test_a_decorated_service_inside_another_commits_once(app_context):
    @transaction()
    def inner():
        _add("inner")

    with pytest.raises(KeyError), transaction():
        inner()
        raise KeyError
    assert _beats() == set()


def test_changes_made_before_the_block_are_refused(app_context):
    _add("outside")
    with pytest.raises(RuntimeError, match="outside transaction"), transaction():
        pass
    db.session.rollback()


def test_nothing_is_told_outside_a_transaction(app_context):
    assert not in_transaction()
    with pytest.raises(RuntimeError, match="outside transaction"):
        emit("alert_raised", alert_id=1)


def test_an_event_missing_from_the_table_is_an_error(app_context):
    with pytest.raises(KeyError), transaction():
        emit("alert_rised", alert_id=1)


def test_a_read_before_the_block_does_not_make_the_write_fail(app):
    """SQLite's trap: a read that turns into a write after another's commit fails at once."""
    with app.app_context():
        _beats()
        _from_another_session(app, "other")
        with transaction():
            _add("mine")
        assert _beats() == {"other", "mine"}


def test_the_trap_is_real_without_the_block(app, database):
    """The control: the same steps by a plain session fail on SQLite, so the test above can fail."""
    if database.kind == "postgresql":
        return
    with app.app_context():
        _beats()
        _from_another_session(app, "other")
        _add("mine")
        with pytest.raises(OperationalError, match="locked"):
            db.session.commit()
        db.session.rollback()


def test_writers_wait_for_each_other(app):
    def write(name: str) -> None:
        with app.app_context(), transaction():
            _add(name)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(_beats()) == 12


def test_sqlite_keeps_what_it_promised(app_context, database):
    if database.kind == "postgresql":
        return
    pragmas = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def _from_another_session(app, name: str) -> None:
    def write() -> None:
        with app.app_context(), transaction():
            _add(name)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
