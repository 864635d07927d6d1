"""Today's roster beside the best one: who would get which seats and why, who none, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from clinic.classes import roster_facts, roster_plan
from clinic.classes.models import ExerciseClass, WaitingEntry
from clinic.classes.roster_facts import Today
from clinic.classes.roster_plan import Plan
from clinic.classes.rules import roster_help
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_greedy import first_fit
from clinic.classes.rules.roster_help import Help
from clinic.classes.rules.roster_model import Seating
from clinic.classes.rules.roster_reasons import Reasons
from clinic.referrals.models import Episode

HELP_SHOWN = 3


@dataclass(frozen=True)
class Placed:
    """Somebody who would get one or two standing seats, from which dates, and why these."""

    waiter: Waiter
    entry: WaitingEntry
    episode: Episode
    seats: tuple[tuple[ExerciseClass, date], ...]
    because: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the form sends back: the episode and its classes."""
        return "-".join(map(str, (self.episode.id, *(row.id for row, _ in self.seats))))


@dataclass(frozen=True)
class Left:
    """Somebody who gets no seat: the reason in short, and class by class."""

    waiter: Waiter
    entry: WaitingEntry
    episode: Episode
    because: str
    by_class: tuple[tuple[ExerciseClass, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ClassChange:
    """One class today and with the proposal."""

    row: ExerciseClass
    added: tuple[Placed, ...]

    @property
    def after(self) -> int:
        return self.row.taken + len(self.added)


@dataclass(frozen=True)
class Tally:
    """How many of one tier have a seat, and how many of them two."""

    tier: int
    people: int
    seated: int
    two: int


@dataclass(frozen=True)
class Proposal:
    """The whole of it; nothing is changed until somebody offers the seats."""

    today: Today
    plan: Plan
    placed: tuple[Placed, ...]
    left: tuple[Left, ...]
    classes: tuple[ClassChange, ...]
    helps: tuple[Help, ...]
    compared: Mapping[str, tuple[Tally, ...]]

    @property
    def wrong(self) -> list[str]:
        """What is amiss: a class over its capacity today, or a goal the time did not suffice to prove."""
        short = "The time was over before this was proved to be the best: there may be a better one."
        return self.today.over + ([] if self.plan.proved else [short])


def propose(clinic_id: int, now: datetime, *, seconds: float = roster_plan.SECONDS) -> Proposal:
    """Read and reckon only; `seconds` bounds the search."""
    today = roster_facts.today(clinic_id, now)
    of, plan = today.problem, roster_plan.solve(today.problem, seconds=seconds)
    why, seating = Reasons(of, plan.seating), plan.seating
    placed = tuple(_placed(today, why, one) for one in of.waiters if seating.get(one.id))
    left = tuple(_left(today, why, one) for one in of.waiters if not seating.get(one.id))
    seatings = {"proposal": seating, "slack_aware": plan.greedy, "first_fit": first_fit(of)}
    helps = roster_help.most_helpful(of, seating, today.options)
    return Proposal(
        today=today,
        plan=plan,
        placed=placed,
        left=left,
        classes=tuple(
            ClassChange(row, tuple(one for one in placed if row in [it for it, _ in one.seats]))
            for row in today.rows.values()
        ),
        helps=roster_help.distinct(helps)[:HELP_SHOWN],
        compared={name: _tally(today, seating) for name, seating in seatings.items()},
    )


def _placed(today: Today, why: Reasons, one: Waiter) -> Placed:
    entry, episode = today.people[one.id]
    seats = tuple((today.rows[cls], today.begins[one.id, cls]) for cls in why.seating[one.id])
    return Placed(one, entry, episode, seats, why.because(one))


def _left(today: Today, why: Reasons, one: Waiter) -> Left:
    entry, episode = today.people[one.id]
    by_class = tuple((today.rows[cls], reasons) for cls, reasons in why.why_none(one))
    return Left(one, entry, episode, why.cannot_be_placed(one), by_class)


def _tally(today: Today, seating: Seating) -> tuple[Tally, ...]:
    found = []
    for tier in today.problem.tiers:
        has = [len(seating.get(one.id, ())) for one in today.problem.waiters if one.tier == tier]
        found.append(Tally(tier, len(has), sum(1 for n in has if n), sum(1 for n in has if n > 1)))
    return tuple(found)
