"""One claim from its making to its last result, with the dispatcher that answers for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clinic.extensions import now as clock
from clinic.notifications.claim import Claim, claim
from clinic.notifications.dispatchers import Pass
from clinic.notifications.poison import claim_carefully
from clinic.notifications.timing import Timing, ticking

Counts = dict[str, int]
NAMES = ("batch", "claimed", "accepted", "refused", "later", "unknown", "suppressed")


@dataclass
class Batch:
    """At most `limit` texts; `claimed` is the sum of accepted, refused, later, unknown and suppressed."""

    limit: int
    begun: int  # so many of the first parcels may be posted at once; the others stand in line
    owner: Pass
    counts: Counts
    began: float
    now: datetime
    claimed: Claim = field(default_factory=Claim)
    left: int = 0  # parcels without a written result
    texts: Counts = field(default_factory=lambda: dict.fromkeys(("accepted", "later", "unknown"), 0))

    def moment(self) -> datetime:
        """Now, by a clock that does not jump since the claim."""
        return self.now + timedelta(seconds=ticking() - self.began)


def claim_batch(
    limit: int,
    timing: Timing,
    *,
    begun: int,
    now: datetime | None = None,
    only: int | None = None,
    any_hour: bool = False,
) -> Batch:
    """Claim and commit, with a dispatcher of its own that is alive until its last result is written."""
    began, owner = ticking(), Pass(timing)
    batch = Batch(limit, begun, owner, dict.fromkeys(NAMES, 0) | {"batch": limit}, began, now or clock())
    try:
        if only is None:
            batch.claimed = claim_carefully(
                owner=owner, limit=limit, now=batch.now, began=began, timing=timing, at_once=begun
            )
        else:
            batch.claimed = claim(
                owner=owner, limit=1, now=batch.now, began=began, timing=timing, only=only, any_hour=any_hour
            )
    except BaseException:
        owner.__exit__()
        raise
    mine = batch.claimed
    batch.counts |= {"claimed": mine.taken, "suppressed": mine.suppressed, "later": mine.later}
    return batch
