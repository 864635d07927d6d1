"""The dose a person has reported, against the target; what nobody reported was not done, as far as we know.

Targets: 60 minutes or more, two to three sessions a week, seven months (S002, low evidence); strength on two
days a week, six to eight exercises a training session (S004). Phase 1 holds fewer strength items and states
its own target (F25).
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SESSION_MINUTES = 60
SESSIONS_A_WEEK = 2
"""At least; up to three are asked for."""
COURSE_MONTHS = 7
COURSE_WEEKS = 30
"""Whole weeks in seven calendar months."""
STRENGTH_DAYS_A_WEEK = 2
STRENGTH_EXERCISES = {"P1": 3, "P2": 6, "P3": 6}
"""Exercises that make a day a strength day: six (S004); for P1 the team's judgement, which needs sign-off."""


@dataclass(frozen=True)
class Report:
    """Something reported for a local date, in that day's phase: a class attended, a home session, one DONE.

    `minutes` is 0 for a DONE: it names one exercise and no length. `strength` holds the ids of strength or
    bone exercises done; `class_strength` marks a class with a resistance part, a strength day by itself.
    """

    on: date
    phase: str
    minutes: int = 0
    exercises: frozenset[str] = frozenset()
    strength: frozenset[str] = frozenset()
    class_strength: bool = False


@dataclass(frozen=True)
class WeekDose:
    """One Monday to Sunday: what was reported, beside what is asked."""

    monday: date
    minutes: int
    full_sessions: int
    strength_days: int
    exercises: int

    @property
    def reached(self) -> bool:
        """Two days of 60 minutes or more."""
        return self.full_sessions >= SESSIONS_A_WEEK

    @property
    def strength_done(self) -> bool:
        """Two strength days."""
        return self.strength_days >= STRENGTH_DAYS_A_WEEK


@dataclass(frozen=True)
class CourseDose:
    """The course so far: weeks that reached the dose among the finished ones, and months since the start."""

    weeks_reached: int
    weeks_finished: int
    months: int

    @property
    def reached(self) -> bool:
        """Seven months have passed and thirty weeks reached the dose."""
        return self.months >= COURSE_MONTHS and self.weeks_reached >= COURSE_WEEKS


def monday_of(day: date) -> date:
    """The Monday of a date's week."""
    return day - timedelta(days=day.weekday())


def week_dose(reports: Iterable[Report], monday: date) -> WeekDose:
    """The dose of the week that begins on this Monday; a day's reports add up."""
    days: dict[date, list[Report]] = {}
    for report in reports:
        if monday_of(report.on) == monday:
            days.setdefault(report.on, []).append(report)
    minutes = [sum(one.minutes for one in day) for day in days.values()]
    return WeekDose(
        monday=monday,
        minutes=sum(minutes),
        full_sessions=sum(total >= SESSION_MINUTES for total in minutes),
        strength_days=sum(_is_strength_day(day) for day in days.values()),
        exercises=sum(len({name for one in day for name in one.exercises}) for day in days.values()),
    )


def strength_weeks(reports: Iterable[Report], today: date) -> int:
    """Finished weeks with two strength days: four of them are what the bone gate asks for (rules A16).

    The caller passes the reports since the fracture the phase is counted from.
    """
    kept = [report for report in reports if monday_of(report.on) < monday_of(today)]
    mondays = {monday_of(report.on) for report in kept}
    return sum(week_dose(kept, monday).strength_done for monday in mondays)


def course_dose(reports: Iterable[Report], started_on: date, today: date) -> CourseDose:
    """The course from the first class to `today`; the week still running is not judged."""
    this_week = monday_of(today)
    kept = [one for one in reports if started_on <= one.on and monday_of(one.on) < this_week]
    mondays = {monday_of(report.on) for report in kept}
    return CourseDose(
        weeks_reached=sum(week_dose(kept, monday).reached for monday in mondays),
        weeks_finished=max(0, (this_week - monday_of(started_on)).days // 7),
        months=_months(started_on, today),
    )


def _is_strength_day(day: Sequence[Report]) -> bool:
    done = {name for one in day for name in one.strength}
    asked = max(STRENGTH_EXERCISES[one.phase] for one in day)
    return any(one.class_strength for one in day) or len(done) >= asked


def _months(start: date, today: date) -> int:
    """Whole calendar months passed; a month without the day ends on its last one (rules A13)."""
    months = (today.year - start.year) * 12 + today.month - start.month
    falls_on = min(start.day, monthrange(today.year, today.month)[1])
    return max(0, months - (today.day < falls_on))
