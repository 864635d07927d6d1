"""Who of a claimed batch may be posted now: a crash leaves doubt about those alone.

The others are claimed but stand in line, and say so in their row. Whoever finds their owner dead plans them
again, for nobody can have posted what nobody had begun.
"""

from __future__ import annotations

IN_LINE = "in_line"  # the reason of a row that is `sending` and not begun
CHUNK = 50  # results written, and beginnings marked, in one statement


def chunk_of(threads: int) -> int:
    """How many results are written at once; with few threads short chunks, since little is to be won."""
    return threads if 2 * threads < CHUNK else CHUNK


def begun_at_once(threads: int) -> int:
    """How many are begun and not yet written: enough that no thread waits for the database."""
    return chunk_of(threads) + threads + threads // 4
