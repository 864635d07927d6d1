"""Delivery: claim, post without a transaction open, record in chunks.

Sending first and recording second is how others send twice. Here the attempt is committed before the
provider hears of it, and an answer we did not get is unknown, never a reason to send again.
"""

from __future__ import annotations

import logging
import queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from sqlalchemy.exc import OperationalError

from clinic.columns import config
from clinic.extensions import db
from clinic.extensions import now as clock
from clinic.notifications import failpoints, trouble
from clinic.notifications.claim import Claim, claim
from clinic.notifications.dispatchers import Pass
from clinic.notifications.gateway import gateway_for
from clinic.notifications.line import begun_at_once, chunk_of
from clinic.notifications.mail import Mailer
from clinic.notifications.outcomes import NOT_POSTED, Accepted, Later, Outcome, Parcel, Refused, Unknown
from clinic.notifications.pace import Turns
from clinic.notifications.poison import claim_carefully
from clinic.notifications.recording import CHUNK_SECONDS, Result, record
from clinic.notifications.timing import Timing, ticking
from clinic.viewer import acting_as, system

log = logging.getLogger(__name__)

Counts = dict[str, int]
Send = Callable[[Parcel], Outcome]


class _Given(TypedDict):
    owner: Pass
    now: datetime
    began: float
    timing: Timing


def deliver(
    *,
    batch: int | None = None,
    in_flight: int | None = None,
    now: datetime | None = None,
    only: int | None = None,
    any_hour: bool = False,
) -> Counts:
    """One pass: one claim of at most min(batch, what the lease allows), posted and recorded.

    `claimed` is the sum of accepted, refused, later, unknown and suppressed. `only` takes one planned
    text before its time; `any_hour` lets that one ignore its window.
    """
    failpoints.refuse_in_production()
    timing, threads = Timing.load(), in_flight or config().sms_in_flight
    limit = min(batch or timing.batch_of(threads), timing.batch_of(threads))
    started, moment = ticking(), now or clock()
    counts = dict.fromkeys(("batch", "claimed", "accepted", "refused", "later", "unknown", "suppressed"), 0)
    counts["batch"] = limit
    with acting_as(system("delivery")), Pass(timing) as owner:
        given: _Given = {"owner": owner, "now": moment, "began": started, "timing": timing}
        if only is None:
            taken = claim_carefully(limit=limit, at_once=begun_at_once(threads), **given)
        else:
            taken = claim(limit=1, only=only, any_hour=any_hour, **given)
        counts |= {"claimed": taken.taken, "suppressed": taken.suppressed, "later": taken.later}
        if taken.parcels:
            _post_all(taken, threads, timing, counts, lambda: moment + _since(started))
            trouble.note(counts, now=clock())
    return counts


def drain(*, in_flight: int | None = None, seconds: float = 50.0) -> Counts:
    """Pass after pass until nothing is due or the time is up; what a tick runs."""
    ends = time.monotonic() + seconds
    total: Counts = {}
    while True:
        counts = deliver(in_flight=in_flight)
        total = {name: total.get(name, 0) + count for name, count in counts.items()}
        # with a rate set a claim takes a few seconds' worth, never a whole batch
        short = counts["claimed"] < (1 if config().sms_per_second else counts["batch"])
        if short or time.monotonic() > ends:
            return total


def _post_all(
    taken: Claim, threads: int, timing: Timing, counts: Counts, moment: Callable[[], datetime]
) -> None:
    """Post with `threads` in flight; this thread alone touches the database.

    A parcel is posted once its row says it is begun, a little ahead of the threads.
    """
    done: queue.SimpleQueue[Result] = queue.SimpleQueue()
    send = _sender(timing, threads)

    def post(parcel: Parcel) -> None:
        """Every parcel has a result: a defect of ours leaves it unknown, like any other silence."""
        try:
            done.put((parcel, send(parcel)))
        except Exception as problem:
            log.exception("posting failed", extra={"message_id": parcel.id})
            done.put((parcel, Unknown(type(problem).__name__)))

    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="post") as pool:
        waiting, most = taken.parcels, begun_at_once(threads)
        going, waiting = waiting[:most], waiting[most:]
        under_way = 0
        while going or under_way:
            for parcel in going:
                pool.submit(post, parcel)
            chunk = _chunk(done, min(chunk_of(threads), under_way + len(going)))
            under_way += len(going) - len(chunk)
            begin, waiting = waiting[: most - under_way], waiting[most - under_way :]
            ours = _keep_trying(partial(record, chunk, begin=begin, now=moment(), timing=timing), timing)
            going = [parcel for parcel in begin if parcel.id in ours]
            counts["later"] += len(begin) - len(going)  # given back meanwhile: somebody else's now
            for _, outcome in chunk:
                counts[_word(outcome)] += 1
        counts["later"] += len(waiting)


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


def _chunk(done: queue.SimpleQueue[Result], most: int) -> list[Result]:
    """Results as they come: at least one, at most `most`, or half a second's."""
    chunk, ends = [done.get()], time.monotonic() + CHUNK_SECONDS
    while len(chunk) < most and (left := ends - time.monotonic()) > 0:
        try:
            chunk.append(done.get(timeout=left))
        except queue.Empty:
            break
    return chunk


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


def _since(started: float) -> timedelta:
    return timedelta(seconds=ticking() - started)


def _word(outcome: Outcome) -> str:
    if isinstance(outcome, Accepted):
        return "accepted"
    if isinstance(outcome, Refused):
        return "refused"
    return "later" if isinstance(outcome, Later) else "unknown"
