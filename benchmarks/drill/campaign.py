"""One seed of the soak: messages trickle in while dispatchers are killed, stopped and lied to."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.drill.calamities import Calamities
from benchmarks.drill.judge import Verdict, judge, states
from benchmarks.drill.machines import Postgres
from benchmarks.drill.processes import Forked, wait_until
from benchmarks.drill.script import script
from benchmarks.drill.world import World
from clinic.app import create_app
from clinic.notifications.timing import Timing

FAILPOINTS = ("after_claim", "before_post", "at_the_wire", "after_accept", "before_record", "mid_record")
DISPATCHERS = 3
QUIET_S = 240.0
LIVES_S = 6.0  # a dispatcher that has met no failpoint is killed after at most this
DRAINED_S = 120.0  # P2: this long after all is well again, nothing that is due may still wait


@dataclass
class Campaign:
    """Everything random comes from the seed; the servers' and the processes' own timing does not."""

    seed: int
    messages: int
    kills: int
    postgres: Postgres
    scale: float = 0.05
    happened: Counter[str] = field(default_factory=Counter)

    def run(self, database: Any, folder: Path) -> tuple[Verdict, dict[str, float]]:
        """Fill, kill, heal, wait until nothing is undecided, judge."""
        chance = Random(self.seed)
        world = World(create_app, database, folder, scale=self.scale, with_redis=True)
        try:
            world.start_provider(listing_lag_most=1.0)
            world.start_web()
            world.start_celery()
            world.faults(*script(chance))
            self._kill_while_filling(world, chance)
            self.happened["dropped"] = world.used_faults("unavailable", "reset")
            world.heal()
            world.start_dispatcher()
            drained, settled = self._quiet(world)
        finally:
            world.stop()
        with world.app.app_context():
            verdict, ended = judge(world.accepts(), world.changes), states()
        if drained > DRAINED_S:
            verdict.late.append(f"what was due still waited {drained:.0f} s after all was well")
        times = {"drained_s": round(drained, 1), "settled_s": round(settled, 1)}
        return verdict, {**self.happened, **times, "unknown": ended["unknown"]}

    def _quiet(self, world: World) -> tuple[float, float]:
        """Seconds until nothing is waiting to be sent, and until nothing is undecided."""
        healed = time.monotonic()
        try:
            wait_until(lambda: world.open_count(doubts=False) == 0, QUIET_S)
            drained = time.monotonic() - healed
            wait_until(lambda: world.open_count() == 0, QUIET_S)
        except TimeoutError:
            with world.app.app_context():
                print(f"seed {self.seed} does not come to rest: {dict(states())}", file=sys.stderr)
            print((world.folder / "processes.log").read_text()[-4000:], file=sys.stderr)
            return QUIET_S, QUIET_S
        return drained, time.monotonic() - healed

    def _kill_while_filling(self, world: World, chance: Random) -> None:
        """A wave of messages for every kill, so that there is always something to lose."""
        calamities = Calamities(world, self.postgres, chance)
        coming = calamities.drawn(self.kills)
        wave, filled = -(-self.messages // self.kills), 0
        alive = [self._start(world, chance) for _ in range(DISPATCHERS)]
        for turn in range(self.kills):
            if filled < self.messages:
                count = min(wave, self.messages - filled)
                world.fill(count, first=filled)
                world.change_some(chance, first=filled, count=count)
                filled += count
            for name in coming.get(turn, []):
                calamities.befall(name)
            victim = self._next_to_die(alive, chance)
            if victim.stopped:
                self._wake_after_its_lease(victim)
            victim.kill()
            self.happened["kills"] += 1
            alive.remove(victim)
            alive.append(self._start(world, chance))
        for process in alive:
            process.kill()
        self.happened.update(calamities.counts)

    def _start(self, world: World, chance: Random) -> Forked:
        """Two in three meet a failpoint: most die there, some only stop."""
        point = ""
        if chance.random() < 0.67:
            point = f"{chance.choice(FAILPOINTS)}:{chance.randint(1, 8)}"
            if chance.random() < 0.3:  # met early, or a dispatcher of a short life never meets it
                point = f"{chance.choice(('before_post', 'at_the_wire'))}:{chance.randint(1, 3)}:stop"
        return world.start_dispatcher(point)

    def _next_to_die(self, alive: list[Forked], chance: Random) -> Forked:
        """The first that meets its failpoint, or the oldest when its time is up."""
        ends = time.monotonic() + chance.uniform(0.1, 1.5)
        while True:
            for process in alive:
                if not process.alive or process.stopped:
                    return process
            oldest = alive[0]
            if time.monotonic() > ends and time.monotonic() - oldest.born > chance.uniform(0.3, LIVES_S):
                return oldest
            time.sleep(0.02)

    def _wake_after_its_lease(self, process: Forked) -> None:
        """A process that slept past its lease comes back, and is given time to do harm."""
        time.sleep(Timing().lease * self.scale * 1.2)
        process.wake()
        time.sleep(0.5)
        self.happened["stops"] += 1
