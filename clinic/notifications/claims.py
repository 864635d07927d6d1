"""The claims of one drain: each later one is made in a thread of its own, while what was claimed is posted.

A claim takes as long as some posts, and nothing would leave meanwhile; so the first is a short one. What is
claimed and not yet posted is never more than the lease allows, so the last of the newest claim still leaves
within its lease.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from flask import Flask, current_app

from clinic.columns import config
from clinic.notifications.batch import Batch, claim_batch
from clinic.notifications.line import begun_at_once
from clinic.notifications.posting import Posting
from clinic.notifications.rowset import on_postgresql
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system


class Claims:
    """What to claim and when; `more` until a claim finds less than it asked for, or the time is up."""

    def __init__(self, posting: Posting, *, ends: float) -> None:
        self.more = True
        self.problem: Exception | None = None  # of a claim ahead: what is posted must not suffer for it
        self._posting, self._ends = posting, ends
        self._most, self._paced = posting.timing.batch_of(posting.threads), bool(config().sms_per_second)
        # ahead once half is written; a rate is booked for seconds only, and SQLite has one writer
        self._ahead = 0 if self._paced or not on_postgresql() else self._most // 2
        self._apart = ThreadPoolExecutor(max_workers=1, thread_name_prefix="claim")
        self._coming: Future[Batch] | None = None

    def __enter__(self) -> Claims:
        return self

    def __exit__(self, *problem: object) -> None:
        """A claim nobody will post is waited for and its dispatcher ended: its texts are then given back."""
        self._apart.shutdown()
        if self._coming is not None and self._coming.exception() is None:
            self._coming.result().owner.__exit__()

    @property
    def under_way(self) -> bool:
        return self._coming is not None

    def next(self) -> Batch | None:
        """A claim just made: here when nothing is outstanding, else the one made ahead; None if none is."""
        if self._coming is None:
            if not self.more or self._posting.outstanding > self._ahead:
                return None
            if not self._posting.outstanding:
                begun = begun_at_once(self._posting.threads)
                most = min(begun, self._most) if self._ahead else self._most
                return self._judged(claim_batch(most, self._posting.timing, begun=begun))
            self._begin()
        return self._made()

    def _begin(self) -> None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        limit = self._most - self._posting.outstanding
        self._coming = self._apart.submit(copy_context().run, _claim, app, limit, self._posting.timing)
        self._coming.add_done_callback(lambda _: self._posting.wake())

    def _made(self) -> Batch | None:
        if self._coming is None or not self._coming.done():
            return None
        made, self._coming = self._coming, None
        try:
            return self._judged(made.result())
        except Exception as problem:
            self.problem, self.more = problem, False
            return None

    def _judged(self, batch: Batch) -> Batch:
        # with a rate set a claim takes a few seconds' worth, never a whole batch
        full = batch.counts["claimed"] >= (1 if self._paced else batch.limit)
        self.more = full and time.monotonic() <= self._ends
        return batch


def _claim(app: Flask, limit: int, timing: Timing) -> Batch:
    """All of it stands in line: how many more may be begun is for the thread that posts to say."""
    with app.app_context(), acting_as(system("delivery")):
        return claim_batch(limit, timing, begun=0)
