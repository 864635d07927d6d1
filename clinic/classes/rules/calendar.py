"""The dates of a weekly class: wall time kept when the clocks change, holidays and closures skipped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Occurrence:
    """One dated class. With the class, `original_date` (clinic-local) is its lasting name; instants are UTC.

    `skipped_reason` is holiday, closure or None; a skipped occurrence is listed so that people can see why.
    """

    original_date: date
    starts_at: datetime
    ends_at: datetime
    skipped_reason: str | None = None


def occurrences(
    weekday: int,
    wall_time: time,
    duration_min: int,
    zone: str | ZoneInfo,
    first: date,
    last: date,
    holidays: Collection[date] = (),
    closures: Collection[date] = (),
) -> tuple[Occurrence, ...]:
    """Every date of a weekly class from `first` to `last`, both included; weekday 0 is Monday.

    A wall time the clocks jump over (01:30 on 29 March 2026 in London) moves forward by the jump; one that
    comes twice means its first coming. The length is real minutes. Raises ValueError for a weekday outside
    0 to 6 or a length below one minute.
    """
    if not 0 <= weekday <= 6 or duration_min < 1:
        raise ValueError("a class needs a weekday from 0 to 6 and a length of at least one minute")
    tz = zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)
    found = []
    day = first + ONE_DAY * ((weekday - first.weekday()) % 7)
    while day <= last:
        starts_at = instant(day, wall_time, tz)
        ends_at = starts_at + timedelta(minutes=duration_min)
        found.append(Occurrence(day, starts_at, ends_at, _skipped(day, holidays, closures)))
        day += 7 * ONE_DAY
    return tuple(found)


def instant(day: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local wall time: the first of two, and past a gap by the gap's length (fold 0)."""
    return datetime.combine(day, wall_time.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)


def is_working_day(day: date, holidays: Collection[date] = ()) -> bool:
    """Monday to Friday and not a public holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(day: date, count: int, holidays: Collection[date] = ()) -> date:
    """The date `count` working days after `day` (before it if negative); the day itself is never counted."""
    step = ONE_DAY if count >= 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, holidays)
    return day


def _skipped(day: date, holidays: Collection[date], closures: Collection[date]) -> str | None:
    if day in closures:
        return "closure"
    return "holiday" if day in holidays else None
