"""How many cases a second one core decides: `python -m benchmarks.triage [CASES]`.

Aim: 10,000 decisions a second on one core. Judged is the share of a floor measured in the same run, parsing
the case's own JSON text, since an absolute rate is a fact about a machine. Cases are drawn from fixed facts,
most of them known, as a day's referrals are; the clock is the process's own, so that others blur it less.
"""

import gc
import json
import random
import sys
from datetime import date, timedelta
from typing import Any

from benchmarks.harness import Line, interleaved, report
from clinic.protocol.load import protocol
from clinic.referrals.rules.case import Case, parse_case
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.rules.triage import decide

AS_OF = date(2026, 11, 22)
ROUNDS = 7
# where these were set, the floor parsed 112,000 texts a second: 10,700 decisions, 4,000 texts to answers
DECIDING_SHARE, WHOLE_SHARE = 0.08, 0.03


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


def measure(count: int = 100_000) -> list[Line]:
    """Decide `count` cases in all, round by round beside the floor; then from raw text to the answer."""
    book, size = protocol("2026-11"), max(count // ROUNDS, 1)
    texts = [json.dumps(one) for one in raw_cases(size)]
    cases = [case for one in texts if isinstance(case := parse_case(json.loads(one), today=AS_OF), Case)]
    assert len(cases) == size, "every drawn case can be decided"
    gc.collect()
    gc.freeze()  # the prepared cases are not what is measured

    def parsed() -> None:
        for one in texts:
            json.loads(one)

    def decided() -> None:
        for case in cases:
            decide(case, book)

    def answered() -> None:
        for one in texts:
            if isinstance(case := parse_case(json.loads(one), today=AS_OF), Case):
                json.dumps(decide(case, book).to_json())

    deciding = interleaved(parsed, decided, units=size, rounds=ROUNDS)
    whole = interleaved(parsed, answered, units=size, rounds=ROUNDS)
    gc.unfreeze()
    return [
        Line("floor: JSON texts of a case parsed, a second", deciding.floor_per_second),
        Line("decisions a second on one core (aim 10,000)", deciding.subject_per_second),
        Line("deciding, share of the floor", deciding.share, DECIDING_SHARE),
        Line("from JSON text to JSON answer, a second", whole.subject_per_second),
        Line("from text to answer, share of the floor", whole.share, WHOLE_SHARE),
    ]


if __name__ == "__main__":
    sys.exit(report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
