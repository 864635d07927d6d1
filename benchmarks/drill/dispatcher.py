"""A dispatcher as a process of its own: deliver, reconcile, again; until SIGTERM, or a kill."""

from __future__ import annotations

import logging
import signal
import time
from types import FrameType

from flask import Flask

from clinic.extensions import db
from clinic.notifications import delivery, reconcile

PAUSE_S = 0.05
RECONCILE_EVERY_S = 0.5

stopping = False


def _stop(number: int, frame: FrameType | None) -> None:
    global stopping
    stopping = True


def run(app: Flask) -> None:
    signal.signal(signal.SIGTERM, _stop)
    reconciled = 0.0
    while not stopping:
        with app.app_context():
            try:
                counts = delivery.drain(seconds=RECONCILE_EVERY_S)
                if time.monotonic() - reconciled > RECONCILE_EVERY_S:
                    reconcile.reconcile()
                    reconciled = time.monotonic()
            except Exception:  # as a worker's tick: it is written down, and the next one tries again
                logging.getLogger(__name__).exception("a tick failed")
                db.session.rollback()
                counts = {"claimed": 0}
        if not counts["claimed"]:
            time.sleep(PAUSE_S)
