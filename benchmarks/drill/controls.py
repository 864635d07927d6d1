"""The harness is shown to bite: two senders as they are usually written, under the same faults and kills."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from celery import Celery

from benchmarks.drill.judge import judge
from benchmarks.drill.processes import wait_until
from benchmarks.drill.world import World
from clinic.app import create_app
from clinic.extensions import db
from clinic.notifications.models import Message
from clinic.viewer import acting_as, system

MESSAGES = 80
FAULT = {"kind": "error_after_accept", "chance": 0.3, "count": None}


def send_then_record(database: Any) -> dict[str, int]:
    """Post, record, post again what was not recorded; killed three times. Its breaches."""
    with tempfile.TemporaryDirectory() as folder:
        database.empty()
        world = World(create_app, database, Path(folder), scale=0.05)
        try:
            world.fill(MESSAGES)
            world.start_provider()
            world.faults(FAULT)
            for count in (15, 30, 45, MESSAGES + 15):  # more accepts than texts
                sender = world.start_dispatcher(role="naive")
                wait_until(lambda most=count: _accepts(world) >= most, 120)
                sender.kill()
        finally:
            world.stop()
        return _breaches(world)


def celery_task_each(database: Any) -> dict[str, int]:
    """One task a text, with retries; its worker is killed, its Redis emptied once. Its breaches."""
    with tempfile.TemporaryDirectory() as folder:
        database.empty()
        world = World(create_app, database, Path(folder), scale=0.05, with_redis=True)
        try:
            world.fill(MESSAGES)
            world.start_provider()
            world.faults(FAULT, {"kind": "slow", "seconds": 0.05, "count": None})
            queue = Celery("naive", broker=world.redis.url, set_as_current=False)
            ids = _ids(world)
            _enqueue(queue, ids[:60])
            for count in (30, 60):  # the second lives until its queue is empty: retries are sent again
                worker = world.start_celery_worker("benchmarks.drill.naive_celery", "--concurrency=2")
                wait_until(lambda most=count: _accepts(world) >= most or not _waiting(queue), 120)
                time.sleep(3 if count == 60 else 0)
                world.kill_with_children(worker)
            _enqueue(queue, ids[60:])
            world.redis.flush()
            world.start_celery_worker("benchmarks.drill.naive_celery", "--concurrency=2")
            time.sleep(8)
        finally:
            world.stop()
        return _breaches(world)


def _enqueue(queue: Celery, ids: list[int]) -> None:
    for message_id in ids:
        queue.send_task("benchmarks.drill.naive_celery.send", (message_id,))


def _waiting(queue: Celery) -> int:
    with queue.connection_or_acquire() as connection:
        return int(connection.default_channel.client.llen("celery"))


def _ids(world: World) -> list[int]:
    with world.app.app_context(), acting_as(system("drill")):
        return list(db.session.scalars(db.select(Message.id).order_by(Message.id)))


def _accepts(world: World) -> int:
    return sum(1 for _ in world.accepts())


def _breaches(world: World) -> dict[str, int]:
    with world.app.app_context():
        return judge(world.accepts()).breaches
