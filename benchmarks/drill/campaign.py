"""One seed of the soak: messages trickle in while dispatchers are killed, stopped and lied to."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.drill.judge import Verdict, judge, states
from benchmarks.drill.world import Forked, World, wait_until
from clinic.app import create_app
from clinic.notifications.timing import Timing

FAILPOINTS = ("after_claim", "before_post", "after_accept", "before_record", "mid_record")
DISPATCHERS = 3
QUIET_S = 240.0
LIVES_S = 6.0  # a dispatcher that has met no failpoint is killed after at most this


@dataclass
class Campaign:
    """Everything random comes from the seed; the database's and the processes' own timing does not."""

    seed: int
    messages: int
    kills: int
    scale: float = 0.05

    def run(self, database: Any, folder: Path) -> tuple[Verdict, dict[str, float]]:
        """Fill, kill, heal, wait until nothing is undecided, judge."""
        chance = Random(self.seed)
        world = World(create_app, database, folder, scale=self.scale)
        try:
            world.start_provider(listing_lag_most=1.0)
            world.start_web()
            world.faults(*self._faults(chance))
            killed, stopped = self._kill_while_filling(world, chance)
            world.heal()
            healed = time.monotonic()
            world.start_dispatcher()
            self._quiet(world)
            settled = time.monotonic() - healed
        finally:
            world.stop()
        with world.app.app_context():
            verdict, ended = judge(world.accepts()), states()
        figures = {
            "kills": killed,
            "stops": stopped,
            "settled_s": round(settled, 1),
            "unknown": ended["unknown"],
        }
        return verdict, figures

    def _quiet(self, world: World) -> None:
        try:
            wait_until(lambda: world.open_count() == 0, QUIET_S)
        except TimeoutError:
            with world.app.app_context():
                print(f"seed {self.seed} does not come to rest: {dict(states())}", file=sys.stderr)
            print((world.folder / "processes.log").read_text()[-4000:], file=sys.stderr)

    def _kill_while_filling(self, world: World, chance: Random) -> tuple[int, int]:
        """A wave of messages for every kill, so that there is always something to lose."""
        wave, filled, killed, stopped = -(-self.messages // self.kills), 0, 0, 0
        alive = [self._start(world, chance) for _ in range(DISPATCHERS)]
        born = {process.pid: time.monotonic() for process in alive}
        while killed < self.kills:
            if filled < self.messages:
                world.fill(min(wave, self.messages - filled), first=filled)
                filled += wave
            victim = self._next_to_die(alive, born, chance)
            if victim.alive and chance.random() < 0.1:
                self._stop_for_a_while(victim)
                stopped += 1
            victim.kill()
            killed += 1
            alive.remove(victim)
            replacement = self._start(world, chance)
            alive.append(replacement)
            born[replacement.pid] = time.monotonic()
        for process in alive:
            process.kill()
        if filled < self.messages:
            world.fill(self.messages - filled, first=filled)
        return killed + len(alive), stopped

    def _start(self, world: World, chance: Random) -> Forked:
        point = f"{chance.choice(FAILPOINTS)}:{chance.randint(1, 12)}" if chance.random() < 0.6 else ""
        return world.start_dispatcher(point)

    def _next_to_die(self, alive: list[Forked], born: dict[int, float], chance: Random) -> Forked:
        """The first that meets its failpoint, or the oldest when its time is up."""
        ends = time.monotonic() + chance.uniform(0.1, 1.5)
        while True:
            for process in alive:
                if not process.alive:
                    return process
            oldest = alive[0]
            if time.monotonic() > ends and time.monotonic() - born[oldest.pid] > chance.uniform(0.3, LIVES_S):
                return oldest
            time.sleep(0.02)

    def _stop_for_a_while(self, process: Forked) -> None:
        """A process that sleeps past its lease and comes back."""
        process.signal(signal.SIGSTOP)
        time.sleep(Timing().lease * self.scale * 1.2)
        process.signal(signal.SIGCONT)
        time.sleep(0.5)

    def _faults(self, chance: Random) -> list[dict[str, Any]]:
        """Each bites at random for the whole campaign; rates differ by seed."""

        def rule(kind: str, most: float, **more: Any) -> dict[str, Any]:
            seed = chance.randrange(2**31)
            return {"kind": kind, "count": None, "chance": chance.uniform(0, most), "seed": seed, **more}

        return [
            rule("throttle", 0.06, seconds=1),
            rule("unavailable", 0.04),
            rule("error_after_accept", 0.05),
            rule("reset", 0.03),
            rule("reset_after_accept", 0.04),
            rule("reset_after_headers", 0.03),
            rule("hang", 0.02, seconds=2),
            rule("slow", 0.05, seconds=0.2),
            rule("garbage", 0.03),
            rule("drop_callbacks", 0.2),
            rule("duplicate_callbacks", 0.2, times=3),
            rule("reverse_callbacks", 0.2),
            rule("late_callbacks", 0.1, seconds=3),
            rule("callback_first", 0.1),
            rule("listing_lag", 0.1, seconds=4),
            rule("outcome", 0.03),
        ]
