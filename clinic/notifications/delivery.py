"""Delivery: claim, post without a transaction open, record in chunks.

Sending first and recording second is how others send twice. Here the attempt is committed before the
provider hears of it, and an answer we did not get is unknown, never a reason to send again.
"""

from __future__ import annotations

import time
from datetime import datetime

from clinic.columns import config
from clinic.notifications import failpoints
from clinic.notifications.batch import NAMES, Batch, Counts, claim_batch
from clinic.notifications.claims import Claims
from clinic.notifications.line import begun_at_once
from clinic.notifications.posting import Posting
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system


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
    limit, begun = timing.batch_of(threads), begun_at_once(threads)
    with acting_as(system("delivery")), Posting(threads, timing) as posting:
        most = min(batch or limit, limit)
        one = claim_batch(most, timing, begun=begun, now=now, only=only, any_hour=any_hour)
        posting.take(one)
        while posting.outstanding:
            posting.step()
    return one.counts


def drain(*, in_flight: int | None = None, seconds: float = 50.0) -> Counts:
    """Claim after claim until nothing is due or the time is up; what a tick runs.

    The next claim is made while the last is being posted (`claims`). Raises what a claim raised, after the
    others are posted and written.
    """
    failpoints.refuse_in_production()
    timing, threads = Timing.load(), in_flight or config().sms_in_flight
    batches: list[Batch] = []
    with (
        acting_as(system("delivery")),
        Posting(threads, timing) as posting,
        Claims(posting, ends=time.monotonic() + seconds) as claims,
    ):
        while claims.more or claims.under_way or posting.outstanding:
            if (batch := claims.next()) is None:
                posting.step(until_woken=claims.under_way)
                continue
            posting.take(batch)
            batches.append(batch)
    if claims.problem is not None:
        raise claims.problem
    return {name: sum(batch.counts[name] for batch in batches) for name in NAMES}
