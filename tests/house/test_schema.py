"""A migrated database is the models, to the last CHECK and partial index.

Alembic's own comparison sees neither. Row policies, roles and triggers are the migrations' alone and are
tested where they bite.
"""

import importlib
import re
import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import databases, servers

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
       pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname::text, contype::text, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'"


def postgres_schema(url: str) -> set[tuple]:
    with psycopg.connect(url) as connection:
        rows = [row for query in (COLUMNS, CONSTRAINTS, INDEXES) for row in connection.execute(query)]
    return {row for row in rows if row[0] != "alembic_version"}


def sqlite_schema(path: str) -> set[tuple]:
    """Table by table, the parts of its definition in no order; and every index."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        ).fetchall()
    found: set[tuple] = set()
    for kind, name, sql in rows:
        if kind == "table" and name != "alembic_version":
            found |= {(name, part) for part in parts(sql)}
        elif kind == "index":
            found.add((name, plain(sql)))
    return found


def parts(sql: str) -> list[str]:
    """The comma-separated parts of a CREATE TABLE; commas inside brackets or quotes do not separate."""
    body, depth, quoted, start, found = sql[sql.index("(") + 1 : sql.rindex(")")], 0, False, 0, []
    for position, letter in enumerate(body):
        if letter == "'":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                found.append(body[start:position])
                start = position + 1
    return [plain(part) for part in [*found, body[start:]]]


def plain(sql: str) -> str:
    return re.sub(r"\s+", " ", sql.replace('"', "")).strip()


@pytest.fixture
def from_models(database: databases.Database, app_context):
    """A database made by the models alone, of the same kind as the migrated one."""
    from clinic.extensions import db

    for models in (
        path for path in (ROOT / "clinic").rglob("*.py") if "__tablename__ = " in path.read_text()
    ):
        importlib.import_module(".".join(models.relative_to(ROOT).with_suffix("").parts))
    if database.kind == "sqlite":
        url = f"sqlite:///{servers.folder()}/models-{databases.worker()}.sqlite3"
    else:
        name = f"models_{databases.worker()}_{servers.folder().name[-8:]}".lower()
        databases.create_database(servers.postgres_url(), name)
        url = databases.database_named(servers.postgres_url(), name).superuser_url
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    db.metadata.create_all(engine)
    yield url, engine
    engine.dispose()
    if database.kind == "postgresql":
        databases.drop_database(servers.postgres_url(), name)


def schema(url: str) -> set[tuple]:
    return sqlite_schema(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else postgres_schema(url)


@pytest.mark.both_databases
def test_a_migrated_database_equals_the_models(database: databases.Database, from_models) -> None:
    url, _ = from_models
    migrated, modelled = schema(database.superuser_url or database.url), schema(url)
    assert len(modelled) > 100
    assert sorted(map(str, migrated - modelled)) == []
    assert sorted(map(str, modelled - migrated)) == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "change",
    [
        "CREATE INDEX extra ON organisations (name) WHERE name <> ''",
        "ALTER TABLE organisations ADD COLUMN extra INTEGER CHECK (extra > 0)",
    ],
)
def test_the_comparison_sees_a_partial_index_and_a_check(from_models, change: str) -> None:
    url, engine = from_models
    before = schema(url)
    with engine.begin() as connection:
        connection.execute(text(change))
    assert schema(url) != before
