"""A zone's clock changes as a VTIMEZONE: each onset in the wall time just before it (RFC 5545 3.6.5).

Written here, because the library's own gives the spring change in the wall time after it, an hour late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


def timezone_of(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """What a calendar needs to read wall times from `first` to `last`, and a year around them."""
    begins, ends = first.astimezone(UTC) - 366 * A_DAY, last.astimezone(UTC) + 366 * A_DAY
    found = Timezone()
    found.add("tzid", zone.key)
    found.add_component(_observance(zone, begins, begins.astimezone(zone).utcoffset()))
    for change in changes(zone, begins, ends):
        found.add_component(_observance(zone, change, (change - A_SECOND).astimezone(zone).utcoffset()))
    return found


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments, in UTC, at which the zone's offset changes; each found by halving the day it falls on."""
    day = first
    while day < last:
        before, after = day, min(day + A_DAY, last)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield _moment(zone, before, after)
        day = after


def _moment(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = before.astimezone(zone).utcoffset()
    while after - before > A_SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _observance(
    zone: ZoneInfo, starts: datetime, before: timedelta | None
) -> TimezoneStandard | TimezoneDaylight:
    offset = before or timedelta()
    local = starts.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (starts + offset).replace(tzinfo=None))
    part.add("tzoffsetfrom", offset)
    part.add("tzoffsetto", local.utcoffset())
    part.add("tzname", local.tzname())
    return part
