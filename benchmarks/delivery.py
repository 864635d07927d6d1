"""P9: CPU a message, msg/s against in-flight/latency, statements and sockets, through the product's own pass.

Floor: http.client threads posting the same bodies to the same provider, no database, in the same run. Ratios
are medians over interleaved rounds; counts (statements, sockets, duplicates) are judged hard.
`python -m benchmarks.delivery [--messages N] [--rounds N] [--latency SECONDS] [--in-flight K]`
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import event, update

from benchmarks.drill.world import World
from benchmarks.floors import http_client
from clinic.app import create_app
from clinic.extensions import db, now
from clinic.notifications import delivery
from clinic.notifications.line import CHUNK
from clinic.notifications.models import Message, MessageState
from clinic.viewer import acting_as, system
from tests import databases, servers

CPU_MS, SHARE_AT_32, SHARE_AT_100 = 3.0, 0.85, 0.65
FIXED_STATEMENTS = 16  # the claim, its reads, the dispatcher's lock; the same for 1 and 1000


def main() -> int:
    options = _options()
    keeper = servers.keep()
    try:
        with tempfile.TemporaryDirectory() as folder:
            results = run(options, Path(folder))
    finally:
        if keeper.stdin:
            keeper.stdin.close()
    print(json.dumps(results, indent=1))
    return 1 if results["failed"] else 0


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    world = World(
        create_app, databases.postgres_database("_bench"), folder, scale=1.0, in_flight=options.in_flight
    )
    world.start_provider(listing_lag_most=0, sent_after=3600, delivered_after=3600)
    if options.latency:
        world.faults({"kind": "slow", "seconds": options.latency, "count": None})
    try:
        world.fill(options.messages)
        rounds = [_round(world, options) for _ in range(options.rounds)]
    finally:
        world.stop()
    return _judge(rounds, options)


def _round(world: World, options: argparse.Namespace) -> dict[str, float]:
    floor = http_client.post_all(world.provider_url, world.config, options.messages, options.in_flight)
    with world.app.app_context(), acting_as(system("bench")):
        again = {"state": MessageState.PLANNED, "sid": None, "not_before": now()}
        db.session.execute(update(Message).values(**again).execution_options(synchronize_session=False))
        db.session.commit()
        statements: list[str] = []
        listener = _counting(statements)
        requests.delete(f"{world.provider_url}/_sim/stats", timeout=10)
        wall, cpu, sent, passes = time.perf_counter(), time.process_time(), 0, 0
        while (counts := delivery.deliver(in_flight=options.in_flight))["claimed"]:
            sent, passes = sent + counts["accepted"], passes + 1
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        event.remove(db.engine, "before_cursor_execute", listener)
    stats = requests.get(f"{world.provider_url}/_sim/stats", timeout=10).json()
    return {
        "per_second": sent / wall,
        "cpu_ms": 1000 * cpu / max(sent, 1),
        "floor_per_second": floor["per_second"],
        "floor_cpu_ms": floor["cpu_ms"],
        "sent": sent,
        "passes": passes,
        "statements": len(statements),
        **{f"provider_{name}": value for name, value in stats.items() if isinstance(value, int)},
    }


def _counting(statements: list[str]) -> Any:
    def listener(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if "set_config" not in statement:
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", listener)
    return listener


def _judge(rounds: list[dict[str, float]], options: argparse.Namespace) -> dict[str, Any]:
    middle = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    chunks = -(-options.messages // CHUNK)
    passes = int(middle["passes"])
    # half a second may cut a chunk short: allow one more chunk a pass and half second of it
    allowed = FIXED_STATEMENTS * passes + chunks + passes + int(2 * options.messages / middle["per_second"])
    failed = []
    if middle["cpu_ms"] > CPU_MS:
        failed.append(f"CPU {middle['cpu_ms']:.2f} ms a message, {CPU_MS} allowed")
    if middle["sent"] != options.messages:
        failed.append(f"{middle['sent']} sent of {options.messages}")
    if middle["statements"] > allowed:
        failed.append(f"{middle['statements']} statements, {allowed} allowed")
    share = None
    if options.latency:
        share = middle["per_second"] / (options.in_flight / options.latency)
        least = SHARE_AT_100 if options.in_flight >= 100 else SHARE_AT_32
        if share < least:
            failed.append(f"{share:.2f} of in-flight/latency, {least} promised")
    return {
        "median": middle,
        "share_of_in_flight_over_latency": share,
        "statements_allowed": allowed,
        "failed": failed,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=960)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0.1)
    parser.add_argument("--in-flight", type=int, default=32)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
