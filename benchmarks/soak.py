"""P1 in full: 10,000 messages, 500 kills, 20 seeds; nothing lost, twice, stale, wrong, untrue or late.

Resumable: a seed whose row is in `--results` is not run again. Exit 1 on any breach, or when one of the two
naive senders passes (then the harness does not bite). `--page FILE` writes the table for people to read.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.drill import controls
from benchmarks.drill.campaign import Campaign
from benchmarks.drill.judge import BREACHES
from benchmarks.drill.machines import Postgres
from benchmarks.drill.page import COLUMNS, page, totals
from tests import databases, servers

RESULTS = Path("instance/soak.jsonl")


def main(arguments: list[str] | None = None, **defaults: Any) -> int:
    options = _options(defaults).parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started ends with us
    keeper, postgres = servers.keep(), Postgres()
    os.environ["TEST_DATABASE_URL"] = postgres.url
    try:
        return soak(options, postgres)
    finally:
        postgres.stop()
        if keeper.stdin:
            keeper.stdin.close()


def soak(options: argparse.Namespace, postgres: Postgres) -> int:
    database = databases.postgres_database("_soak")
    commit = _commit()
    rows = _known(options.results)
    print(f"commit {commit}, seeds {options.first} to {options.first + options.seeds - 1}", file=sys.stderr)
    print("  ".join(COLUMNS))
    for seed in range(options.first, options.first + options.seeds):
        if seed not in rows:
            rows[seed] = _one(seed, options, database, postgres) | {"commit": commit}
            _keep(options.results, rows[seed])
        print("  ".join(f"{rows[seed].get(name, 0):>{len(name)}}" for name in COLUMNS), flush=True)
    naive = {}
    if not options.without_controls:
        naive["send, then record"] = controls.send_then_record(database)
        naive["a Celery task each"] = controls.celery_task_each(database)
    print(json.dumps({**totals(rows.values()), "naive": naive}))
    if options.page:
        options.page.write_text(page(rows.values(), naive))
    breached = any(row["breached"] for row in rows.values())
    passed = any(not found for found in naive.values())
    return 1 if breached or passed else 0


def _one(seed: int, options: argparse.Namespace, database: Any, postgres: Postgres) -> dict[str, Any]:
    started = time.monotonic()
    database.empty()
    messages, kills = (-(-whole // options.seeds) for whole in (options.messages, options.kills))
    with tempfile.TemporaryDirectory() as folder:
        verdict, figures = Campaign(seed, messages, kills, postgres).run(database, Path(folder))
    for name in BREACHES:
        for line in getattr(verdict, name)[:10]:
            print(f"seed {seed}: {name}: {line}", file=sys.stderr)
    took = round(time.monotonic() - started)
    return {"seed": seed, **verdict.row, **figures, "breached": bool(verdict.breaches), "took_s": took}


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or "unknown"


def _known(results: Path | None) -> dict[int, dict[str, Any]]:
    if results is None or not results.exists():
        return {}
    rows = [json.loads(line) for line in results.read_text().splitlines() if line]
    return {row["seed"]: row for row in rows}


def _keep(results: Path | None, row: dict[str, Any]) -> None:
    if results is not None:
        results.parent.mkdir(exist_ok=True)
        with results.open("a") as file:
            file.write(json.dumps(row) + "\n")


def _options(defaults: dict[str, Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=defaults.get("messages", 10_000))
    parser.add_argument("--kills", type=int, default=defaults.get("kills", 500))
    parser.add_argument("--seeds", type=int, default=defaults.get("seeds", 20))
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--page", type=Path, default=None, help="write the table as a page of the docs")
    parser.add_argument("--without-controls", action="store_true", help="leave the naive senders out")
    parser.add_argument(
        "--results",
        type=Path,
        default=defaults.get("results", RESULTS),
        help="JSON lines; seeds in it are not run again",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
