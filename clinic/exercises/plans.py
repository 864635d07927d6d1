"""The home plan: made from what was taught, renewed when that or the gates change, ended on suspension."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.exercises import prompts
from clinic.exercises.models import Plan
from clinic.exercises.rules import plan as rules
from clinic.extensions import db, now, transaction
from clinic.protocol.exercise_library import library
from clinic.protocol.exercise_model import Library
from clinic.referrals import clocks, engine, states
from clinic.referrals.models import Episode, State, TaughtTick
from clinic.viewer import Viewer, acting_as, system

RUNNING = (State.AWAITING_ASSESSMENT, State.WAITING, State.OFFERED, State.IN_CLASS)
DEFAULT_HOUR = 10  # clinic wall hour; the patient may choose another


def current(episode_id: int) -> Plan | None:
    """The plan in use, if there is one."""
    return db.session.scalars(
        select(Plan).where(Plan.episode_id == episode_id, Plan.ended_at.is_(None))
    ).first()


def worked_out(episode: Episode, book: Library) -> rules.Plan:
    """What this person may do at home today, and what is held back, by the rule."""
    today = clocks.today(episode.clinic_id, now())
    gates = engine.suggestion(episode.clinic_id, episode.case, today).to_json()["gates"]
    ticks = list(db.session.scalars(select(TaughtTick).where(TaughtTick.episode_id == episode.id)))
    released = {tick.exercise_id for tick in ticks if tick.released}
    if "standing_at_home" in episode.wishes.get("released", ()):
        released.add(rules.STANDING_AT_HOME)
    return rules.plan(
        book,
        episode.phase or "P1",
        episode.band or "high",
        gates={name: gate["open"] for name, gate in gates.items()},
        taught={tick.exercise_id for tick in ticks},
        released=released,
        tags=episode.wishes.get("tags", ()),
        home=episode.wishes.get("home", ()),
    )


@transaction()
def renew(*, episode_id: int, by: Viewer) -> Plan | None:
    """End the plan in use and make the one that fits now; none while suspended or not confirmed."""
    episode = states.locked(episode_id)
    fits = None
    if episode.state in RUNNING and episode.confirmed_on and not episode.suspended_at:
        book = library(clocks.today(episode.clinic_id, now()))
        fits = worked_out(episode, book)
    old = current(episode_id)
    if old and fits and _same(old, episode, fits):
        return old
    if old:
        end(plan=old, by=by)
    if not fits or not fits.items:
        return None
    row = Plan(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode_id,
        library=book.id,
        phase=episode.phase or "",
        band=episode.band or "",
        items=[item.exercise.id for item in fits.items],
        held_back=[{"exercise": h.exercise.id, "code": h.code} for h in fits.held_back],
        hour=episode.wishes.get("hour", DEFAULT_HOUR),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("plan.made", by=by, about=row, items=len(row.items))
    return row


def _same(old: Plan, episode: Episode, fits: rules.Plan) -> bool:
    return (
        old.items == [item.exercise.id for item in fits.items]
        and (old.phase, old.band) == (episode.phase, episode.band)
        and old.hour == episode.wishes.get("hour", DEFAULT_HOUR)
    )


@transaction()
def end(*, plan: Plan, by: Viewer) -> None:
    """The plan is over: prompts not yet sent are withdrawn with it."""
    plan.ended_at = now()
    prompts.withdraw(plan=plan, by=by)
    audit.record("plan.ended", by=by, about=plan)


def on_change(*, episode_id: int, **facts: Any) -> None:
    """Handler: something that decides the plan has changed."""
    with acting_as(system("exercises.renew")) as by:
        renew(episode_id=episode_id, by=by)
