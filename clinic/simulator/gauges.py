"""What a drill counts from outside: requests in flight, connections, answers given."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Gauges:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Start counting afresh; what is open now stays counted as open."""
        with self._lock:
            self._in_flight = self._peak_in_flight = getattr(self, "_in_flight", 0)
            self._open = self._peak_open = getattr(self, "_open", 0)
            self._connections = 0
            self._answers: Counter[str] = Counter()

    @contextmanager
    def flight(self) -> Iterator[int]:
        """One create request on the wire; yields how many there are, this one included."""
        with self._lock:
            self._in_flight += 1
            abreast = self._in_flight
            self._peak_in_flight = max(self._peak_in_flight, abreast)
        try:
            yield abreast
        finally:
            with self._lock:
                self._in_flight -= 1

    def answered(self, name: str) -> None:
        with self._lock:
            self._answers[name] += 1

    def connected(self) -> None:
        with self._lock:
            self._connections += 1
            self._open += 1
            self._peak_open = max(self._peak_open, self._open)

    def disconnected(self) -> None:
        with self._lock:
            self._open -= 1

    def read(self) -> dict[str, Any]:
        with self._lock:
            return {
                "in_flight": self._in_flight,
                "peak_in_flight": self._peak_in_flight,
                "connections": self._connections,
                "open_connections": self._open,
                "peak_connections": self._peak_open,
                "creates": sum(self._answers.values()),
                "answers": dict(self._answers),
            }
