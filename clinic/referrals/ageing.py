"""What has stood too long becomes somebody's work: a promise to a referrer missed, a date gone by (F10)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from clinic.extensions import db, transaction
from clinic.referrals import clocks, phrases
from clinic.referrals.models import Episode, Referral, State
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import Alert, Task, WorkState

KINDS = ("hear_by_missed", "overdue")
CAUSE = "episodes"


@transaction()
def alarm(moment: datetime) -> int:
    """An alert for every referrer who should have heard, a task for every next date gone by; how many stand.

    What was put right since is closed by itself. Nothing leaves a list by age.
    """
    with acting_as(system("ageing")) as by:
        open_ones = select(Episode).where(Episode.state != State.ENDED).order_by(Episode.id)
        episodes = list(db.session.scalars(open_ones))
        promised = _promised()
        late: set[tuple[str, int]] = set()
        for episode in episodes:
            today = clocks.today(episode.clinic_id, moment)
            hear_by = promised.get(episode.id)
            if episode.state is State.BEING_DECIDED and hear_by is not None and hear_by < today:
                late.add(("hear_by_missed", episode.id))
                _raise(episode, hear_by, moment, by)
            elif episode.next_on is not None and episode.next_on < today:
                late.add(("overdue", episode.id))
                _open(episode, moment, by)
        _put_right(late, by)
        return len(late)


def _promised() -> dict[int, date]:
    """The first date by which a referrer of an episode was to hear."""
    query = select(Referral.episode_id, func.min(Referral.hear_by)).where(Referral.withdrawn_at.is_(None))
    return dict(db.session.execute(query.group_by(Referral.episode_id)).all())


def _raise(episode: Episode, hear_by: date, moment: datetime, by: Viewer) -> None:
    note = f"The referrer was to hear by {phrases.short_day(hear_by)}: decide today"
    worklist.raise_alert(kind="hear_by_missed", note=note, **_about(episode, moment), by=by)


def _open(episode: Episode, moment: datetime, by: Viewer) -> None:
    note = f"{phrases.STATE_FOR_STAFF[episode.state]}: {episode.next_step.replace('_', ' ')} was due"
    worklist.open_task(kind="overdue", note=note, **_about(episode, moment), by=by)


def _about(episode: Episode, moment: datetime) -> dict[str, Any]:
    """Whose it is, and that it is today's."""
    return {
        "patient_id": episode.patient_id,
        "cause_kind": CAUSE,
        "cause_id": episode.id,
        "clinic_id": episode.clinic_id,
        "organisation_id": episode.organisation_id,
        "due_at": clocks.end_of_working_day(episode.clinic_id, moment),
        "owner_id": episode.owner_id,
    }


def _put_right(late: set[tuple[str, int]], by: Viewer) -> None:
    for model in (Alert, Task):
        told = select(model).where(
            model.kind.in_(KINDS), model.cause_kind == CAUSE, model.state == WorkState.OPEN
        )
        for row in db.session.scalars(told):
            if (row.kind, row.cause_id) not in late:
                worklist.close(work=row, outcome="put_right", by=by)
