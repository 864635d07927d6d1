"""Signs of life, and the audit chain's sealer."""

from __future__ import annotations

from celery import shared_task

from clinic import audit
from clinic.access import services
from clinic.viewer import acting_as, system


@shared_task(name="access.heartbeat")
def heartbeat(name: str) -> None:
    with acting_as(system("heartbeat")):
        services.beat(name=name)


@shared_task(name="audit.seal")
def seal() -> None:
    with acting_as(system("audit")):
        audit.seal()
