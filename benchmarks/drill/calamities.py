"""What befalls the world around the dispatchers: its database, disk, broker, web process and clocks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random

from benchmarks.drill.machines import Postgres
from benchmarks.drill.world import World

NO_DISK = "disk full is left out: it needs root, to mount a small disk"
NO_CLOCK = "clocks that jump are left out; for them type:  sudo apt-get install -y libfaketime"


class Calamities:
    """Each kind at least once a seed, in an order and at moments drawn from it; counted as they happen."""

    def __init__(self, world: World, postgres: Postgres, chance: Random) -> None:
        self.world, self.postgres, self.chance = world, postgres, chance
        self.counts = dict.fromkeys(("database", "disk", "redis", "web", "clock"), 0)
        self._kinds: dict[str, Callable[[], None]] = {
            "database": self._database,
            "redis": self._redis,
            "web": self._web,
        }
        for name, possible, happens, sorry in (
            ("disk", postgres.disk, self._disk, NO_DISK),
            ("clock", world.odd_clock is not None, self._clock, NO_CLOCK),
        ):
            if possible:
                self._kinds[name] = happens
            else:
                print(sorry, file=sys.stderr)

    def drawn(self, moments: int) -> dict[int, list[str]]:
        """Which befall at which of `moments`; the web process twice, since callbacks always arrive."""
        happen: dict[int, list[str]] = {}
        for name in [*self._kinds, "web"]:
            happen.setdefault(self.chance.randrange(moments), []).append(name)
        return happen

    def befall(self, name: str) -> None:
        self._kinds[name]()
        self.counts[name] += 1

    def _database(self) -> None:
        self.postgres.crash()
        time.sleep(self.chance.uniform(0, 1.5))
        self.postgres.start()

    def _disk(self) -> None:
        """Full for a few seconds while texts are sent; PostgreSQL may give up and is then started again."""
        self.postgres.fill_disk()
        time.sleep(self.chance.uniform(1, 3))
        self.postgres.free_disk()
        time.sleep(0.2)
        self.postgres.start()

    def _redis(self) -> None:
        self.world.redis.flush()
        self.world.redis.kill()
        time.sleep(self.chance.uniform(0, 2))
        self.world.redis.start()

    def _web(self) -> None:
        """Killed while callbacks arrive; those that find nobody are lost, as in life."""
        self.world.kill_web()
        time.sleep(self.chance.uniform(0, 1))
        self.world.start_web()

    def _clock(self) -> None:
        """One dispatcher's clock is wrong by more than a lease, then put right while it runs."""
        assert self.world.odd_clock is not None
        self.world.odd_clock.write_text(f"{self.chance.choice([-60, -20, 20, 60]):+d}")
        odd = self.world.start_dispatcher(nursery="odd")
        time.sleep(self.chance.uniform(0.5, 2))
        self.world.odd_clock.write_text("+0")  # put right while it runs
        time.sleep(0.5)
        odd.kill()
