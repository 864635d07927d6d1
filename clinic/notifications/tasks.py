"""Wake-ups: each task calls one service, one at a time; the database knows what is due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import shared_task

from clinic.extensions import now
from clinic.notifications import delivery, outbox, reconcile
from clinic.notifications.single_flight import single_flight

log = logging.getLogger(__name__)


@shared_task(name="messages.deliver")
def deliver() -> None:
    """Send what is due."""
    _alone("messages.deliver", delivery.drain)


@shared_task(name="messages.plan")
def plan() -> None:
    """Plan the horizon."""
    _alone("messages.plan", lambda: outbox.plan(now()))


@shared_task(name="messages.reconcile")
def reconcile_unknown() -> None:
    """Find out what became of the unknown ones."""
    _alone("messages.reconcile", reconcile.reconcile)


def _alone(name: str, work: Callable[[], Any]) -> None:
    """A second beat, or a slow first run, changes nothing: who comes second leaves."""
    with single_flight(name) as first:
        if first:
            work()
