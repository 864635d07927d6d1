"""A discharge taken back: the same episode goes on, in its old turn, because a person says why."""

from __future__ import annotations

from sqlalchemy import exists, select

from clinic.extensions import db, transaction
from clinic.referrals import states
from clinic.referrals.models import EndReason, Episode, State
from clinic.viewer import Viewer

FINAL = frozenset({EndReason.DIED, EndReason.DUPLICATE, EndReason.WITHDRAWN})
"""A death is taken back where it was recorded; the other two need a new referral."""


class CannotReopen(Exception):
    """Why this episode stays ended; the text is for the page."""


@transaction()
def reopen(*, episode_id: int, reason: str, by: Viewer) -> State:
    """An ended episode goes on: waiting for a class if its band is confirmed, else being decided again.

    Seats given up at the end went to others; the turn on the list is the old one, by the referral's date.
    Raises CannotReopen.
    """
    episode = states.locked(episode_id)
    if episode.state is not State.ENDED:
        raise CannotReopen("This has not ended, so there is nothing to reopen.")
    if episode.ended_reason in FINAL:
        raise CannotReopen("This cannot be reopened. It needs a new referral.")
    if not reason.strip():
        raise CannotReopen("Say why it is reopened.")
    other = exists().where(Episode.patient_id == episode.patient_id, Episode.state != State.ENDED)
    if db.session.execute(select(other)).scalar_one():
        raise CannotReopen("This person has a newer referral that is open. Go on with that one.")
    to = State.WAITING if episode.confirmed_on is not None else State.BEING_DECIDED
    states.move(episode, to, by=by, reason="reopened", note=reason.strip())
    return to
