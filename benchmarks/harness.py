"""What every benchmark shares: floor and subject in turn, medians of ratios, one table, a hard verdict.

A floor is the least work that could do the job, written fast, and runs in the same process and minute as its
subject: a slow or busy machine slows both, and the ratio stays.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Pair:
    """Medians over the rounds: units a second of both, and the subject's share of its floor."""

    floor_per_second: float
    subject_per_second: float
    share: float


@dataclass(frozen=True)
class Line:
    """One promise measured. `limit` None: shown, not judged."""

    what: str
    value: float
    limit: float | None = None
    at_least: bool = True

    @property
    def holds(self) -> bool:
        if self.limit is None:
            return True
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def interleaved(
    floor: Work, subject: Work, *, units: int, rounds: int = 7, clock: Callable[[], float] = time.process_time
) -> Pair:
    """Run both in turn, each doing `units` of work a round, once unmeasured to warm up.

    The clock is the process's own time by default; give `time.perf_counter` where waiting is the subject.
    """
    floor()
    subject()
    pairs = []
    for turn in range(rounds):
        first, second = (floor, subject) if turn % 2 == 0 else (subject, floor)
        times = {first: _timed(first, clock), second: _timed(second, clock)}
        pairs.append((units / times[floor], units / times[subject]))
    return Pair(
        statistics.median(one for one, _ in pairs),
        statistics.median(one for _, one in pairs),
        statistics.median(subject_rate / floor_rate for floor_rate, subject_rate in pairs),
    )


def report(lines: Iterable[Line]) -> int:
    """Print the table; 1 when a limit is missed, else 0."""
    rows = list(lines)
    width = max(len(row.what) for row in rows)
    for row in rows:
        sign = "at least" if row.at_least else "at most"
        limit = "shown only" if row.limit is None else f"{sign} {_number(row.limit)}"
        verdict = "" if row.limit is None else ("  holds" if row.holds else "  MISSED")
        print(f"{row.what:<{width}}  {_number(row.value):>12}  {limit}{verdict}", flush=True)
    return int(not all(row.holds for row in rows))


def _timed(work: Work, clock: Callable[[], float]) -> float:
    gc.collect()
    gc.disable()
    started = clock()
    work()
    took = clock() - started
    gc.enable()
    return took


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3f}"
