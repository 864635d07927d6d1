"""How a patient's time with us ends: a person's act, with a coded reason, never the software's (F10, F30)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from clinic.access.permissions import Permission, may
from clinic.extensions import db, now, transaction
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.patients import queries as patients
from clinic.referrals import states
from clinic.referrals.models import EndReason, Episode, State
from clinic.referrals.problems import Incomplete, NotAllowed
from clinic.viewer import Viewer, acting_as, system

# a course that is complete or does not suit is a clinical judgement; the others are facts anybody may hear
CLINICAL: Mapping[EndReason, str] = {
    EndReason.COMPLETED: "The course is complete",
    EndReason.HOME_ROUTE: "Goes on with exercises at home",
    EndReason.NOT_SUITABLE: "Classes do not suit them now",
}
HEARD: Mapping[EndReason, str] = {
    EndReason.DECLINED_BY_PATIENT: "They do not want to go on",
    EndReason.MOVED: "They have moved away",
    EndReason.ADMITTED: "Admitted to hospital or a home, not expected back",
    EndReason.LOST_CONTACT: "They stay away and cannot be reached",
}
WORDS = {**CLINICAL, **HEARD}
THANKED = frozenset({EndReason.COMPLETED, EndReason.HOME_ROUTE})
GOODBYE = "goodbye"
WORTH_SAYING = timedelta(days=3)


def reasons_for(role: str | None) -> list[tuple[str, str]]:
    """What this role may end an episode for, as (code, words)."""
    open_to = WORDS if may(role, Permission.ASSESS) else HEARD
    return [(reason.value, words) for reason, words in open_to.items()]


@transaction()
def end(*, episode_id: int, reason: str, note: str, by: Viewer) -> Episode:
    """End an episode: seats go on, prompts stop and the practice gets its letter in the same transaction.

    Whether somebody who stays away may be ended is asked before, at the desk. Raises Incomplete, NotAllowed,
    CannotMove.
    """
    episode = states.locked(episode_id)
    if reason not in [code for code, _ in reasons_for(by.role)]:
        if reason in [one.value for one in CLINICAL]:
            raise NotAllowed("A physiotherapist decides that. Ask one, or choose what you have heard.")
        raise Incomplete("reason", "Choose why it ends")
    if not note.strip():
        raise Incomplete("note", "Write what was said or decided, and with whom")
    why = EndReason(reason)
    return states.move(episode, State.ENDED, by=by, reason=reason, note=note.strip(), ended_reason=why)


def thanked(*, episode_id: int, reason: str) -> None:
    """On episode_ended: who completed the course is thanked, and told that no more texts come."""
    if reason not in THANKED:
        return
    with acting_as(system("goodbye")):
        episode = db.session.get_one(Episode, episode_id)
        if episode.first_class_on is None and reason == EndReason.COMPLETED:
            return
        moment = now()
        outbox.plan_one(
            patient=patients.patient(episode.patient_id),
            text=GOODBYE,
            purpose=Purpose.GOODBYE,
            cause_kind="episode",
            cause_id=episode.id,
            cause_revision=episode.version,
            rule=GOODBYE,
            due_at=moment,
            expires_at=moment + WORTH_SAYING,
            now=moment,
        )


def reopened(*, episode_id: int) -> None:
    """On episode_moved: a discharge that was taken back says no goodbye."""
    with acting_as(system("goodbye")):
        if db.session.get_one(Episode, episode_id).state is not State.ENDED:
            outbox.supersede(cause_kind="episode", cause_id=episode_id, reason="reopened", rules=[GOODBYE])
