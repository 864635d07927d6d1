"""A roster as an integer programme, solved by HiGHS, which is loaded when something is to be solved."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from clinic.classes.rules.roster_model import Pays, Problem, Seating, most

if TYPE_CHECKING:
    import highspy

NO_BOUND = sys.maxsize
WEEK = 7
OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,  # with one thread and one seed the same programme has the same answer
    "parallel": "off",
    "random_seed": 1,
    "mip_rel_gap": 0.0,  # everything counted is a whole number: proved to the last one
    "mip_abs_gap": 0.5,
}


class Programme:
    """A column for each seat somebody may have, one for having any, one for having two; all are 0 or 1."""

    def __init__(self, of: Problem) -> None:
        self.of, self.spent = of, 0.0
        self.people = [one for one in of.waiters if of.suits[one.id]]
        self.seat: dict[tuple[str, str], int] = {}
        self.first: dict[str, int] = {}
        self.second: dict[str, int] = {}
        self.rows: list[tuple[float, float, dict[int, float]]] = []
        self._columns()
        self._seats_of_classes()
        self._seats_of_people()

    def if_seats_for_all(self, pay: Pays) -> int:
        """What a goal would give if every class that suits had a seat for everybody."""
        first = sum(pay.first.get(one, 0) for one in self.first)
        return first + sum(pay.second.get(one, 0) for one in self.second)

    def hold(self, pay: Pays, at_least: int) -> None:
        """From now on every arrangement gives at least this much of a goal."""
        columns = {column: cost for column, cost in enumerate(self._cost(pay)) if cost}
        self.rows.append((at_least, math.inf, columns))

    def search(self, pay: Pays, start: Seating, *, seconds: float) -> tuple[Seating | None, int]:
        """The best arrangement found in this time, from `start` on, and the bound proved for every other."""
        import highspy

        solver = highspy.Highs()
        for option, setting in {**OPTIONS, "time_limit": seconds}.items():
            solver.setOptionValue(option, setting)
        self._pass(solver, highspy, self._cost(pay))
        self._start(solver, start)
        solver.run()
        self.spent += solver.getRunTime()
        info = solver.getInfo()
        bound = info.mip_dual_bound
        at_most = math.floor(bound + 1e-6) if math.isfinite(bound) else NO_BOUND
        if solver.solutionStatusToString(info.primal_solution_status) != "Feasible":
            return None, at_most
        return self._seating(solver.getSolution().col_value), at_most

    def _columns(self) -> None:
        for one in self.people:
            self.first[one.id] = self._width
            if most(one.candidate) == 2:
                self.second[one.id] = self._width
            for cls in self.of.suits[one.id]:
                self.seat[one.id, cls.id] = self._width

    @property
    def _width(self) -> int:
        return len(self.seat) + len(self.first) + len(self.second)

    def _seats_of_classes(self) -> None:
        for cls in self.of.classes:
            here = [one for one in self.people if (one.id, cls.id) in self.seat]
            columns = {self.seat[one.id, cls.id]: 1.0 for one in here}
            self.rows.append((-math.inf, cls.free_standing, columns))
            if cls.room_left is not None:
                brings = {self.seat[one.id, cls.id]: 1.0 + one.candidate.brings for one in here}
                self.rows.append((-math.inf, cls.room_left, brings))

    def _seats_of_people(self) -> None:
        """Seats add up to a first and a second; of two neighbouring days at most one, round the week."""
        for one in self.people:
            mine = {cls: self.seat[one.id, cls.id] for cls in self.of.suits[one.id]}
            first, second = self.first[one.id], self.second.get(one.id)
            has = dict.fromkeys(mine.values(), 1.0) | {first: -1.0}
            if second is not None:
                has[second] = -1.0
                self.rows.append((0.0, math.inf, {first: 1.0, second: -1.0}))
            self.rows.append((0.0, 0.0, has))
            for day in range(WEEK) if second is not None else ():
                near = [column for cls, column in mine.items() if cls.weekday in {day, (day + 1) % WEEK}]
                if len(near) > 1:
                    self.rows.append((-math.inf, 1.0, dict.fromkeys(near, 1.0)))

    def _cost(self, pay: Pays) -> list[float]:
        cost = [0.0] * self._width
        for person, column in self.first.items():
            cost[column] = float(pay.first.get(person, 0))
        for person, column in self.second.items():
            cost[column] = float(pay.second.get(person, 0))
        for both, column in self.seat.items():
            cost[column] = float(pay.seat.get(both, 0))
        return cost

    def _pass(self, solver: highspy.Highs, highs: Any, cost: list[float]) -> None:
        starts: list[int] = []
        indices: list[int] = []
        values: list[float] = []
        for _, _, columns in self.rows:
            starts.append(len(indices))
            indices += columns.keys()
            values += columns.values()
        solver.passModel(
            len(cost),
            len(self.rows),
            len(indices),
            int(highs.MatrixFormat.kRowwise),
            int(highs.ObjSense.kMaximize),
            0.0,
            cost,
            [0.0] * len(cost),
            [1.0] * len(cost),
            [low for low, _, _ in self.rows],
            [high for _, high, _ in self.rows],
            starts,
            indices,
            values,
            [int(highs.HighsVarType.kInteger)] * len(cost),
        )

    def _start(self, solver: highspy.Highs, start: Seating) -> None:
        """What is known already is where the search begins."""
        values = [0.0] * self._width
        for person, classes in start.items():
            for cls in classes:
                values[self.seat[person, cls]] = 1.0
            values[self.first[person]] = 1.0
            if len(classes) > 1:
                values[self.second[person]] = 1.0
        solver.setSolution(len(values), list(range(len(values))), values)

    def _seating(self, values: Iterable[float]) -> Seating:
        chosen = list(values)
        seating: dict[str, tuple[str, ...]] = {}
        for (person, cls), column in self.seat.items():  # in the order of the list, then of the week
            if chosen[column] > 0.5:
                seating[person] = (*seating.get(person, ()), cls)
        return seating
