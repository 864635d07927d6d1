"""Stop at once, start again on purpose: a suspension reaches seats and prompts in the same transaction."""

from __future__ import annotations

from clinic import audit
from clinic.extensions import emit, now, transaction
from clinic.referrals.models import Episode, State
from clinic.referrals.states import CannotMove, locked, move
from clinic.viewer import Viewer

SEATED = (State.AWAITING_ASSESSMENT, State.WAITING, State.OFFERED, State.IN_CLASS)


@transaction()
def suspend(episode: Episode, *, reason: str, by: Viewer, note: str | None = None) -> None:
    """No class and no prompt until a person lifts it; an accepted episode is paused with a date.

    `reason` is a coded word. Emits `episode_suspended` the first time only.
    """
    locked(episode.id)
    if episode.state is State.ENDED or episode.suspended_at is not None:
        return
    episode.suspended_at, episode.suspended_reason = now(), reason
    audit.record("episode.suspended", by=by, about=episode, reason=reason)
    emit("episode_suspended", episode_id=episode.id, reason=reason)
    if episode.state in SEATED:
        move(episode, State.PAUSED, by=by, reason=reason, note=note)


@transaction()
def lift(episode: Episode, *, to: State, reason: str, by: Viewer) -> None:
    """A person looked and it may go on, to a named state. Raises CannotMove when nothing is suspended."""
    locked(episode.id)
    if episode.suspended_at is None:
        raise CannotMove("This episode is not suspended.")
    episode.suspended_at = episode.suspended_reason = None
    audit.record("episode.resumed", by=by, about=episode)
    if episode.state is not to:
        move(episode, to, by=by, reason="resumed", note=reason)
