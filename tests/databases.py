"""Empty, migrated databases for the tests, cheaply: migrated once a session, emptied before each test.

The application connects as a login that owns nothing and cannot pass the row policies; migrations run as the
schema's owner; only this file is a superuser.
"""

import os
import shutil
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests import servers

OWNER, LOGIN, PASSWORD = "upright_test_owner", "upright_test_login", "test-only"
NOT_EMPTIED = ("alembic_version",)
# the same in every run: the lot of the second look hangs on it, and spares a test's first 120 decisions
INDEX_KEY = "an-index-key-for-tests-on-which-no-lot-falls-401"


@dataclass
class Database:
    """One worker's database; `url` is the application's login, `owner_url` the schema's owner."""

    kind: str
    url: str
    owner_url: str
    superuser_url: str = ""

    def config(self, **overrides: object):
        """A configuration for this database with throw-away keys, the same for all of one worker."""
        from clinic.config import Config

        return Config.for_tests(
            database_url=self.url,
            migrations_database_url=self.owner_url,
            instance_dir=servers.folder() / f"instance-{worker()}",
            **{"index_key": INDEX_KEY, **overrides},
        )

    def empty(self) -> None:
        """Take out every row; the schema stays as the migrations left it."""
        if self.kind == "sqlite":
            _copy_sqlite(Path(self.url.removeprefix("sqlite:///")))
        else:
            _empty_postgres(self.superuser_url)

    def as_owner(self, statement: str) -> None:
        """Run one statement as somebody whom no wall of ours can stop."""
        if self.kind == "postgresql":
            with psycopg.connect(self.superuser_url) as connection:
                connection.execute(statement)
            return
        with sqlite3.connect(self.url.removeprefix("sqlite:///")) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement)

    def unfinished(self) -> int:
        """Connections left in the middle of a transaction (PostgreSQL; 0 on SQLite)."""
        if self.kind == "sqlite":
            return 0
        with psycopg.connect(self.superuser_url) as connection:
            return connection.execute(_UNFINISHED).fetchone()[0]


_UNFINISHED = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()
"""

_FIRST_NUMBERS = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
SWEEP_EVERY = 40
EMPTIED: Counter[str] = Counter()
SWEPT: defaultdict[str, set[str]] = defaultdict(set)


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def sqlite_database() -> Database:
    """This worker's SQLite file, a copy of the session's migrated one."""
    path = servers.folder() / f"{worker()}.sqlite3"
    url = f"sqlite:///{path}"
    return Database("sqlite", url, url)


def postgres_database(suffix: str = "") -> Database:
    """A database of this worker's own, made from the session's migrated template."""
    superuser = servers.postgres_url()
    template = _postgres_template(superuser)
    name = f"{template}_{worker()}{suffix}"
    create_database(superuser, name, template=template)
    return database_named(superuser, name)


def database_named(superuser: str, name: str) -> Database:
    """The URLs of one database of a server, by role."""
    login, owner = _url(superuser, name, LOGIN), _url(superuser, name, OWNER)
    return Database("postgresql", login, owner, superuser_url=_url(superuser, name))


def _url(superuser: str, name: str, role: str = "") -> str:
    """The superuser's URL with another database, and another role when given."""
    parts = urlsplit(superuser)
    _, _, place = parts.netloc.rpartition("@")
    who = f"{role}:{PASSWORD}@{place}" if role else parts.netloc
    return urlunsplit((parts.scheme, who, f"/{name}", parts.query, ""))


def create_database(superuser: str, name: str, *, template: str = "template1") -> None:
    """A new database that belongs to the schema's owner."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            )
        )


def drop_database(superuser: str, name: str) -> None:
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_databases() -> None:
    """Leave a server that was lent to us as it was found."""
    if "TEST_DATABASE_URL" not in os.environ:
        return
    with psycopg.connect(servers.postgres_url(), autocommit=True) as connection:
        ours = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{_prefix()}%",))
        names = [name for (name,) in ours.fetchall()]
    for name in names:
        drop_database(servers.postgres_url(), name)


def _prefix() -> str:
    return servers.folder().name.replace("-", "_").lower()


def _postgres_template(superuser: str) -> str:
    """The name of the session's migrated database; the first worker that needs it makes it."""
    name = _prefix()
    with servers.once_for_all_workers("postgres-template") as answer:
        if not answer.exists():
            _create_roles(superuser)
            create_database(superuser, name)
            migrate(database_named(superuser, name))
            answer.write_text(name)
    return name


def _create_roles(superuser: str) -> None:
    plain = "LOGIN NOSUPERUSER NOBYPASSRLS"
    rights = {OWNER: f"{plain} CREATEROLE", LOGIN: f"{plain} NOINHERIT"}
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, right in rights.items():
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            verb = "ALTER" if known else "CREATE"
            connection.execute(f"{verb} ROLE {role} {right} PASSWORD '{PASSWORD}'")


def migrate(database: Database) -> None:
    """Run the real migrations, as an operator would."""
    from clinic.app import create_app
    from clinic.app import migrate as run_migrations
    from clinic.extensions import db

    app = create_app(database.config())
    run_migrations(app)
    with app.app_context():
        db.engine.dispose()


def _copy_sqlite(path: Path) -> None:
    with servers.once_for_all_workers("sqlite-template") as answer:
        if not answer.exists():
            template = servers.folder() / "template.sqlite3"
            url = f"sqlite:///{template}"
            migrate(Database("sqlite", url, url))
            with sqlite3.connect(template) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            answer.write_text(str(template))
    for left in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        left.unlink(missing_ok=True)
    shutil.copy(answer.read_text(), path)


def _empty_postgres(superuser_url: str) -> None:
    """Only tables that hold something are emptied; a test that left a transaction open loses it here.

    By DELETE: a TRUNCATE of `clinics` takes every table that refers to it along, with new files for each.
    The dead rows are swept away now and then, so that no later test reads past them.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(_OTHERS)
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET session_replication_role = replica")  # append-only tables are emptied too
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            (list(NOT_EMPTIED),),
        ).fetchall()
        if not tables:
            return
        row_in = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
        holds = sql.SQL(" UNION ALL ").join(
            row_in.format(sql.Literal(name), sql.Identifier(name)) for (name,) in tables
        )
        full = [name for (name,) in connection.execute(holds).fetchall()]
        for name in full:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        connection.execute(_FIRST_NUMBERS)
        EMPTIED[superuser_url] += 1
        SWEPT[superuser_url] |= set(full)
        if EMPTIED[superuser_url] % SWEEP_EVERY == 0:
            for name in sorted(SWEPT.pop(superuser_url)):
                connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))
