"""Rows of plain values as a table inside one statement, the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    CursorResult,
    Executable,
    FromClause,
    any_,
    bindparam,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from clinic.extensions import db


def on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def rowset(columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """`rows` as a FROM element with these columns; sent as one JSON value, so the statement never varies.

    Encrypted text goes in as ciphertext and moments as `moment(at)`: nothing is bound by column type.
    """
    if on_postgresql():
        given: Any = bindparam("rows", json.loads(json.dumps(rows)), type_=JSONB, unique=True)
        typed = [column(name, kind) for name, kind in columns.items()]
        return func.jsonb_to_recordset(given).table_valued(*typed, name="v").render_derived(with_types=True)
    given = bindparam("rows", list(rows), type_=JSON, unique=True)
    each = func.json_each(given).table_valued("value", name="j")
    return select(
        *[
            type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name)
            for name, kind in columns.items()
        ]
    ).subquery("v")


def among(which: ColumnElement[Any] | Any, ids: Iterable[Any], of: Any = BigInteger) -> ColumnElement[bool]:
    """`which IN ids`, sent as one value: the statement is the same, and read once, however many there are."""
    if on_postgresql():
        given: Any = bindparam("ids", list(ids), type_=ARRAY(of), unique=True)
        return cast(ColumnElement[bool], which == any_(given))
    given = bindparam("ids", list(ids), type_=JSON, unique=True)
    return cast(ColumnElement[bool], which.in_(select(func.json_each(given).table_valued("value").c.value)))


def moment(at: datetime | None) -> str | None:
    """A moment as the database at hand writes it, for use in a rowset."""
    if at is None:
        return None
    at = at.astimezone(UTC)
    return at.isoformat() if on_postgresql() else f"{at.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"


def rows_changed(statement: Executable, given: Mapping[str, Any] | None = None) -> int:
    """Run a statement that changes rows; how many it changed."""
    return cast(CursorResult[Any], db.session.execute(statement, given)).rowcount
