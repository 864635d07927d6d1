"""Every accept, one JSON line each, on the disk before the sender or anybody else hears of it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Accept = dict[str, Any]


class Journal:
    """The truth that fault drills are judged by: it outlives a kill at any instant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mend()
        self._count = sum(1 for _ in self.read())
        self._file = path.open("ab")
        self._write_lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._synced = self._count

    def append(self, accept: Accept) -> Accept:
        """Number the accept and return once it is on disk; writers that wait together share one fsync."""
        with self._write_lock:
            accept = {"seq": self._count + 1, **accept}
            self._file.write(json.dumps(accept, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            self._count = mine = accept["seq"]
        with self._sync_lock:
            if self._synced < mine:
                reached = self._count
                os.fsync(self._file.fileno())
                self._synced = reached
        return accept

    def read(self, after: int = 0) -> Iterator[Accept]:
        """Accepts in order. A last line cut short by a kill was never answered, so it is left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    accept = json.loads(line)
                    if accept["seq"] > after:
                        yield accept

    def close(self) -> None:
        self._file.close()

    def _mend(self) -> None:
        if self.path.exists():
            written = self.path.read_bytes()
            if not written.endswith(b"\n"):
                os.truncate(self.path, written.rfind(b"\n") + 1)
