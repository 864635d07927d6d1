"""Where each date of a class goes when its weekday or time changes from a day on."""

from collections.abc import Collection
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from clinic.classes.rules.calendar import Occurrence, occurrences


def shift(old_weekday: int, new_weekday: int) -> timedelta:
    """How far a date goes: none for the same weekday, else to the next such day, never backwards."""
    return timedelta(days=(new_weekday - old_weekday) % 7)


def goes_to(
    original: date,
    old_weekday: int,
    new_weekday: int,
    wall_time: time,
    minutes: int,
    zone: ZoneInfo,
    holidays: Collection[date] = (),
    closures: Collection[date] = (),
) -> Occurrence:
    """The date that takes the place of one date of the class, by that date and never by its number in a list.

    Two different dates never go to one. It may be skipped: a holiday or closure has no session.
    """
    day = original + shift(old_weekday, new_weekday)
    (found,) = occurrences(new_weekday, wall_time, minutes, zone, day, day, holidays, closures)
    return found


def last_day_before(since: date) -> date:
    """The last day of a class that another follows, or that ends: the two never share a date."""
    return since - timedelta(days=1)
