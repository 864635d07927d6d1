"""Against rubber-stamping: one accepted suggestion in 20 is looked at by another physiotherapist (F28)."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access.permissions import Permission, may
from clinic.columns import blind_index
from clinic.extensions import db, now, transaction
from clinic.protocol import load
from clinic.referrals import clocks, engine
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.models import Decision
from clinic.referrals.rules.moves import working_days_later
from clinic.referrals.states import CannotMove
from clinic.viewer import Viewer, system
from clinic.worklist import services as worklist
from clinic.worklist.models import Task, WorkState

KIND, CAUSE = "second_look", "decisions"
AGREED, DISAGREED = "agreed", "disagreed"
WITHIN_WORKING_DAYS = 5  # a service's own default


def drawn(decision_id: int, one_in: int) -> bool:
    """Whether the lot falls on a decision: the same for ever, and nobody without INDEX_KEY can foresee it."""
    return int(blind_index(KIND, str(decision_id)), 16) % one_in == 0


def accepted(*, episode_id: int) -> None:
    """Handler: draws the lot for the decision just taken, and opens the task for one that is drawn."""
    decision = engine.latest(episode_id, "decided")
    if decision is None:
        return
    if not drawn(decision.id, load.protocol(decision.protocol).programme.second_look_one_in):
        return
    clinic_id = decision.clinic_id
    day = working_days_later(
        clocks.today(clinic_id, now()), WITHIN_WORKING_DAYS, access.working_day(clinic_id)
    )
    zone = access.zone_of(clinic_id)
    _open(decision, KIND, due_at=clocks.end_of_working_day(clinic_id, datetime.combine(day, time(), zone)))


@transaction()
def answer(*, decision_id: int, agrees: bool, note: str, by: Viewer) -> Task:
    """Another physiotherapist's word on a drawn decision; who disagrees says why, and the first one hears it.

    Raises NotAllowed, Incomplete, and CannotMove when nothing is open to answer.
    """
    decision = db.session.scalars(select(Decision).where(Decision.id == decision_id)).one()
    if refused := may_not(decision, by):
        raise NotAllowed(refused)
    task = of_decision(decision_id)
    if task is None or task.state is WorkState.DONE:
        raise CannotMove("This second look has been answered already.")
    if not agrees and not note.strip():
        raise Incomplete("note", "Say what you would have decided, and why")
    outcome = AGREED if agrees else DISAGREED
    worklist.close(work=task, outcome=outcome, note=note.strip() or None, by=by)
    audit.record("decision.second_look", by=by, about=decision, outcome=outcome)
    if not agrees:
        due = clocks.end_of_working_day(decision.clinic_id, now())
        _open(decision, "decision_disputed", due_at=due, note=note.strip(), owner_id=decision.by_id)
    return task


def may_not(decision: Decision, by: Viewer) -> str | None:
    """Why this person cannot give the second look; None when they can."""
    if not may(by.role, Permission.DECIDE_FLAGGED):
        return "Only a physiotherapist gives a second look."
    if decision.by_id == by.id:
        return "You took this decision: another physiotherapist looks at it."
    return None


def decision(decision_id: int) -> Decision | None:
    """A decision the viewer may see."""
    return db.session.scalars(select(Decision).where(Decision.id == decision_id)).first()


def of_decision(decision_id: int) -> Task | None:
    """The task of a drawn decision, open or done; None when the lot did not fall on it."""
    query = select(Task).where(Task.kind == KIND, Task.cause_kind == CAUSE, Task.cause_id == decision_id)
    return db.session.scalars(query.order_by(Task.id.desc()).limit(1)).first()


def _open(
    decision: Decision, kind: str, *, due_at: datetime, note: str | None = None, owner_id: int | None = None
) -> None:
    worklist.open_task(
        kind=kind,
        patient_id=decision.patient_id,
        cause_kind=CAUSE,
        cause_id=decision.id,
        clinic_id=decision.clinic_id,
        organisation_id=decision.organisation_id,
        due_at=due_at,
        note=note,
        owner_id=owner_id,
        by=system("second look", decision.clinic_id),
    )
