"""Calendar months, ages, and dates of which only the month or the year is known."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_YEARS = range(1900, 2200)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year, as written; `first` and `last` are the days it may mean."""

    text: str
    first: date
    last: date

    @property
    def full(self) -> bool:
        """True when one day is meant."""
        return self.first == self.last

    def read(self, cap: date) -> date:
        """The cautious day: the last one, but no later than `cap` unless all of it is later (A13)."""
        return self.last if cap < self.first else min(self.last, cap)


@lru_cache(maxsize=8192)
def parse_partial(text: str) -> PartialDate:
    """Read `2026-08-03`, `2026-08` or `2026`, from 1900 to 2199; raises ValueError for anything else."""
    written = _WRITTEN.fullmatch(text)
    if not written:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in written.groups())
    if year is None or year not in _YEARS:
        raise ValueError(text)
    if month is None:
        return PartialDate(text, date(year, 1, 1), date(year, 12, 31))
    if day is None:
        first = date(year, month, 1)
        return PartialDate(text, first, first.replace(day=monthrange(year, month)[1]))
    exact = date(year, month, day)
    return PartialDate(text, exact, exact)


@lru_cache(maxsize=8192)
def add_months(day: date, months: int) -> date:
    """The same day of a later month, clipped to its end: 30 November + 3 is 28 or 29 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_days(day: date, days: int) -> date:
    """`days` later."""
    return day + timedelta(days=days)


def age_on(birth: date, day: date) -> int:
    """Completed years; a birthday on 29 February is kept on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
