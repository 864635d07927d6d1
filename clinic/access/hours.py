"""When a clinic's staff read what is sent to them: opening hours, pure (F1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

Opening = Mapping[str, Sequence[str]]  # {"0": ["09:00", "17:00"]}: Monday = 0; a missing day is closed


def is_open(opening: Opening, local: datetime, holidays: Collection[date] = ()) -> bool:
    """Whether somebody is reading at this clinic wall time."""
    hours = opening.get(str(local.weekday()))
    if not hours or local.date() in holidays:
        return False
    return time.fromisoformat(hours[0]) <= local.time() < time.fromisoformat(hours[1])


def next_opening(opening: Opening, local: datetime, holidays: Collection[date] = ()) -> datetime:
    """The next clinic wall time at which somebody starts to read; raises ValueError if never."""
    for ahead in range(60):
        day = local.date() + timedelta(days=ahead)
        hours = opening.get(str(day.weekday()))
        if not hours or day in holidays:
            continue
        begins = datetime.combine(day, time.fromisoformat(hours[0]), tzinfo=local.tzinfo)
        if begins > local:
            return begins
    raise ValueError("a clinic that never opens: set its opening hours")
