"""What this room does when another one says something; named in `clinic.wiring.EVENTS`."""

from __future__ import annotations

from sqlalchemy import select

from clinic.extensions import db
from clinic.referrals.models import EndReason, Episode, State
from clinic.referrals.states import move
from clinic.viewer import system


def patient_died(*, patient_id: int) -> None:
    """Her time with us ends in the same transaction (F7)."""
    query = select(Episode).where(Episode.patient_id == patient_id, Episode.state != State.ENDED)
    episode = db.session.scalars(query).first()
    if episode is not None:
        by = system("patient died", episode.clinic_id)
        move(episode, State.ENDED, by=by, reason="died", ended_reason=EndReason.DIED)
