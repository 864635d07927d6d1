"""How long things may take: one table of seconds, shortened in drills by one factor, ratios kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from clinic.columns import config

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux's monotonic stops in suspension


def ticking() -> float:
    """Seconds that never jump and run on while the machine sleeps: a claim's own deadlines are held to it."""
    return time.clock_gettime(_CLOCK)


@dataclass(frozen=True)
class Timing:
    """Seconds. A batch is never larger than what its threads can post within lease - margin."""

    timeout: float = 10.0  # one POST, answered or given up
    lease: float = 120.0  # after this, whoever claimed may no longer post
    margin: float = 20.0  # of the lease, left for recording
    grace: float = 900.0  # an unknown text not found at the provider by then becomes a call
    tell_before: float = 1800.0  # ... or this long before the text would be stale, whichever is first
    least_grace: float = 120.0  # ... but never sooner than this: the provider's list lags
    hold: float = 300.0  # a number not yet confirmed is looked at again after this
    backoff: float = 15.0  # after the first "later"; doubles
    backoff_most: float = 60.0  # so that a healed provider is used again within a minute
    ahead: float = 5.0  # with a rate set, nobody books moments further ahead: what is urgent waits so long
    silent: float = 600.0  # an accepted text of which nothing more is heard is asked after
    late: float = 1800.0  # texts this late, or a provider down this long: every staff page says so (F17)

    @classmethod
    def load(cls) -> Timing:
        scale = config().delivery_time_scale
        return cls(**{name: value * scale for name, value in vars(cls()).items()})

    def batch_of(self, in_flight: int) -> int:
        """The most one claim may take for this many threads."""
        return max(1, int(in_flight * (self.lease - self.margin) / self.timeout))

    def wait_after(self, attempt: int) -> float:
        """Before a text that was not taken is tried again; doubles with each attempt."""
        return min(self.backoff * 2 ** max(0, attempt - 1), self.backoff_most)

    @property
    def lease_for(self) -> timedelta:
        return timedelta(seconds=self.lease)
