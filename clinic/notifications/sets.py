"""Planning sets: many texts in one statement, the horizon's sweeps, and where they have already been."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Executable,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from clinic.columns import UtcDateTime
from clinic.extensions import db, in_transaction, transaction, wiring
from clinic.extensions import now as clock
from clinic.notifications.models import Message, MessageState, Watermark
from clinic.notifications.priorities import priority_of
from clinic.notifications.rowset import moment, on_postgresql, rows_changed, rowset
from clinic.notifications.rules.window import Purpose
from clinic.viewer import acting_as, system

HORIZON = timedelta(days=14)
A_ROUND = 1000
TOGETHER = 50  # sweeps in one statement: enough to forget its cost, few enough to forget its locks
_DUE: dict[str, TypeEngine[Any]] = {
    "session_id": BigInteger(),
    "revision": Integer(),
    "due_at": UtcDateTime(),
    "expires_at": UtcDateTime(),
}
UNIQUE = ("recipient_kind", "recipient_id", "cause_kind", "cause_id", "cause_revision", "rule")


@dataclass(frozen=True)
class Sweep:
    """One rule over one session: `rows` gives Message columns by label (see `columns`).

    With a `session_id` the sweep leaves a watermark and is not asked for again at this revision.
    """

    session_id: int | None
    revision: int
    rule: str
    rows: Select[Any]


@dataclass(frozen=True)
class Due:
    """One session that a rule has not planned at this revision, and when its texts are due."""

    session_id: int
    revision: int
    due_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Round:
    """One rule over many sessions at once, for planners of thousands.

    `rows(due)` joins the room's own table to `due` (columns session_id, revision, due_at, expires_at) and
    gives Message columns by label, as a Sweep's select does.
    """

    rule: str
    sessions: Sequence[Due]
    rows: Callable[[FromClause], Select[Any]]


def columns(
    *,
    text: str,
    purpose: str,
    cause_kind: str,
    rule: str,
    due_at: datetime | ColumnElement[Any],
    expires_at: datetime | ColumnElement[Any],
    cause_revision: int | ColumnElement[Any] = 1,
) -> list[ColumnElement[Any]]:
    """The constants of a set of texts as labelled columns, to go beside the ids in a Sweep's select.

    The select itself adds: patient_id, clinic_id, organisation_id, cause_id.
    """
    given: dict[str, Any] = {
        "text": text,
        "purpose": purpose,
        "cause_kind": cause_kind,
        "cause_revision": cause_revision,
        "rule": rule,
        "priority": priority_of(Purpose(purpose)),
        "due_at": due_at,
        "not_before": due_at,
        "expires_at": expires_at,
    }
    types = Message.__table__.c
    return [
        (value if isinstance(value, ColumnElement) else literal(value, types[name].type)).label(name)
        for name, value in given.items()
    ]


def insert_select(rows: Select[Any] | CompoundSelect[Any]) -> int:
    """Plan a set in one statement; how many were new. What the select leaves out gets its usual value."""
    return insert_prepared(prepared(rows))


def insert_prepared(statement: Executable, **given: Any) -> int:
    """Run what `prepared` made, with the values its select asks for; how many texts were new."""
    insist()
    return rows_changed(statement, {"made_at": clock(), **given})


def prepared(rows: Select[Any] | CompoundSelect[Any]) -> Executable:
    """The statement of `insert_select`: where the select's values are parameters, it is built but once."""
    inner = rows.subquery("due")
    table = Message.__table__
    usual: dict[str, ColumnElement[Any]] = {
        "public_id": _new_uuid(),
        "recipient_kind": literal("patient"),
        "recipient_id": inner.c.patient_id,
        "channel": literal("sms"),
        "state": literal(MessageState.PLANNED, table.c.state.type),
        "attempt": literal(0),
        "created_at": bindparam("made_at", type_=table.c.created_at.type),
    }
    given: dict[str, ColumnElement[Any]] = {c.name: c for c in inner.c}
    values = usual | given
    # WHERE: without one SQLite reads ON CONFLICT as a join's ON
    source = select(*values.values()).where(inner.c.patient_id.is_not(None))
    statement = insert_into().from_select(list(values), source).on_conflict_do_nothing(index_elements=UNIQUE)
    # raw: the values are the select's own parameters, not columns of rows to insert
    return statement.execution_options(preserve_rowcount=True, dml_strategy="raw")


def not_yet_swept(session_id: Any, revision: Any, rule: str) -> ColumnElement[bool]:
    """For a planner's own query: sessions that this rule has not swept at this revision."""
    return ~exists().where(
        Watermark.session_id == session_id, Watermark.revision == revision, Watermark.rule == rule
    )


def plan(now: datetime) -> dict[str, int]:
    """Plan every text of the horizon that no booking has planned yet; cheap when there is nothing new.

    A planner gives Sweeps, or for thousands of sessions a Round.
    """
    counts = {"planned": 0, "sweeps": 0}
    with acting_as(system("planning")):
        for planner in wiring().PLANNERS.values():
            with transaction():
                asked = list(planner(now, now + HORIZON))
            for one in asked:
                if isinstance(one, Round):
                    counts["planned"] += _run(one)
                    counts["sweeps"] += len(one.sessions)
            for batch in _alike(_new([one for one in asked if isinstance(one, Sweep)])):
                with transaction():
                    counts["planned"] += insert_select(_one_select(batch))
                    _leave_watermarks([(s.session_id, s.revision, s.rule) for s in batch])
                counts["sweeps"] += len(batch)
    return counts


def _run(one: Round) -> int:
    """A thousand sessions a statement; their watermarks in the same transaction."""
    planned = 0
    for start in range(0, len(one.sessions), A_ROUND):
        part = one.sessions[start : start + A_ROUND]
        given = [
            {
                "session_id": due.session_id,
                "revision": due.revision,
                "due_at": moment(due.due_at),
                "expires_at": moment(due.expires_at),
            }
            for due in part
        ]
        with transaction():
            planned += insert_select(one.rows(rowset(_DUE, given)))
            _leave_watermarks([(due.session_id, due.revision, one.rule) for due in part])
    return planned


def _new(sweeps: Sequence[Sweep]) -> list[Sweep]:
    ids = {sweep.session_id for sweep in sweeps if sweep.session_id is not None}
    if not ids:
        return list(sweeps)
    with transaction():
        done = set(_watermarks(ids))
    return [s for s in sweeps if (s.session_id, s.revision, s.rule) not in done]


def _alike(sweeps: Sequence[Sweep]) -> Iterator[list[Sweep]]:
    """Batches of sweeps whose selects give the same columns, so that one statement takes them all."""
    shapes: dict[tuple[str, ...], list[Sweep]] = {}
    for sweep in sweeps:
        shapes.setdefault(tuple(sweep.rows.selected_columns.keys()), []).append(sweep)
    for alike in shapes.values():
        yield from (alike[start : start + TOGETHER] for start in range(0, len(alike), TOGETHER))


def _one_select(batch: Sequence[Sweep]) -> Select[Any] | CompoundSelect[Any]:
    return batch[0].rows if len(batch) == 1 else union_all(*(sweep.rows for sweep in batch))


def _leave_watermarks(swept: Sequence[tuple[int | None, int, str]]) -> None:
    marks = [
        {"session_id": session_id, "revision": revision, "rule": rule}
        for session_id, revision, rule in swept
        if session_id is not None
    ]
    if marks:
        db.session.execute(insert_into(Watermark).values(marks).on_conflict_do_nothing())


def _watermarks(session_ids: set[int]) -> Iterable[tuple[int, int, str]]:
    marks = select(Watermark.session_id, Watermark.revision, Watermark.rule)
    rows = db.session.execute(marks.where(Watermark.session_id.in_(session_ids)))
    return [(row[0], row[1], row[2]) for row in rows]


def insert_into(model: type[Any] = Message) -> Any:
    return (postgresql if on_postgresql() else sqlite).insert(model)


def _new_uuid() -> ColumnElement[Any]:
    """A random UUID made by the database, one a row."""
    if on_postgresql():
        return cast(func.gen_random_uuid(), Text)
    parts = [func.lower(func.hex(func.randomblob(size))) for size in (4, 2, 2, 2, 6)]
    return cast(parts[0] + "-" + parts[1] + "-" + parts[2] + "-" + parts[3] + "-" + parts[4], String(36))


def insist() -> None:
    """Planning outside a transaction could lose a text whose cause was kept."""
    if not in_transaction():
        raise RuntimeError("a text is planned in the transaction that causes it")
