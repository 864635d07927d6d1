"""Clocks that run out are told again."""

from __future__ import annotations

from celery import shared_task

from clinic.extensions import now
from clinic.viewer import acting_as, system
from clinic.worklist import services


@shared_task(name="worklist.escalate")
def escalate() -> None:
    with acting_as(system("worklist")) as by:
        services.escalate_due(moment=now(), by=by)
