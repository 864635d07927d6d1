"""The only writer of an episode's state: every move is legal, written down, dated and told to the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db, emit, in_transaction, now, transaction
from clinic.referrals.models import EndReason, Episode, State, StateChange
from clinic.referrals.rules import moves
from clinic.viewer import Viewer


class CannotMove(Exception):
    """The episode is not where the caller thought, or that move does not exist."""


def locked(episode_id: int, *, version: int | None = None) -> Episode:
    """The episode under its row lock, freshly read; the first lock of every service that may emit.

    Raises CannotMove when `version` is given and somebody changed the episode meanwhile.
    """
    episode = db.session.scalars(
        select(Episode)
        .where(Episode.id == episode_id)
        .with_for_update(of=Episode)
        .execution_options(populate_existing=True)
    ).one()
    if version is not None and episode.version != version:
        raise CannotMove("Somebody else changed this referral meanwhile. Look again before you decide.")
    return episode


def begin(*, by: Viewer, next_on: date, **facts: Any) -> Episode:
    """A new episode, being decided; takes part in the caller's transaction."""
    _insist_on_transaction()
    episode = Episode(state=State.BEING_DECIDED, next_step="decide", next_on=next_on, **facts)
    db.session.add(episode)
    db.session.flush()
    _write_down(episode, before=None, reason="received", note=None, by=by)
    return episode


@transaction()
def move(
    episode: Episode,
    to: State,
    *,
    by: Viewer,
    reason: str | None = None,
    note: str | None = None,
    next_on: date | None = None,
    next_step: str | None = None,
    ended_reason: EndReason | None = None,
) -> Episode:
    """Move an episode and keep its promise: an open one always has a next step and a clinic date for it.

    Emits `episode_moved`, and `episode_ended` at the end. Raises CannotMove for a move that does not exist,
    ValueError for an end without a reason or a reason without an end.
    """
    if (to is State.ENDED) != (ended_reason is not None):
        raise ValueError("an end needs its coded reason, and nothing else has one")
    before = locked(episode.id).state
    if not moves.allowed(before, to):
        raise CannotMove(_why_not(before, to))
    today = access.local(episode.clinic_id, now()).date()
    episode.state = to
    episode.ended_reason, episode.ended_on = ended_reason, today if ended_reason else None
    _plan(episode, next_on, next_step, today)
    if ended_reason:
        episode.suspended_at = episode.suspended_reason = None
    reason = reason or (ended_reason.value if ended_reason else None)
    _write_down(episode, before=before, reason=reason, note=note, by=by)
    emit("episode_moved", episode_id=episode.id)
    if ended_reason:
        emit("episode_ended", episode_id=episode.id, reason=ended_reason.value)
    return episode


@transaction()
def put_back(
    episode: Episode, to: State, *, by: Viewer, reason: str, next_on: date, next_step: str
) -> Episode:
    """An end that was a mistake of ours is taken back, to the very state it had; an ended episode only.

    Emits `episode_moved`. Raises CannotMove for an episode that has not ended.
    """
    before = locked(episode.id).state
    if before is not State.ENDED:
        raise CannotMove("Only what has ended can be put back.")
    episode.state, episode.next_on, episode.next_step = to, next_on, next_step
    episode.ended_reason = episode.ended_on = None
    _write_down(episode, before=before, reason=reason, note=None, by=by)
    emit("episode_moved", episode_id=episode.id)
    return episode


@transaction()
def plan_next(episode: Episode, *, by: Viewer, next_on: date, next_step: str | None = None) -> Episode:
    """The same state, with another date or step; an open episode only."""
    locked(episode.id)
    if episode.state is State.ENDED:
        raise CannotMove("An ended episode has no next step.")
    episode.next_on, episode.next_step = next_on, next_step or episode.next_step
    episode.version += 1
    audit.record("episode.planned", by=by, about=episode, next_step=episode.next_step)
    return episode


def _why_not(before: State, to: State) -> str:
    """A refused move in words for a page: what it is now, and that somebody looks again."""
    now_is, wanted = (state.value.replace("_", " ") for state in (before, to))
    if before is to:
        return f"This referral is {now_is} already. Look again before you decide."
    return (
        f"This referral is {now_is}, and from there it cannot become {wanted}. Look again before you decide."
    )


def _plan(episode: Episode, next_on: date | None, next_step: str | None, today: date) -> None:
    episode.next_step = next_step or moves.NEXT[episode.state].step
    if episode.state is State.ENDED:
        episode.next_on = None
    else:
        working = access.working_day(episode.clinic_id)
        episode.next_on = next_on or moves.next_date(episode.state, today, working)


def _write_down(
    episode: Episode, *, before: State | None, reason: str | None, note: str | None, by: Viewer
) -> None:
    if before is not None:
        episode.version += 1
    db.session.add(
        StateChange(
            clinic_id=episode.clinic_id,
            organisation_id=episode.organisation_id,
            patient_id=episode.patient_id,
            episode_id=episode.id,
            before=before,
            after=episode.state,
            reason=reason,
            note=note,
            by=by.label,
        )
    )
    audit.record(
        "episode.moved",
        by=by,
        about=episode,
        before=before.value if before else None,
        after=episode.state.value,
        reason=reason,
    )


def _insist_on_transaction() -> None:
    if not in_transaction():
        raise RuntimeError("an episode begins inside transaction()")
