"""Minutes, not hours: the scripted faults on both databases, then one seed of the soak with 30 kills."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import soak


def main() -> int:
    scripted = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests/faults"]).returncode
    killed = soak.main([], messages=600, kills=30, seeds=1, results=None)
    return 1 if scripted or killed else 0


if __name__ == "__main__":
    sys.exit(main())
