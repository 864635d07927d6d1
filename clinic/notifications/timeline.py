"""What the patient's timeline says of texts: one line each, its words for staff only."""

from __future__ import annotations

from clinic.notifications import queries
from clinic.patients.timeline import Line

NOT_LEFT = ("planned", "suppressed", "superseded", "parked")
"""Written for a claim, and put off or stopped since: nobody has been texted."""


def lines(patient_id: int) -> list[Line]:
    """TIMELINE: what we sent and what she wrote."""
    return [
        Line(
            at=said.at,
            room="notifications",
            text=f"We texted: {said.purpose.replace('_', ' ')}" if said.ours else "A text came in",
            detail=said.body,
            href=f"/messages/thread/{patient_id}",
            staff_only=True,
        )
        for said in queries.thread(patient_id)
        if said.state not in NOT_LEFT
    ]
