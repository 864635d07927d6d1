"""Worker, beat and simulator inside the one web process, for a laptop: broker on `memory://`.

Nothing depends on them for safety: every message is a row, so stopping anywhere loses nothing.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from celery.apps.worker import Worker
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from flask import Flask

from clinic.config import Config

Phones = Sequence[tuple[str, str]]
STOP_WITHIN = 5.0  # seconds given to a batch in flight


class MoreThanOneProcess(SystemExit):
    """A memory broker lives in one process; a second one would never hear its tasks."""


def refuse_many(config: Config, workers: int) -> None:
    """More than one web process needs a broker of its own: set REDIS_URL. Raises MoreThanOneProcess."""
    if config.embedded and workers > 1:
        raise MoreThanOneProcess(
            f"{workers} web processes cannot share a memory broker: set REDIS_URL, or use one process."
        )


def start(app: Flask, phones: Phones = ()) -> Callable[[], None]:
    """Start the parts that no server outside does; the answer stops them. `phones` are (number, label)."""
    config: Config = app.extensions["upright_config"]
    stops: list[Callable[[], None]] = []
    if config.sms_provider == "simulator" and config.demo:
        stops.append(_simulator(config, phones))
    if config.embedded:
        stops += [_worker(app.extensions["celery"]), _beat(app.extensions["celery"], config)]

    def stop() -> None:
        for part in reversed(stops):
            part()

    return stop


def _worker(celery: Any) -> Callable[[], None]:
    celery.conf.broker_transport_options = {"polling_interval": 0.1}
    warnings.filterwarnings("ignore", category=SecurityWarning)  # tasks here carry ids, never pickles
    worker: Any = Worker(
        app=celery,
        pool="solo",
        loglevel="WARNING",
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        quiet=True,
    )
    thread = threading.Thread(target=worker.start, name="celery-worker", daemon=True)
    thread.start()

    def stop() -> None:
        worker.should_stop = True
        threading.Thread(target=worker.stop, daemon=True).start()
        thread.join(STOP_WITHIN)

    return stop


def _beat(celery: Any, config: Config) -> Callable[[], None]:
    filename = str(config.instance_dir / "beat")
    service: Any = EmbeddedService(celery, thread=True, schedule_filename=filename)
    service.daemon = True
    service.start()

    def stop() -> None:
        service.service.stop(wait=False)

    return stop


def _simulator(config: Config, phones: Phones) -> Callable[[], None]:
    from clinic.simulator import server  # its own part: imported where it is used, never in production

    handle = server.start(
        config.simulator_port,
        config.instance_dir / "simulator.sqlite3",
        account_sid=config.twilio_account_sid,
        auth_token=config.twilio_auth_token.get_secret_value(),
        webhook_base_url=f"http://127.0.0.1:{config.port}",
        phones=tuple(phones),
    )
    return handle.stop
