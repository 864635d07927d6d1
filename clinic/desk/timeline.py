"""One patient, one timeline: every room's lines, newest first, filtered by who is asking."""

from __future__ import annotations

from clinic.extensions import wiring
from clinic.patients.timeline import Line
from clinic.viewer import Kind, Viewer


def of_patient(patient_id: int, viewer: Viewer) -> list[Line]:
    """What happened, from all the rooms; a referrer does not see the staff's own lines."""
    lines = [line for provider in wiring().TIMELINE for line in provider(patient_id)]
    if viewer.kind is not Kind.STAFF:
        lines = [line for line in lines if not line.staff_only]
    return sorted(lines, key=lambda line: line.at, reverse=True)
