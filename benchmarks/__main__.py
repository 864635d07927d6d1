"""`make bench`: every benchmark in its own process, one after the other; fails when one misses a promise.

`python -m benchmarks [NAME ...]` runs only the named ones. A new module of this folder is run without being
named here; drills that break things on purpose, and the mutation test, have commands of their own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
LONGEST = "races"  # hours at full size: after everything else, so that the other figures stand by then
OWN_COMMAND = {"__init__", "__main__", "faults", "harness", "mutation", "soak"}


def names() -> list[str]:
    """Every benchmark, by name; the longest one last."""
    found = {path.stem for path in FOLDER.glob("*.py")} - OWN_COMMAND
    return sorted(found, key=lambda name: (name == LONGEST, name))


def main(wanted: list[str]) -> int:
    """Run them; 1 when any failed, 2 for a name that does not exist."""
    if unknown := sorted({*wanted} - {*names()}):
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    verdicts = {}
    for name in wanted or names():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        failed = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        verdicts[name] = f"{'MISSED' if failed else 'holds'}, {time.monotonic() - started:.0f} s"
    print()
    for name, verdict in verdicts.items():
        print(f"{name:<12} {verdict}")
    return int(any(verdict.startswith("MISSED") for verdict in verdicts.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
