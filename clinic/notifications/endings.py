"""What notifications does when something ends elsewhere: handlers of domain events."""

from __future__ import annotations

from clinic.notifications import settling
from clinic.viewer import acting_as, system


def patient_died(*, patient_id: int) -> None:
    """No text leaves any more, planned or held; what is in flight is refused at the next claim (F7)."""
    with acting_as(system("notifications")):
        settling.hush(patient_id, "died")
