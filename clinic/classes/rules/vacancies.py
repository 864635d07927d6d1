"""Which free seats the house hands on by itself, and from when: pure numbers and dates."""

from collections.abc import Callable
from datetime import date, timedelta

LENT_AHEAD = timedelta(days=14)
"""A single date is offered no earlier than this: further ahead, whose seat it is may come back."""
BY_HAND = 2
"""Working days in which the coordinator places a new person by hand; then the sweep offers."""


def to_lend(capacity: int, taken: int, standing_free: int) -> int:
    """Seats of one date that no standing seat will take: what members free, what a pause leaves (F35).

    A free standing seat is free on every date too; it is offered for good, not date by date.
    """
    return max(0, capacity - taken - standing_free)


def swept_from(entered_on: date, working: Callable[[date], bool], by_hand: int = BY_HAND) -> date:
    """The clinic date from which somebody new on the list is offered free seats unasked."""
    day, left = entered_on, by_hand
    for _ in range(60 if left else 0):
        day += timedelta(days=1)
        left -= working(day)
        if left <= 0:
            break
    return day
