"""How long the best roster takes to prove, and what it gains: `python -m benchmarks.roster [SEEDS]`.

400 people and 40 classes, drawn anew for each seed: once for a timetable that starts empty and once for a
running week with few seats left. Judged: every goal is proved, in less of one core's time than the page
gives itself, no rule is broken, no plain way is better, and no tier loses anything to the tiers behind it
(each tier is solved again without them). Shown, since they are facts about the drawn clinic and not promises:
the gains over walking down the list (first fit) and over the slack-aware walk, which also is what the search
starts from. First fit gives two seats to one person before the next has any, so it has more people with two
and fewer with one; most of that difference is the order of the goals, and what the search itself adds is the
gain over the slack-aware walk: a few people in a hundred.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as wall_time

from benchmarks.harness import Line, report
from clinic.classes import roster_plan
from clinic.classes.rules.capacity import BANDS, PHASES, Level, Staff, capacity
from clinic.classes.rules.placement import Candidate, ClassFacts
from clinic.classes.rules.ranking import Waiter
from clinic.classes.rules.roster_greedy import first_fit, slack_aware
from clinic.classes.rules.roster_model import Problem, Seating, broken, problem, worth

PEOPLE, CLASSES, SEEDS = 400, 40, 5
TODAY = date(2026, 11, 23)
STAFF = (Staff("physiotherapist"), Staff("instructor"))
LEVELS = (("P2", "intermediate", 4), ("P3", "low", 3), ("P2", "high", 2), ("P2", "low", 2), ("P1", "high", 1))
TIMES = (wall_time(9, 30), wall_time(11), wall_time(13, 30), wall_time(15))
VENUES = ("north", "south", "east", "west")
PAGE_SECONDS, PATIENCE = 5.0, 600.0
"""Seconds: on a busy machine too the search ends by itself; judged is the time of this process alone."""
STEPS = 4
"""Goals of one tier in the worth: seated, by wait, two a week, by wait."""


@dataclass(frozen=True)
class Round:
    """One drawn clinic, solved."""

    of: Problem
    plan: roster_plan.Plan
    seconds: float
    first_fit: Seating
    slack_aware: Seating

    @property
    def wrong(self) -> int:
        """Rules broken, plain ways that are better, and tiers that lose something to those behind them."""
        mine = worth(self.of, self.plan.seating)
        better = [one for one in (self.first_fit, self.slack_aware) if worth(self.of, one) > mine]
        return len(broken(self.of, self.plan.seating)) + len(better) + self._tiers_that_lose(mine)

    def _tiers_that_lose(self, mine: tuple[int, ...]) -> int:
        lost = 0
        for number, tier in enumerate(self.of.tiers, 1):
            ahead = problem([one for one in self.of.waiters if one.tier <= tier], self.of.classes)
            alone = worth(ahead, roster_plan.solve(ahead, seconds=PATIENCE).seating)
            lost += mine[: STEPS * number] != alone[: STEPS * number]
        return lost


def drawn(seed: int, *, running: bool, people: int = PEOPLE, classes: int = CLASSES) -> Problem:
    """A clinic as chance has it; of a running week's seats most are taken."""
    chance = random.Random(seed)
    return problem(
        [_person(chance, number) for number in range(people)],
        [_class(chance, number, running) for number in range(classes)],
    )


def measure(seeds: int = SEEDS) -> list[Line]:
    """Both arms over the seeds."""
    roster_plan.solve(problem([], []))
    return [line for running in (False, True) for line in _lines(running, seeds)]


def _lines(running: bool, seeds: int) -> Iterator[Line]:
    arm = "running week" if running else "empty timetable"
    rounds = [solved(drawn(seed, running=running)) for seed in range(1, seeds + 1)]
    took = [one.seconds for one in rounds]
    seats = statistics.median(sum(cls.free_standing for cls in one.of.classes) for one in rounds)
    yield Line(f"{arm}: free seats for {PEOPLE} people (median)", seats)
    yield Line(f"{arm}: seconds to proof, median", statistics.median(took))
    yield Line(f"{arm}: seconds to proof, longest", max(took), PAGE_SECONDS, at_least=False)
    yield Line(f"{arm}: proved in full, of {seeds}", sum(one.plan.proved for one in rounds), seeds)
    yield Line(f"{arm}: priority or rules broken", sum(one.wrong for one in rounds), 0, at_least=False)
    for name, what in (
        ("tier 1 seated", (1, 1)),
        ("all seated", (None, 1)),
        ("all with two a week", (None, 2)),
    ):
        best, greedy, fit = (
            [_count(one.of, seating, *what) for one, seating in zip(rounds, seatings, strict=True)]
            for seatings in (
                [one.plan.seating for one in rounds],
                [one.slack_aware for one in rounds],
                [one.first_fit for one in rounds],
            )
        )
        yield Line(f"{arm}: {name}, best roster (mean)", statistics.mean(best))
        yield from _gains(f"{arm}: {name}, more than first fit, %", best, fit)
        yield from _gains(f"{arm}: {name}, more than slack-aware, %", best, greedy)


def solved(of: Problem) -> Round:
    """The best roster and both plain ones, timed."""
    started = time.process_time()
    plan = roster_plan.solve(of, seconds=PATIENCE)
    return Round(of, plan, time.process_time() - started, first_fit(of), slack_aware(of))


def _gains(what: str, best: list[int], plain: list[int]) -> Iterator[Line]:
    gains = [100 * (a - b) / b for a, b in zip(best, plain, strict=True) if b]
    yield Line(f"{what} (mean)", statistics.mean(gains))
    yield Line(f"{what} (least)", min(gains))


def _count(of: Problem, seating: Seating, tier: int | None, seats: int) -> int:
    """How many of a tier, or of all, have this many seats or more."""
    people = (one for one in of.waiters if tier in (None, one.tier))
    return sum(len(seating.get(one.id, ())) >= seats for one in people)


def _person(chance: random.Random, number: int) -> Waiter:
    days = ((day, half) for day in range(5) for half in ("am", "pm"))
    candidate = Candidate(
        phase=chance.choices(PHASES, (1, 5, 4))[0],
        band=chance.choices(BANDS, (3, 5, 4))[0],
        halfdays=frozenset(one for one in days if chance.random() < 0.6),
        venues=frozenset(chance.sample(VENUES, chance.choice((1, 2, 2, 3)))),
        sessions_wanted=chance.choices((1, 2), (1, 3))[0],
        group_start=TODAY,
    )
    tier = chance.choices((1, 2), (1, 4))[0]
    return Waiter(f"{number:06}", tier, TODAY - timedelta(days=chance.randrange(90)), candidate)


def _class(chance: random.Random, number: int, running: bool) -> ClassFacts:
    phase, band, _ = chance.choices(LEVELS, [weight for _, _, weight in LEVELS])[0]
    level = Level(phase, band)
    seats = chance.randrange(5) if running else capacity(14, level, STAFF)
    where = chance.choice(VENUES)
    return ClassFacts(f"c{number:02}", level, chance.randrange(5), chance.choice(TIMES), where, seats)


if __name__ == "__main__":
    sys.exit(report(measure(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)))
