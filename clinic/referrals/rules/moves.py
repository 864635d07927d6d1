"""Which state may follow which, who acts next and by when: the one table behind `states.move()`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Next:
    """What somebody does next in a state, and in how many calendar days at most."""

    step: str
    days: int


MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "being_decided": frozenset(
            {"with_referrer", "on_hold", "awaiting_assessment", "waiting", "paused", ENDED}
        ),
        "with_referrer": frozenset({"being_decided", "on_hold", "awaiting_assessment", "paused", ENDED}),
        "on_hold": frozenset(
            {"being_decided", "with_referrer", "awaiting_assessment", "waiting", "paused", ENDED}
        ),
        "awaiting_assessment": frozenset(
            {"being_decided", "with_referrer", "on_hold", "waiting", "offered", "in_class", "paused", ENDED}
        ),
        "waiting": frozenset(
            {"being_decided", "on_hold", "awaiting_assessment", "offered", "in_class", "paused", ENDED}
        ),
        "offered": frozenset(
            {"being_decided", "on_hold", "awaiting_assessment", "waiting", "in_class", "paused", ENDED}
        ),
        "in_class": frozenset({"awaiting_assessment", "waiting", "offered", "paused", ENDED}),
        "paused": frozenset(
            {"being_decided", "on_hold", "awaiting_assessment", "waiting", "offered", "in_class", ENDED}
        ),
        # a discharge or a decline can be reopened
        ENDED: frozenset({"being_decided", "awaiting_assessment", "waiting", "in_class"}),
    }
)

# F10: every open state has somebody who acts, and a date; the days are a service's own defaults.
NEXT: Mapping[str, Next] = MappingProxyType(
    {
        "being_decided": Next("decide", 7),
        "with_referrer": Next("chase_referrer", 7),
        "on_hold": Next("review_hold", 28),
        "awaiting_assessment": Next("assess", 14),
        "waiting": Next("place", 7),
        "offered": Next("await_answer", 3),
        "in_class": Next("review", 42),
        "paused": Next("review_pause", 14),
        ENDED: Next("none", 0),
    }
)


def allowed(before: str, after: str) -> bool:
    """Whether an episode may go from one state to the other; staying is not a move."""
    return after in MOVES[before]


def next_date(state: str, today: date, working: Callable[[date], bool]) -> date | None:
    """The working day by which somebody acts, at most a week after the state's days; None when ended."""
    if state == ENDED:
        return None
    return on_or_after(today + timedelta(days=NEXT[state].days), working)


def on_or_after(day: date, working: Callable[[date], bool]) -> date:
    """The day itself or the next working one; a clinic that never opens keeps the day."""
    for ahead in range(15):
        if working(day + timedelta(days=ahead)):
            return day + timedelta(days=ahead)
    return day


def working_days_later(day: date, count: int, working: Callable[[date], bool]) -> date:
    """`count` working days after a day; 1 is the next working day. Stops after a year of closed days."""
    for _ in range(366):
        if count == 0:
            break
        day += timedelta(days=1)
        count -= working(day)
    return day
