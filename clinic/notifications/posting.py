"""The line of one sender: parcels begun a little ahead of its threads, their results written in chunks.

The thread that calls it alone touches the database; the threads it keeps only post.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.exc import OperationalError

from clinic.columns import config
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import failpoints, trouble
from clinic.notifications.batch import Batch
from clinic.notifications.gateway import gateway_for
from clinic.notifications.line import begun_at_once, chunk_of
from clinic.notifications.mail import Mailer
from clinic.notifications.outcomes import NOT_POSTED, Accepted, Later, Outcome, Parcel, Refused, Unknown
from clinic.notifications.pace import Turns
from clinic.notifications.recording import CHUNK_SECONDS, Result, record
from clinic.notifications.timing import Timing, ticking

log = logging.getLogger(__name__)

Send = Callable[[Parcel], Outcome]


class Posting:
    """Posts what several claims took, `threads` in flight, and ends each dispatcher with its last result."""

    def __init__(self, threads: int, timing: Timing) -> None:
        self.threads, self.timing = threads, timing
        self._line: deque[Parcel] = deque()  # claimed, not begun
        self._begun = 0  # of which no result is written yet
        self._batches: dict[int, Batch] = {}
        self._newest: Batch | None = None
        self._todo: SimpleQueue[Parcel | None] = SimpleQueue()
        self._done: SimpleQueue[Result | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._send: Send | None = None

    def __enter__(self) -> Posting:
        return self

    def __exit__(self, *problem: Any) -> None:
        """What is begun is posted, whatever happened: its row says that it may have been."""
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()
        for batch in self._batches.values():
            batch.owner.__exit__(*problem)

    @property
    def outstanding(self) -> int:
        """Claimed, and no result written yet."""
        return len(self._line) + self._begun

    def take(self, batch: Batch) -> None:
        """Another claim: what is begun of it leaves at once, the others stand in line."""
        parcels, batch.left = batch.claimed.parcels, len(batch.claimed.parcels)
        if not parcels:
            batch.owner.__exit__()
            return
        self._newest = self._batches[parcels[0].dispatcher] = batch
        self._line.extend(parcels[batch.begun :])
        for parcel in parcels[: batch.begun]:
            self._post(parcel)
        self._write([])

    def step(self, *, until_woken: bool = False) -> None:
        """Wait for some results, write them, and let the next in line begin."""
        self._write(self._results(until_woken))

    def wake(self) -> None:
        """End the wait of `step`; from any thread."""
        self._done.put(None)

    def _results(self, until_woken: bool) -> list[Result]:
        """As they come: a chunk, or half a second's, and what came meanwhile; none when nothing is begun."""
        chunk: list[Result] = []
        most, ends = min(chunk_of(self.threads), self._begun), 0.0
        while len(chunk) < most or (until_woken and not most):
            try:
                result = self._done.get(timeout=max(0.0, ends - time.monotonic()) if ends else None)
            except Empty:
                break
            if result is not None:
                chunk.append(result)
                ends = ends or time.monotonic() + CHUNK_SECONDS
            elif until_woken:
                break
        while not self._done.empty():  # this thread alone takes from it
            if (result := self._done.get()) is not None:
                chunk.append(result)
        return chunk

    def _write(self, chunk: list[Result]) -> None:
        self._begun -= len(chunk)
        room = begun_at_once(self.threads) - self._begun
        begin = [self._line.popleft() for _ in range(min(len(self._line), room))]
        if chunk or begin:
            assert self._newest is not None
            write = partial(record, chunk, begin=begin, now=self._newest.moment(), timing=self.timing)
            ours = _keep_trying(write, self.timing)
            for parcel in begin:
                if parcel.id in ours:
                    self._post(parcel)
                else:
                    self._count(parcel, "later")  # given back meanwhile: somebody else's now
        for parcel, outcome in chunk:
            self._count(parcel, _word(outcome))

    def _count(self, parcel: Parcel, word: str) -> None:
        batch = self._batches[parcel.dispatcher]
        batch.counts[word] += 1
        if parcel.channel == "sms" and word in batch.texts:
            batch.texts[word] += 1  # an e-mail that arrives says nothing about the provider of texts
        batch.left -= 1
        if not batch.left:
            del self._batches[parcel.dispatcher]
            batch.owner.__exit__()
            trouble.note(batch.texts, now=clock())

    def _post(self, parcel: Parcel) -> None:
        self._begun += 1
        if len(self._threads) < min(self.threads, self._begun):
            self._send = self._send or _sender(self.timing, self.threads)
            self._threads.append(threading.Thread(target=self._work, args=(self._send,), name="post"))
            self._threads[-1].start()
        self._todo.put(parcel)

    def _work(self, send: Send) -> None:
        """Every parcel has a result: a defect of ours leaves it unknown, like any other silence."""
        while (parcel := self._todo.get()) is not None:
            try:
                self._done.put((parcel, send(parcel)))
            except Exception as problem:
                log.exception("posting failed", extra={"message_id": parcel.id})
                self._done.put((parcel, Unknown(type(problem).__name__)))


def _sender(timing: Timing, threads: int) -> Send:
    settings = config()
    gateway = gateway_for(settings, timeout=timing.timeout, threads=threads)
    mailer, turns = Mailer(settings, timeout=timing.timeout), Turns(settings.sms_per_second)

    def send(parcel: Parcel) -> Outcome:
        """Not past our deadline: the claim may have been given up by then, and others may act on it."""
        turns.wait(parcel)
        failpoints.reach("before_post")
        if ticking() > min(parcel.deadline, parcel.stale_at):
            return NOT_POSTED
        outcome = mailer.send(parcel) if parcel.channel == "email" else gateway.send(parcel)
        if isinstance(outcome, Accepted):
            failpoints.reach("after_accept")
        return outcome

    return send


def _keep_trying(write: Callable[[], set[int]], timing: Timing) -> set[int]:
    """A database that restarts must not cost us answers we hold: try until the lease's margin is used."""
    ends = time.monotonic() + timing.margin
    while True:
        try:
            return write()
        except OperationalError:
            db.session.rollback()
            if time.monotonic() > ends:
                raise
            time.sleep(0.5)


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return "accepted"
    if isinstance(outcome, Refused):
        return "refused"
    return "later" if isinstance(outcome, Later) else "unknown"
