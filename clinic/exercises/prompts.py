"""Which exercise a text names on which day, planned into the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select

from clinic import audit
from clinic.access import queries as access
from clinic.classes.models import Place, PlaceState
from clinic.exercises.models import Plan, Prompt
from clinic.exercises.rules import plan as rules
from clinic.extensions import db, now, transaction
from clinic.notifications import outbox
from clinic.notifications.rules import window
from clinic.patients import queries as patients
from clinic.protocol.exercise_library import library
from clinic.referrals import states
from clinic.referrals.models import Episode
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist.models import Alert, WorkState

ONE_DAY = timedelta(days=1)
AHEAD = timedelta(days=3)  # prompts are planned at most so far ahead: plans change
LOOK_BACK = timedelta(days=28)
LATEST = time(19)  # clinic wall time


def plan_days(moment: datetime, until: datetime) -> Iterable[outbox.Sweep]:
    """PLANNER: one prompt a day for each plan in use, up to three days ahead; nothing is planned twice.

    One statement when every plan is settled so far ahead.
    """
    horizon = min(until, moment + AHEAD)
    with acting_as(system("exercises.prompts")):
        for plan in _unsettled(horizon):
            plan_one(plan=plan, moment=moment, until=horizon)
    return ()


def _unsettled(horizon: datetime) -> Sequence[Plan]:
    """Plans whose days up to the horizon are not all looked at; the earliest zone's date decides."""
    last = horizon.date()
    waiting = or_(Plan.planned_until.is_(None), Plan.planned_until < last)
    return db.session.scalars(
        select(Plan).where(Plan.ended_at.is_(None), waiting).order_by(Plan.episode_id)
    ).all()


@transaction()
def plan_one(*, plan: Plan, moment: datetime, until: datetime) -> int:
    """The prompts of one plan from its first unsettled day to `until`; how many are new."""
    episode = states.locked(plan.episode_id)
    row = db.session.get_one(Plan, plan.id, with_for_update=True)
    zone = access.zone_of(row.clinic_id)
    today, last = moment.astimezone(zone).date(), max(until.astimezone(zone).date(), until.date())
    first = max(today, row.planned_until + ONE_DAY) if row.planned_until else today
    if row.ended_at is not None or first > last:
        return 0
    chosen = rules.prompt_days(
        first,
        last,
        _items(row, episode),
        _class_days(row.episode_id, first - timedelta(days=7)),
        _history(row.episode_id, first - LOOK_BACK),
        episode.suspended_reason if episode.suspended_at else None,
    )
    row.planned_until = last
    return sum(_plan_prompt(row, day, item, zone, moment) for day, item in chosen)


def _plan_prompt(plan: Plan, day: date, item: rules.PlanItem, zone: ZoneInfo, moment: datetime) -> bool:
    due = window.prompt_at(day, plan.hour, zone)
    expires = datetime.combine(day, LATEST, tzinfo=zone)
    if expires <= moment:
        return False
    row = Prompt(
        clinic_id=plan.clinic_id,
        organisation_id=plan.organisation_id,
        patient_id=plan.patient_id,
        episode_id=plan.episode_id,
        plan_id=plan.id,
        day=day,
        exercise_id=item.exercise.id,
    )
    db.session.add(row)
    db.session.flush()
    return outbox.plan_one(
        patient=patients.patient(plan.patient_id),
        text="prompt",
        purpose="prompt",
        cause_kind="prompt",
        cause_id=row.id,
        rule="prompt",
        due_at=due,
        expires_at=expires,
        now=moment,
    )


def withdraw(*, plan: Plan, by: Viewer) -> None:
    """Prompts of a plan that were not answered yet go; their texts are superseded."""
    waiting = select(Prompt).where(Prompt.plan_id == plan.id, Prompt.state == "planned")
    rows = db.session.scalars(waiting).all()
    today = now().astimezone(access.zone_of(plan.clinic_id)).date()
    for row in rows:
        if row.day < today or not outbox.supersede(cause_kind="prompt", cause_id=row.id, reason="plan_ended"):
            continue
        row.state = "withdrawn"
        audit.record("prompt.withdrawn", by=by, about=row)


def facts(ids: Sequence[int]) -> dict[int, dict[str, Any] | outbox.NotDue]:
    """FACTS: the words of each prompt at the moment it leaves, or why it is no longer due.

    Not on a day that has become a class day, and not while an alert about the patient is open.
    """
    alerted = exists().where(Alert.patient_id == Prompt.patient_id, Alert.state == WorkState.OPEN)
    class_day = exists().where(
        Place.episode_id == Prompt.episode_id,
        Place.local_date == Prompt.day,
        Place.state != PlaceState.RELEASED,
    )
    found = db.session.execute(
        select(Prompt, Plan, Episode, alerted.label("alerted"), class_day.label("class_day"))
        .join(Plan, Plan.id == Prompt.plan_id)
        .join(Episode, Episode.id == Prompt.episode_id)
        .where(Prompt.id.in_(ids))
    )
    return {row.Prompt.id: _words(row) for row in found}


def _words(row: Any) -> dict[str, Any] | outbox.NotDue:
    prompt, plan, episode = row.Prompt, row.Plan, row.Episode
    if prompt.state != "planned" or plan.ended_at or episode.suspended_at:
        return outbox.NotDue("prompt_withdrawn")
    if row.alerted:
        return outbox.NotDue("alert_open")
    if row.class_day:
        return outbox.NotDue("class_day")
    texts = {item.exercise.id: item.text for item in _items(plan, episode).items}
    if prompt.exercise_id not in texts:
        return outbox.NotDue("exercise_gone")
    return {"exercise": texts[prompt.exercise_id]}


def _items(plan: Plan, episode: Episode) -> rules.Plan:
    """The plan's own exercises, in the way this person may do them (hands, seated)."""
    book = library(plan.library)
    cell = {one.exercise.id: one for one in book.cell(plan.phase, plan.band)}
    released = episode.wishes.get("released", ())
    tags = episode.wishes.get("tags", ())
    return rules.Plan(
        tuple(rules.item_of(cell[i], plan.band, released, tags) for i in plan.items if i in cell), ()
    )


def _history(episode_id: int, since: date) -> list[rules.Prompted]:
    rows = db.session.execute(
        select(Prompt.day, Prompt.exercise_id)
        .where(Prompt.episode_id == episode_id, Prompt.day >= since, Prompt.state != "withdrawn")
        .order_by(Prompt.day)
    )
    return [rules.Prompted(row.day, row.exercise_id) for row in rows]


def _class_days(episode_id: int, since: date) -> frozenset[date]:
    return frozenset(
        db.session.scalars(
            select(Place.local_date).where(
                Place.episode_id == episode_id,
                Place.local_date >= since,
                Place.state != PlaceState.RELEASED,
            )
        )
    )
