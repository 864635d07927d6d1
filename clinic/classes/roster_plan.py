"""The best roster there is, goal by goal, with the proof: seats held already are fixed, new ones proposed.

Each goal of the worth (`rules.roster_model`) is solved exactly and then held as a condition of the next, so
strict priority is never traded away. The same people and classes give the same answer. When the time is over,
the best found stays, and how much better it could at most be is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from clinic.classes.roster_solver import Programme
from clinic.classes.rules.roster_greedy import slack_aware
from clinic.classes.rules.roster_model import Goal, Problem, Seating, goals, pays, value

SECONDS = 20.0


@dataclass(frozen=True)
class Proof:
    """One goal: what the proposal reaches, and the most that any arrangement could."""

    goal: Goal
    reached: int
    at_most: int

    @property
    def proved(self) -> bool:
        return self.reached == self.at_most


@dataclass(frozen=True)
class Plan:
    """A proposed seating with its proofs, the plain one it is measured against, and the seconds it took."""

    seating: Seating
    greedy: Seating
    proofs: tuple[Proof, ...]
    seconds: float

    @property
    def proved(self) -> bool:
        return all(one.proved for one in self.proofs)


def solve(of: Problem, *, seconds: float = SECONDS) -> Plan:
    """The arrangement of greatest worth; never worse than `slack_aware`, which stands when time is over.

    `seconds` bounds the search as a whole: each goal has what the goals before it left.
    """
    programme = Programme(of)
    greedy = slack_aware(of)
    best: Seating = greedy
    proofs = []
    for goal in goals(of):
        pay = pays(of, goal)
        reached, at_most = value(pay, best), programme.if_seats_for_all(pay)
        if reached < at_most and programme.spent < seconds:
            found, bound = programme.search(pay, best, seconds=seconds - programme.spent)
            if found is not None and value(pay, found) > reached:
                best, reached = found, value(pay, found)
            at_most = max(reached, min(at_most, bound))
        programme.hold(pay, reached)
        proofs.append(Proof(goal, reached, at_most))
    return Plan(best, greedy, tuple(proofs), programme.spent)
