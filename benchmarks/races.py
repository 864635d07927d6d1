"""P3: `python -m benchmarks.races [--repeats N] [--arm NAME] [--small]`: no seat too many, every seat filled.

Each arm of `tests/races/arms.py` at full size, 64 clients on 60 classes of 12, again and again with another
order: on PostgreSQL the clients sit in four processes, on SQLite in the one that may write. Judged: 0 over,
every seat filled, counters equal to the rows they count, nobody shown an error. With the guard off the same
clients overbook, or this harness would prove nothing. Bookings a second and their 95th centile are shown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import replace
from typing import Any
from unittest import mock

from benchmarks.harness import Line, report
from clinic.app import create_app
from clinic.extensions import db
from tests import databases, servers
from tests.races.arms import ARMS, Report, at_the_door, guard_off
from tests.races.harness import FULL, SUITE, Size

PROCESSES = {"postgresql": 4, "sqlite": 1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--arm", choices=list(ARMS), action="append")
    parser.add_argument("--small", action="store_true", help="the suite's size, to try the harness")
    options = parser.parse_args()
    keeper, missed = servers.keep(), 0
    try:
        for kind in PROCESSES:
            missed |= _database(kind, options)
    finally:
        databases.drop_databases()
        if keeper.stdin:
            keeper.stdin.close()
    return missed


def _database(kind: str, options: argparse.Namespace) -> int:
    size = replace(SUITE if options.small else FULL, processes=PROCESSES[kind])
    where = databases.sqlite_database() if kind == "sqlite" else databases.postgres_database("_races")
    missed = 0
    for name in options.arm or ARMS:
        reports = [_once(where, name, size, seed) for seed in range(options.repeats)]
        missed |= report(_lines(f"{kind} {name}", reports))
        for problem in sorted({problem for one in reports for problem in one.problems}):
            print(f"  {problem}")
    missed |= report([Line(f"{kind} guard off, seats too many", _without_the_guard(where), 1)])
    return missed


def _once(where: databases.Database, name: str, size: Size, seed: int) -> Report:
    """One arm on an emptied database, with a connection for every client."""
    app, dispose = _app(where, size)
    try:
        return ARMS[name](app, size, seed)
    finally:
        dispose()


def _app(where: databases.Database, size: Size) -> tuple[Any, Any]:
    where.empty()
    with mock.patch.dict(db._engine_options, {"pool_size": size.clients}):
        app = create_app(where.config())
    with app.app_context():
        engine = db.engine
    return app, engine.dispose


def _without_the_guard(where: databases.Database) -> int:
    app, dispose = _app(where, SUITE)
    kept: list[tuple[object, str, object]] = []

    def patch(owner: object, name: str, value: object) -> None:
        kept.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    guard_off(patch, where.kind)
    try:
        return len(at_the_door(app, Size(clients=2, classes=1), 1).after.over)
    finally:
        for owner, name, value in kept:
            setattr(owner, name, value)
        dispose()


def _lines(name: str, reports: list[Report]) -> list[Line]:
    over = sum(len(one.after.over) for one in reports) if not name.endswith("capacity_cut") else 0
    wrong = sum(len(one.problems) for one in reports)
    errors = sum(len(one.outcome.errors) for one in reports)
    waits = sorted(second for one in reports for second in one.outcome.seconds)
    rate = statistics.median(one.outcome.said_yes / one.outcome.took for one in reports)
    return [
        Line(f"{name}: seats too many in {len(reports)} runs", over, 0, at_least=False),
        Line(f"{name}: other promises broken", wrong, 0, at_least=False),
        Line(f"{name}: errors shown to anybody", errors, 0, at_least=False),
        Line(f"{name}: fewest seats filled of {reports[0].seats}", min(one.filled for one in reports)),
        Line(f"{name}: a second", rate),
        Line(f"{name}: 95th centile, s", waits[int(len(waits) * 0.95)]),
    ]


if __name__ == "__main__":
    sys.exit(main())
