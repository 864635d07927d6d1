"""A physiotherapist meets the patient: measures, confirms band and phase, opens gates, teaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access.permissions import Permission, may
from clinic.extensions import db, emit, now, transaction
from clinic.referrals import clocks, engine
from clinic.referrals.decisions import Incomplete, NotAllowed, change_is_allowed
from clinic.referrals.models import Assessment, Episode, State, TaughtTick
from clinic.referrals.rules import merging
from clinic.referrals.rules.words import Release
from clinic.referrals.states import CannotMove, locked, move
from clinic.viewer import Viewer


@transaction()
def record(
    *,
    episode_id: int,
    assessed_on: date,
    tests: Sequence[dict[str, Any]],
    phase: str,
    band: str,
    by: Viewer,
    released: Collection[str] = (),
    taught: Collection[str] = (),
    reason: str | None = None,
    note: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Assessment:
    """What was measured, confirmed, released and shown on a clinic date; a physiotherapist only.

    `tests` as in the case (name, value or unable, on, used_arms); a missing day is that of the assessment.
    `facts` are further case paths, taken as measured. A phase or band other than the new suggestion needs a
    reason. After the first one the episode waits for a class. Emits `assessment_recorded`, and
    `taught_changed` when something was shown. Raises NotAllowed, Incomplete, CannotMove, engine.CannotDecide.
    """
    if not may(by.role, Permission.ASSESS):
        raise NotAllowed("Only a physiotherapist records an assessment.")
    episode = locked(episode_id)
    if episode.state is State.ENDED:
        raise CannotMove("This episode has ended.")
    today = clocks.today(episode.clinic_id, now())
    if assessed_on > today:
        raise Incomplete("assessed_on", "The day of the assessment is in the future")
    if wrong := set(released) - {word.value for word in Release}:
        raise Incomplete("released", f"There is no gate {', '.join(sorted(wrong))}")
    dated = [{"on": assessed_on.isoformat(), **test} for test in tests]
    _merge(episode, dated, released, facts or {})
    _tick(episode, taught, how="slot", by=by)
    suggested = engine.suggest(episode)
    change_is_allowed(suggested, phase=phase, band=band, reason=reason, by=by)
    row = Assessment(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        assessed_on=assessed_on,
        by_id=by.id,
        tests=dated,
        phase=phase,
        band=band,
        released=sorted(released),
        reason=reason,
        note=note,
    )
    db.session.add(row)
    episode.phase, episode.band = phase, band
    episode.confirmed_by_id, episode.confirmed_on = by.id, today
    audit.record("assessment.recorded", by=by, about=row, phase=phase, band=band)
    if episode.state is State.AWAITING_ASSESSMENT:
        move(episode, State.WAITING, by=by, reason="assessed")
    emit("assessment_recorded", episode_id=episode.id)
    if taught:
        emit("taught_changed", episode_id=episode.id)
    return row


@transaction()
def tick_taught(
    *,
    episode_id: int,
    exercise_ids: Collection[str],
    by: Viewer,
    how: str = "class",
    released: Collection[str] = (),
) -> list[TaughtTick]:
    """Exercises our staff have shown to this person; nothing is prompted before (F5). Ticking twice is once.

    `how`: class, slot, video or phone. `released` are those a physiotherapist releases for home.
    Emits `taught_changed` when something is new. Raises NotAllowed.
    """
    if not may(by.role, Permission.TAKE_REGISTER):
        raise NotAllowed("Only the clinic's staff tick an exercise as shown.")
    if released and not may(by.role, Permission.ASSESS):
        raise NotAllowed("Only a physiotherapist releases an exercise for home.")
    episode = locked(episode_id)
    new = _tick(episode, exercise_ids, how=how, by=by, released=released)
    if new:
        emit("taught_changed", episode_id=episode.id)
    return new


@transaction()
def untick(*, episode_id: int, exercise_id: str, by: Viewer) -> None:
    """Ticked by mistake: the exercise is prompted no longer; the audit keeps both."""
    if not may(by.role, Permission.TAKE_REGISTER):
        raise NotAllowed("Only the clinic's staff take a tick back.")
    episode = locked(episode_id)
    row = db.session.scalars(
        select(TaughtTick).where(TaughtTick.episode_id == episode.id, TaughtTick.exercise_id == exercise_id)
    ).first()
    if row is not None:
        audit.record("taught.unticked", by=by, about=row, exercise=exercise_id)
        db.session.delete(row)
        db.session.flush()
        _taught_into_case(episode)
        emit("taught_changed", episode_id=episode.id)


def taught(episode_id: int) -> list[TaughtTick]:
    """What this person has been shown, by exercise."""
    query = select(TaughtTick).where(TaughtTick.episode_id == episode_id).order_by(TaughtTick.exercise_id)
    return list(db.session.scalars(query))


def of_episode(episode_id: int) -> list[Assessment]:
    """Assessments, newest first."""
    query = select(Assessment).where(Assessment.episode_id == episode_id)
    return list(db.session.scalars(query.order_by(Assessment.assessed_on.desc(), Assessment.id.desc())))


def _merge(
    episode: Episode, tests: list[dict[str, Any]], released: Collection[str], facts: dict[str, Any]
) -> None:
    case = dict(episode.case)
    for path, value in facts.items():
        case = merging.put(case, path, value)
    known = merging.at(case, "progress.released") or []
    case = merging.put(case, "progress.released", sorted({*known, *released}))
    before = case["tests"] if isinstance(case.get("tests"), list) else []
    case["tests"] = [*before, *(test for test in tests if test not in before)]
    episode.case = case


def _tick(
    episode: Episode, exercise_ids: Collection[str], *, how: str, by: Viewer, released: Collection[str] = ()
) -> list[TaughtTick]:
    known = {tick.exercise_id: tick for tick in taught(episode.id)}
    new = []
    for exercise_id in sorted(set(exercise_ids) | set(released)):
        if tick := known.get(exercise_id):
            if exercise_id in released and not tick.released:
                tick.released = True
                new.append(tick)
            continue
        tick = TaughtTick(
            clinic_id=episode.clinic_id,
            organisation_id=episode.organisation_id,
            patient_id=episode.patient_id,
            episode_id=episode.id,
            exercise_id=exercise_id,
            how=how,
            released=exercise_id in released,
            by_id=by.id,
        )
        db.session.add(tick)
        audit.record("taught.ticked", by=by, about=tick, exercise=exercise_id, how=how)
        new.append(tick)
    db.session.flush()
    _taught_into_case(episode)
    return new


def _taught_into_case(episode: Episode) -> None:
    names = [tick.exercise_id for tick in taught(episode.id)]
    episode.case = merging.put(episode.case, "progress.taught", names)
