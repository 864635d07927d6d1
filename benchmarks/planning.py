"""P10: planning against one INSERT .. SELECT, planning again, and the tick over a small and a large table.

`python -m benchmarks.planning [--sessions N] [--rows N]`: 12 people a session, one reminder each. Then the
table is filled to a hundredth of `rows` (10 million: some minutes, and gigabytes while it runs) with texts
that are over or not yet due, and to all of them; idle ticks and claims of 40 are timed at both sizes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import FromClause, Select, delete, event, select, text

from benchmarks.drill import rows
from benchmarks.drill.world import ALWAYS_OPEN, FACTS
from benchmarks.harness import Line, report
from clinic.access.models import Clinic
from clinic.app import create_app, wire
from clinic.extensions import db, now, transaction
from clinic.notifications import claim, dispatchers, outbox
from clinic.notifications.models import Message, Watermark
from clinic.notifications.timing import Timing, ticking
from clinic.patients.models import Contact, ContactKind, Patient
from clinic.viewer import acting_as, system
from tests import databases, servers

A_SESSION, A_CLAIM, CLAIMS = 12, 40, 20
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
    parser.add_argument("--rows", type=int, default=10_000_000)
    options = parser.parse_args()
    keeper = servers.keep()
    try:
        return report(run(options))
    finally:
        databases.drop_databases()
        if keeper.stdin:
            keeper.stdin.close()


def run(options: argparse.Namespace) -> list[Line]:
    database = databases.postgres_database("_bench")
    app = create_app(database.config())
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
        _forget()
        few = options.rows // 100
        rows.fill(database.superuser_url, 1, few)
        small = _ticks(few)
        filled = _timed(lambda: rows.fill(database.superuser_url, few + 1, options.rows))
        large = _ticks(options.rows)
    return [
        Line("texts planned", planned),
        Line("planning against one INSERT .. SELECT", statistics.median(shares), PLAN_SHARE),
        Line("planning again against planning", statistics.median(again), REPLAN_SHARE, False),
        Line("idle tick, statements", max(small.statements, large.statements), IDLE_STATEMENTS, False),
        Line(f"idle tick over {few:,} texts, ms", small.idle_ms),
        Line(f"idle tick over {options.rows:,} texts, ms", large.idle_ms),
        Line("... growth", large.idle_ms / small.idle_ms, TICK_GROWTH, False),
        Line(f"claim of {A_CLAIM} over {few:,} texts, ms", small.claim_ms),
        Line(f"claim of {A_CLAIM} over {options.rows:,} texts, ms", large.claim_ms),
        Line("... growth", large.claim_ms / small.claim_ms, TICK_GROWTH, False),
        Line("filling the table, s", filled),
    ]


def _people(app: Flask) -> int:
    """Twelve people for each of ten groups; every session takes one group."""
    with transaction():
        clinic = Clinic(name="Bench", zone="Europe/London", phone="01632 960000", opening=ALWAYS_OPEN)
        db.session.add(clinic)
        db.session.flush()
        plain = {"given_name": "A", "family_name": "B", "family_name_index": "x", "family_prefix_index": "x"}
        people = [
            Patient(clinic_id=clinic.id, birth_date="1950-01-01", **plain) for _ in range(10 * A_SESSION)
        ]
        db.session.add_all(people)
        db.session.flush()
        mobile = {"clinic_id": clinic.id, "kind": ContactKind.MOBILE, "confirmed_on": now().date()}
        db.session.add_all(
            Contact(patient_id=person.id, value=f"+4477009{n:05d}", value_index=str(n), **mobile)
            for n, person in enumerate(people)
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


@dataclass(frozen=True)
class Ticks:
    """The quickest of each, since a busy machine only adds; the statements are an idle tick's."""

    idle_ms: float
    statements: int
    claim_ms: float


def _ticks(rows_there: int) -> Ticks:
    """Ticks with nothing due, then claims of texts that are; `rows_there` keeps their causes apart."""
    statements: list[str] = []

    def listener(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "set_config" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    idle, most = [], 0
    for _ in range(30):
        statements.clear()
        idle.append(_timed(_claim))
        most = max(most, len(statements))
    event.remove(db.engine, "before_cursor_execute", listener)
    _make_due(CLAIMS * A_CLAIM, rows_there)
    busy = [_timed(_claim) for _ in range(CLAIMS)]
    return Ticks(1000 * min(idle), most, 1000 * min(busy))


def _make_due(count: int, first_cause: int) -> None:
    moment = now()
    with transaction():
        for n, person in zip(range(count), cycle(db.session.scalars(select(Patient))), strict=False):
            outbox.plan_one(
                patient=person,
                text="reminder",
                purpose="confirmation",  # leaves at any hour, so that this runs at night too
                cause_kind="due",
                cause_id=first_cause + n,
                rule="due",
                due_at=moment,
                expires_at=moment + timedelta(hours=2),
                facts=FACTS,
                now=moment,
            )


def _claim() -> int:
    timing = Timing()
    with dispatchers.Pass(timing) as owner:
        return claim.claim(owner=owner, limit=A_CLAIM, now=now(), began=ticking(), timing=timing).taken


def _count() -> int:
    return db.session.query(Message).count()


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
