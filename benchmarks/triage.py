"""How many cases a second one core reads and decides: `python -m benchmarks.triage [CASES]`.

Aim: 10,000 decisions a second on one core. Cases are drawn from fixed facts, most of them known, as a day's
referrals are; the clock is the process's own, so that a busy machine does not blur the figure.
"""

import gc
import random
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clinic.protocol.load import protocol
from clinic.referrals.rules.case import Case, parse_case
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.rules.triage import decide

AS_OF = date(2026, 11, 22)
AIM_PER_SECOND = 10_000


@dataclass(frozen=True)
class Rate:
    """Seconds of processor time for the number of cases: deciding alone, and from raw facts to the answer."""

    cases: int
    deciding: float
    whole: float

    @property
    def decisions_per_second(self) -> float:
        """Decisions alone, of cases already read."""
        return self.cases / self.deciding

    @property
    def whole_per_second(self) -> float:
        """From raw facts to the published answer."""
        return self.cases / self.whole


def raw_cases(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Referrals as they come: mostly complete, one fact in twelve not known."""
    chance = random.Random(seed)

    def some(*values: Any) -> Any:
        return None if chance.random() < 1 / 12 else chance.choice(values)

    def days_ago(most: int) -> str:
        return (AS_OF - timedelta(days=chance.randrange(most))).isoformat()

    return [
        {
            "id": number,
            "as_of": AS_OF.isoformat(),
            "person": {"birth_date": f"{chance.randrange(1930, 1966)}-05-14", "sex": some("female", "male")},
            "fracture": {
                "date": days_ago(400),
                "site": "vertebral",
                "levels": ["T12"],
                "cause": some("fall", "lifting", "none"),
                "confirmed_by": some("xray", "mri"),
                "osteoporotic": some(True),
                "incidental": some(False, False, True),
            },
            "pain": {"rest": some(0, 2, 4), "movement": some(2, 5, 6), "trend": some("better", "same")},
            "mobility": {"walks_10m": True, "needs_person": some(False), "walking_aid": some(True, False)},
            "falls": {
                "count_12m": some(0, 1, 2),
                "injurious": some(False, True),
                "could_not_get_up": some(False),
                "lost_consciousness": some(False),
                "unsteady": some(True, False),
                "worried": some(True, False),
            },
            "tests": [
                {"name": "timed_up_and_go_s", "value": chance.uniform(7, 20), "on": days_ago(120)},
                {"name": "chair_stand_30s", "value": chance.randrange(4, 16), "on": days_ago(120)},
            ],
            "observations": {"systolic": chance.randrange(100, 185), "diastolic": 80, "pulse": 72},
            "flags": {flag.key: False for flag in FLAGS},
        }
        for number in range(count)
    ]


def measure(count: int = 100_000) -> Rate:
    """Decide `count` cases already read, then read, decide and write each of them."""
    book, raw = protocol("2026-11"), raw_cases(count)
    cases = [case for one in raw if isinstance(case := parse_case(one, today=AS_OF), Case)]
    gc.collect()
    gc.freeze()  # the prepared cases are not what is measured
    started = time.process_time()
    for case in cases:
        decide(case, book)
    decided = time.process_time()
    for one in raw:
        if isinstance(case := parse_case(one, today=AS_OF), Case):
            decide(case, book).to_json()
    written = time.process_time()
    gc.unfreeze()
    return Rate(len(cases), decided - started, written - decided)


if __name__ == "__main__":
    rate = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{rate.cases} cases: {rate.decisions_per_second:,.0f} decisions a second on one core")
    print(f"{rate.whole_per_second:,.0f} a second from raw facts to the published answer")
    sys.exit(int(rate.decisions_per_second < AIM_PER_SECOND))
