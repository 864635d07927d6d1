"""Who stays away is ended by a person only, after a call and a letter, and some people never (F30)."""

from __future__ import annotations

from sqlalchemy import exists, select

from clinic.classes.models import Outcome, Place
from clinic.classes.rules.attendance import why_not_end
from clinic.desk import said
from clinic.extensions import db, transaction
from clinic.patients import needs
from clinic.patients import queries as patients
from clinic.referrals import ending, states
from clinic.referrals.models import EndReason, Episode, Letter
from clinic.referrals.problems import Incomplete
from clinic.viewer import Viewer


@transaction()
def end(
    *, episode_id: int, reason: str, note: str, telephoned: bool, by: Viewer, onward: str = ""
) -> Episode:
    """`referrals.ending.end`, with what the register knows; `onward`: where they go on, asked after once.

    Raises Incomplete, NotAllowed, CannotMove.
    """
    episode = states.locked(episode_id)
    if reason == EndReason.LOST_CONTACT and (why_not := _why_not(episode, telephoned)):
        raise Incomplete("telephoned", why_not)
    ended = ending.end(episode_id=episode_id, reason=reason, note=note, by=by)
    if onward.strip():
        said.passed_on(patient=patients.patient(episode.patient_id), to=onward, by=by)
    return ended


def _why_not(episode: Episode, telephoned: bool) -> str | None:
    query = select(Place.outcome).where(Place.episode_id == episode.id, Place.outcome != Outcome.EXPECTED)
    statuses = list(db.session.scalars(query.order_by(Place.local_date, Place.id)))
    if not statuses:  # never booked a session that came: there is nothing to write about
        return None if telephoned else "Ring them first, and say here that you did."
    written = exists().where(Letter.episode_id == episode.id, Letter.kind == "did_not_attend")
    return why_not_end(
        [outcome.value for outcome in statuses],
        called=telephoned,
        written=db.session.execute(select(written)).scalar_one(),
        exempt=needs.WELFARE in (patients.patient(episode.patient_id).needs or {}),
    )
