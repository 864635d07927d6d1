"""P10: planning against one INSERT .. SELECT, planning again, and the tick over a small and a large table.

`python -m benchmarks.planning [--sessions N] [--rows N]`: 12 people a session, one reminder each; then `rows`
texts of the far future are added and the idle and the busy tick are timed again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import FromClause, Select, delete, event, select, text

from clinic.app import create_app, wire
from clinic.extensions import db, now, transaction
from clinic.notifications import claim, dispatchers, outbox
from clinic.notifications.models import Message, Watermark
from clinic.notifications.timing import Timing, ticking
from clinic.patients.models import Patient
from clinic.viewer import acting_as, system
from tests import databases, servers

A_SESSION = 12
PLAN_SHARE, REPLAN_SHARE, TICK_GROWTH, IDLE_STATEMENTS = 0.7, 0.05, 2.0, 2
FLOOR = """
INSERT INTO messages (public_id, recipient_kind, recipient_id, patient_id, clinic_id, channel, text, purpose,
  cause_kind, cause_id, cause_revision, rule, priority, state, due_at, not_before, expires_at, attempt,
  created_at)
SELECT gen_random_uuid()::text, 'patient', p.id, p.id, p.clinic_id, 'sms', 'reminder', 'reminder', 'floor',
  s, 1, 'reminder', 3, 'planned', :due, :due, :ends, 0, :due
FROM generate_series(1, :sessions) s JOIN patients p ON p.id % :groups = s % :groups
ON CONFLICT DO NOTHING
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=400_000)
    options = parser.parse_args()
    keeper = servers.keep()
    try:
        with tempfile.TemporaryDirectory():
            results = run(options)
    finally:
        if keeper.stdin:
            keeper.stdin.close()
    print(json.dumps(results, indent=1))
    return 1 if results["failed"] else 0


def run(options: argparse.Namespace) -> dict[str, Any]:
    app = create_app(databases.postgres_database("_bench").config())
    with app.app_context(), acting_as(system("bench")):
        groups = _people(app)
        due = now() + timedelta(days=3)
        _wire(app, options.sessions, groups, due)
        shares, again, planned = [], [], 0
        for _ in range(3):
            _forget()
            floor = _timed(lambda: _floor(options.sessions, groups, due))
            _forget()
            first = _timed(lambda: outbox.plan(now()))
            planned = _count()
            again.append(_timed(lambda: outbox.plan(now())) / first)
            shares.append(floor / first)
        small = _tick()
        _future(options.rows, groups)
        large = _tick()
    return _judge(planned, shares, again, small, large)


def _people(app: Flask) -> int:
    """Twelve people for each of ten groups; every session takes one group."""
    from benchmarks.drill.world import ALWAYS_OPEN
    from clinic.access.models import Clinic

    with transaction():
        clinic = Clinic(name="Bench", zone="Europe/London", phone="01632 960000", opening=ALWAYS_OPEN)
        db.session.add(clinic)
        db.session.flush()
        plain = {"given_name": "A", "family_name": "B", "family_name_index": "x", "family_prefix_index": "x"}
        db.session.add_all(
            Patient(clinic_id=clinic.id, birth_date="1950-01-01", **plain) for _ in range(10 * A_SESSION)
        )
    return 10


def _wire(app: Flask, sessions: int, groups: int, due: datetime) -> None:
    """A planner as a room writes it: what is not yet swept, one Round."""

    def planner(moment: datetime, until: datetime) -> list[outbox.Round]:
        swept = set(db.session.scalars(select(Watermark.session_id)))
        ends = due + timedelta(hours=3)
        fresh = [outbox.Due(n, 1, due, ends) for n in range(1, sessions + 1) if n not in swept]
        return [outbox.Round("reminder", fresh, partial(_rows, groups=groups))] if fresh else []

    wire(app, SimpleNamespace(PLANNERS={"bench": planner}, FACTS={}, EVENTS={}, REPLIES={}))  # type: ignore[arg-type]


def _rows(due: FromClause, groups: int) -> Select[Any]:
    constants = outbox.columns(
        text="reminder",
        purpose="reminder",
        cause_kind="bench",
        rule="reminder",
        cause_revision=due.c.revision,
        due_at=due.c.due_at,
        expires_at=due.c.expires_at,
    )
    people = (Patient.id.label("patient_id"), Patient.clinic_id, Patient.organisation_id)
    return (
        select(*people, due.c.session_id.label("cause_id"), *constants)
        .select_from(Patient)
        .join(due, due.c.session_id % groups == Patient.id % groups)
    )


def _floor(sessions: int, groups: int, due: datetime) -> None:
    with transaction():
        given = {"sessions": sessions, "groups": groups, "due": due, "ends": due + timedelta(hours=3)}
        db.session.execute(text(FLOOR), given)


def _forget() -> None:
    with transaction():
        db.session.execute(delete(Message))
        db.session.execute(delete(Watermark))


def _future(rows: int, groups: int) -> None:
    """Texts that are not due for weeks: the tick must not see them."""
    far = now() + timedelta(days=60)
    with transaction():
        given = {
            "sessions": -(-rows // A_SESSION),
            "groups": groups,
            "due": far,
            "ends": far + timedelta(days=1),
        }
        db.session.execute(text(FLOOR.replace("'floor'", "'future'")), given)
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE messages")


def _tick() -> dict[str, float]:
    """An idle claim: its milliseconds and its statements."""
    statements: list[str] = []

    def listener(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "set_config" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    times = []
    for _ in range(30):
        statements.clear()
        times.append(_timed(_claim))
    event.remove(db.engine, "before_cursor_execute", listener)
    return {"ms": 1000 * statistics.median(times), "statements": len(statements)}


def _claim() -> None:
    timing = Timing()
    with dispatchers.Pass(timing) as owner:
        claim.claim(owner=owner, limit=40, now=now(), began=ticking(), timing=timing)


def _count() -> int:
    return db.session.query(Message).count()


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _judge(
    planned: int, shares: list[float], again: list[float], small: dict[str, float], large: dict[str, float]
) -> dict[str, Any]:
    found = {
        "planned": planned,
        "share_of_one_insert_select": statistics.median(shares),
        "again": statistics.median(again),
        "idle_tick_small_ms": small["ms"],
        "idle_tick_large_ms": large["ms"],
        "idle_statements": large["statements"],
    }
    failed = [
        word
        for word, wrong in (
            ("planning", found["share_of_one_insert_select"] < PLAN_SHARE),
            ("planning again", found["again"] > REPLAN_SHARE),
            ("tick growth", large["ms"] > TICK_GROWTH * small["ms"] + 0.5),
            ("idle statements", large["statements"] > IDLE_STATEMENTS),
        )
        if wrong
    ]
    return {**found, "failed": failed}


if __name__ == "__main__":
    sys.exit(main())
