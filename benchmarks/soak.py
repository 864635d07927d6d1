"""P1 in full: 10,000 messages, 500 kills, 20 seeds; nothing lost, twice, stale, wrong or untrue.

Resumable: a seed whose row is in `--results` is not run again. Exit 1 on any breach, or when the naive
sender passes (then the harness does not bite).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.drill.campaign import Campaign
from benchmarks.drill.judge import judge
from benchmarks.drill.world import World, wait_until
from clinic.app import create_app
from tests import databases, servers

COLUMNS = (
    "seed", "messages", "kills", "stops", "accepted", "handed_over", "lost", "twice", "stale", "wrong",
    "untrue", "settled_s",
)  # fmt: skip


def main(arguments: list[str] | None = None, **defaults: Any) -> int:
    options = _options(defaults).parse_args(arguments)
    keeper = servers.keep()
    try:
        return soak(options)
    finally:
        if keeper.stdin:
            keeper.stdin.close()


def soak(options: argparse.Namespace) -> int:
    database = databases.postgres_database("_soak")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    rows = _known(options.results)
    print(f"commit {commit or 'unknown'}, {options.seeds} seeds", file=sys.stderr)
    print("  ".join(f"{name:>11}" for name in COLUMNS))
    for seed in range(options.first, options.first + options.seeds):
        if seed not in rows:
            rows[seed] = _one(seed, options, database) | {"commit": commit}
            _keep(options.results, rows[seed])
        print("  ".join(f"{rows[seed][name]:>11}" for name in COLUMNS), flush=True)
    naive = naive_is_caught(database)
    print(f"the naive sender sent {naive} texts twice on the same harness")
    breached = [seed for seed, row in rows.items() if row["breached"]]
    total = {name: sum(row[name] for row in rows.values()) for name in ("messages", "kills", "accepted")}
    print(json.dumps({**total, "breached_seeds": breached, "naive_twice": naive}))
    return 1 if breached or not naive else 0


def _one(seed: int, options: argparse.Namespace, database: Any) -> dict[str, Any]:
    started = time.monotonic()
    database.empty()
    with tempfile.TemporaryDirectory() as folder:
        campaign = Campaign(seed, options.messages // options.seeds, options.kills // options.seeds)
        verdict, figures = campaign.run(database, Path(folder))
    for name in ("lost", "twice", "stale", "wrong", "untrue"):
        for line in getattr(verdict, name)[:10]:
            print(f"seed {seed}: {name}: {line}", file=sys.stderr)
    took = round(time.monotonic() - started)
    return {"seed": seed, **verdict.row, **figures, "breached": bool(verdict.breaches), "took_s": took}


def naive_is_caught(database: Any) -> int:
    """How many texts the send-then-record sender sends twice when some answers are lost."""
    database.empty()
    with tempfile.TemporaryDirectory() as folder:
        world = World(create_app, database, Path(folder), scale=0.05)
        try:
            world.fill(60)
            world.start_provider()
            world.faults({"kind": "error_after_accept", "chance": 0.3, "count": None})
            world.start_dispatcher(role="naive")
            wait_until(lambda: len(list(world.accepts())) >= 75, 120)
        finally:
            world.stop()
        with world.app.app_context():
            return len(judge(world.accepts()).twice)


def _known(results: Path | None) -> dict[int, dict[str, Any]]:
    if results is None or not results.exists():
        return {}
    rows = [json.loads(line) for line in results.read_text().splitlines() if line]
    return {row["seed"]: row for row in rows}


def _keep(results: Path | None, row: dict[str, Any]) -> None:
    if results is not None:
        with results.open("a") as file:
            file.write(json.dumps(row) + "\n")


def _options(defaults: dict[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=defaults.get("messages", 10_000))
    parser.add_argument("--kills", type=int, default=defaults.get("kills", 500))
    parser.add_argument("--seeds", type=int, default=defaults.get("seeds", 20))
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument(
        "--results", type=Path, default=None, help="JSON lines; seeds in it are not run again"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
