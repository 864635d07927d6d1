"""P9: CPU a message, msg/s against in-flight/latency, statements and sockets, through what a tick runs.

The provider is `floors/sink`, which takes its time and little else. Floor: http.client threads posting the
same bodies to it, no database, in the same round: its share says what the machine let anybody have. Ratios
are medians over interleaved rounds; counts (statements, sockets, duplicates) are judged hard.
`python -m benchmarks.delivery [--in-flight K ...] [--latency SECONDS] [--rounds N] [--simulator]`: with
`--simulator` the verified fake answers, whose own CPU a message is about ours, and no share is judged.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import delete, event, update

from benchmarks.drill.world import World
from benchmarks.floors import http_client
from benchmarks.harness import Line, report
from clinic.app import create_app
from clinic.extensions import db, now
from clinic.notifications import delivery
from clinic.notifications.line import CHUNK
from clinic.notifications.models import Message, MessageState, OpenQuestion
from clinic.viewer import acting_as, system
from tests import databases, servers

CPU_MS = 3.0
SHARES = {32: 0.85, 100: 0.65}  # of in-flight/latency
A_CLAIM = 16  # statements of a claim, its reads and its dispatcher's lock; the same for 1 and 1000
SECONDS = 3.0  # a round at full share


def main() -> int:
    options = _options()
    keeper = servers.keep()
    try:
        lines = [line for threads in options.in_flight for line in _measured(threads, options)]
    finally:
        if keeper.stdin:
            keeper.stdin.close()
    return report(lines)


def _measured(threads: int, options: argparse.Namespace) -> list[Line]:
    messages = options.messages or int(SECONDS * threads / options.latency)
    with tempfile.TemporaryDirectory() as folder:
        database = databases.postgres_database(f"_bench{threads}")
        world = World(create_app, database, Path(folder), scale=1.0, in_flight=threads)
        try:
            _start_provider(world, options)
            world.fill(messages)
            rounds = [_round(world, messages, threads) for _ in range(options.rounds)]
        finally:
            world.stop()
    return _lines(rounds, messages, threads, options)


def _start_provider(world: World, options: argparse.Namespace) -> None:
    if options.simulator:
        world.start_provider(listing_lag_most=0, sent_after=3600, delivered_after=3600)
        world.faults({"kind": "slow", "seconds": options.latency, "count": None})
    else:
        world.start(["-m", "benchmarks.floors.sink", str(world.provider_port), str(options.latency)])


def _round(world: World, messages: int, threads: int) -> dict[str, float]:
    floor = http_client.post_all(world.provider_url, world.config, messages, threads)
    with world.app.app_context(), acting_as(system("bench")):
        _plan_again()
        statements: list[str] = []
        listener = _counting(statements)
        requests.delete(f"{world.provider_url}/_sim/stats", timeout=10)
        wall, cpu = time.perf_counter(), time.process_time()
        counts = delivery.drain(in_flight=threads)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        event.remove(db.engine, "before_cursor_execute", listener)
    stats = requests.get(f"{world.provider_url}/_sim/stats", timeout=10).json()
    return {
        "wall": wall,
        "cpu_ms": 1000 * cpu / messages,
        "floor_wall": messages / floor["per_second"],
        "floor_cpu_ms": floor["cpu_ms"],
        "accepted": counts["accepted"],
        "creates": stats["creates"],
        "connections": stats["peak_connections"],
        "in_flight": stats["peak_in_flight"],
        "statements": len(statements),
        "claims": sum("INSERT INTO dispatchers" in one for one in statements),
    }


def _plan_again() -> None:
    fresh = {"state": MessageState.PLANNED, "not_before": now(), "attempt": 0}
    gone: dict[str, Any] = dict.fromkeys(("sid", "body", "sent_to", "sent_to_index", "dispatcher_id"))
    for statement in (delete(OpenQuestion), update(Message).values(**fresh, **gone)):
        db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


def _counting(statements: list[str]) -> Any:
    def listener(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "set_config" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    return listener


def _lines(
    rounds: list[dict[str, float]], messages: int, threads: int, options: argparse.Namespace
) -> list[Line]:
    middle = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    worst = {name: max(r[name] for r in rounds) for name in rounds[0]}
    ideal = messages * options.latency / threads
    # half a second may cut a chunk short, and each claim begins its first texts in a statement of its own
    allowed = worst["claims"] * (A_CLAIM + 1) + -(-messages // CHUNK) + 2 * worst["wall"]
    at, least = f"k = {threads}: ", None if options.simulator else SHARES.get(threads)
    return [
        Line(f"{at}share of in-flight/latency", ideal / middle["wall"], least),
        Line(f"{at}... of the http.client floor", ideal / middle["floor_wall"]),
        Line(f"{at}... against the floor", statistics.median(r["floor_wall"] / r["wall"] for r in rounds)),
        Line(f"{at}CPU ms a message", middle["cpu_ms"], CPU_MS, at_least=False),
        Line(f"{at}... of the http.client floor", middle["floor_cpu_ms"]),
        Line(
            f"{at}statements for {messages} in {worst['claims']:.0f} claims",
            worst["statements"],
            allowed,
            False,
        ),
        Line(f"{at}sockets", worst["connections"], threads + 1, at_least=False),
        Line(f"{at}in flight at the provider", worst["in_flight"], threads, at_least=False),
        Line(f"{at}accepted", min(r["accepted"] for r in rounds), messages),
        Line(f"{at}sent twice", worst["creates"] - messages, 0, at_least=False),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, help="as many as fill three seconds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--in-flight", type=int, nargs="+", default=list(SHARES))
    parser.add_argument("--simulator", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
