"""Alembic's entry: the schema's owner connects by MIGRATIONS_DATABASE_URL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, event, pool

sys.path.insert(0, str(Path(__file__).parent))

from clinic.columns import config  # noqa: E402
from clinic.extensions import db  # noqa: E402


def run() -> None:
    """Every migration in one transaction of its own, on the owner's connection."""
    settings = config()
    engine = create_engine(settings.migrations_database_url, poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        _in_one_transaction(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            transaction_per_migration=False,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _in_one_transaction(engine: Engine) -> None:
    """SQLite can roll DDL back too, once Python's driver is kept from committing before each statement."""

    @event.listens_for(engine, "connect")
    def _connect(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


if context.is_offline_mode():
    raise SystemExit("migrations run against a database, not into a file")
if not current_app:
    raise SystemExit("run migrations through flask: flask db upgrade")
run()
