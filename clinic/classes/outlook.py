"""The waiting list as its page shows it: who waits, what was said, and when a seat may be expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from clinic.access import queries as access
from clinic.classes import candidates, placement, queries, validation
from clinic.classes.models import Member, MemberState, WaitingEntry
from clinic.classes.rules import forecast, ranking
from clinic.classes.rules.forecast import LevelRow, SeatEnd
from clinic.extensions import db
from clinic.referrals.models import Episode


@dataclass(frozen=True)
class Row:
    """One person on the list."""

    entry: WaitingEntry
    episode: Episode
    expects: SeatEnd | None
    unavailable: str | None
    asked: validation.Asked | None


@dataclass(frozen=True)
class Page:
    """The list in its order, and what the levels may expect; `today` is the clinic's."""

    rows: list[Row]
    levels: tuple[LevelRow, ...]
    today: date
    until: date


def page(clinic_id: int, now: datetime) -> Page:
    """Everything on the waiting list's page, in a fixed number of queries."""
    today = access.local(clinic_id, now).date()
    classes = {row.id: candidates.class_facts(row) for row in queries.running_classes(clinic_id, today)}
    seats = _seats(clinic_id, classes, today)
    line = candidates.line_of(clinic_id, today, now)
    waiters = ranking.in_order(candidates.waiters(line, class_id=0))
    given = forecast.expected([one for one in waiters if one.unavailable is None], seats, today)
    states = {int(one.id): one.unavailable for one in waiters}
    asked = validation.asked_of([entry.id for entry, _ in line.rows])
    rows = [
        Row(
            entry,
            episode,
            given.get(f"{episode.id:012d}"),
            states.get(episode.id),
            asked.get(entry.id),
        )
        for entry, episode in placement.waiting_list(clinic_id)
    ]
    levels = forecast.by_level(list(classes.values()), seats, given, today)
    return Page(rows, levels, today, today + forecast.AHEAD)


def _seats(clinic_id: int, classes: Mapping[int, candidates.ClassFacts], today: date) -> list[SeatEnd]:
    """Every standing seat: free ones today, the others when their person's course ends."""
    free = [SeatEnd(cls, today) for cls in classes.values() for _ in range(cls.free_standing)]
    query = (
        select(Member.class_id, Member.from_date, Episode.first_class_on)
        .join(Episode, Episode.id == Member.episode_id)
        .where(Member.clinic_id == clinic_id, Member.state != MemberState.LEFT)
    )
    taken = [
        SeatEnd(classes[row.class_id], forecast.seat_free_on(row.first_class_on or row.from_date, today))
        for row in db.session.execute(query)
        if row.class_id in classes
    ]
    return free + taken
