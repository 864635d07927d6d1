"""A connection keeps what it has prepared, and one that the server hung up on is not lent again."""

import psycopg
import pytest
from sqlalchemy import select, text

from clinic import connections
from clinic.access.models import Heartbeat
from clinic.extensions import db, now, transaction

PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%heartbeats%'")


def look_often() -> None:
    for _ in range(10):
        db.session.scalars(select(Heartbeat.name)).all()
        db.session.rollback()


def hang_up(database) -> None:
    """Returns when they are gone."""
    others = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
    )
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute(f"{others} AND pid <> pg_backend_pid()")


def test_what_is_read_often_stays_prepared(app_context):
    look_often()
    assert db.session.scalar(PREPARED) == 1


def test_what_was_written_is_rolled_back(app_context):
    with pytest.raises(KeyError), transaction():
        db.session.execute(text("INSERT INTO heartbeats (name, at) VALUES ('x', now())"))
        raise KeyError
    assert db.session.scalars(select(Heartbeat.name)).all() == []


def test_what_nobody_flushed_is_not_written_by_ending_a_read(app_context):
    db.session.scalars(select(Heartbeat.name)).all()
    db.session.add(Heartbeat(name="x", at=now()))
    db.session.rollback()
    assert db.session.scalars(select(Heartbeat.name)).all() == []


def test_a_connection_that_the_server_hung_up_on_is_not_lent_again(app_context, database):
    look_often()
    hang_up(database)
    assert db.session.scalars(select(Heartbeat.name)).all() == []


def test_one_that_lay_idle_for_long_is_asked_first(app_context, monkeypatch):
    """Nobody may have told us that it is gone."""
    look_often()
    asked = []
    monkeypatch.setattr(connections, "TRUSTED_S", -1.0)
    monkeypatch.setattr(psycopg.Connection, "execute", lambda self, query: asked.append(query))
    db.session.scalars(select(Heartbeat.name)).all()
    assert asked == ["SELECT 1"]
