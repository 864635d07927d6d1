"""Where a referral is, in the two words that its sender's system reads: Task.status and our own state."""

from __future__ import annotations

from clinic.referrals.models import EndReason, Episode, Referral, State

TASK_STATUS = {
    State.BEING_DECIDED: "received",
    State.WITH_REFERRER: "on-hold",
    State.ON_HOLD: "on-hold",
    State.AWAITING_ASSESSMENT: "accepted",
    State.WAITING: "accepted",
    State.OFFERED: "accepted",
    State.IN_CLASS: "in-progress",
    State.PAUSED: "on-hold",
    State.ENDED: "completed",
}
ENDED_STATUS = {
    EndReason.DECLINED: "rejected",
    EndReason.NOT_SUITABLE: "rejected",
    EndReason.WITHDRAWN: "cancelled",
}
KNOWN_ELSEWHERE = "already-known"


def status_of(row: Referral, episode: Episode | None) -> str:
    """The Task's status; `episode` is None for a referral of a patient whom another organisation holds."""
    if row.withdrawn_at:
        return "cancelled"
    if episode is None:
        return "received"
    if episode.ended_reason:
        return ENDED_STATUS.get(episode.ended_reason, "completed")
    return TASK_STATUS[episode.state]


def state_of(row: Referral, episode: Episode | None) -> str:
    """The Task's businessStatus: our own state."""
    if row.withdrawn_at:
        return State.ENDED.value
    return episode.state.value if episode else KNOWN_ELSEWHERE
