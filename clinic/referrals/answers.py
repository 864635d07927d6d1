"""Facts arrive one by one, from whom and when; the case keeps the more cautious of two that differ (F15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.extensions import db, now, transaction
from clinic.referrals import clocks, engine, reassessment
from clinic.referrals.models import Answer, Decision, Episode, State
from clinic.referrals.rules import merging
from clinic.referrals.rules.words import Outcome
from clinic.referrals.states import locked
from clinic.referrals.suspension import suspend
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

SOURCES = ("referrer", "colleague", "patient", "carer", "measured")
TESTS = "tests"
HEARD = frozenset({"patient", "carer"})  # told to us, not by a clinician who acts on it


@transaction()
def rerun(
    *, episode_id: int, facts: Mapping[str, Any], source: str, answered_on: date, by: Viewer
) -> Decision:
    """Store each fact with its source and day, merge it into the case, and decide anew.

    `facts` are case paths, such as {"falls.worried": True}; "tests" takes a list of results to add.
    A stop flag found after acceptance suspends at once; facts that ask for more care than was confirmed
    take effect with an alert, for less care a person is asked (reassessment.follow). Raises
    engine.CannotDecide, and KeyError for a path that no case has; then nothing is stored.
    """
    episode = locked(episode_id)
    before = reassessment.known(episode)
    add(episode, facts, source=source, answered_on=answered_on, by=by)
    decision = engine.suggest(episode)
    if source in HEARD and decision.outcome == Outcome.DO_NOT_ENROL:
        _alert(episode, by)
    reassessment.follow(episode, before=before, decision=decision, by=by)
    audit.record("episode.decided_anew", by=by, about=episode, outcome=decision.outcome, source=source)
    if decision.outcome == Outcome.DO_NOT_ENROL and episode.state is not State.BEING_DECIDED:
        suspend(episode, reason="red_flag", by=by)
    return decision


def _alert(episode: Episode, by: Viewer) -> None:
    """A red flag heard on the telephone has a clock and a second pair of eyes, whatever is done next."""
    worklist.raise_alert(
        kind="red_flag_heard",
        patient_id=episode.patient_id,
        cause_kind="episodes",
        cause_id=episode.id,
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        due_at=now() + clocks.RED_FLAG_CALL,
        by=by,
    )


def add(
    episode: Episode, facts: Mapping[str, Any], *, source: str, answered_on: date, by: Viewer
) -> list[str]:
    """Keep the answers and merge them into the episode's case; the paths on which two people differ."""
    if source not in SOURCES:
        raise ValueError(f"a fact comes from one of {', '.join(SOURCES)}")
    sources = _last_sources(episode.id)
    case, differing = dict(episode.case), []
    for path, value in facts.items():
        if path == TESTS:
            case[TESTS] = _tests(case, value)
        else:
            old = merging.at(case, path)
            stands = merging.chosen(
                path, old, value, old_source=sources.get(path, "referrer"), new_source=source
            )
            if old is not None and value is not None and old != value:
                differing.append(path)
            case = merging.put(case, path, stands)
        db.session.add(
            Answer(
                clinic_id=episode.clinic_id,
                organisation_id=episode.organisation_id,
                patient_id=episode.patient_id,
                episode_id=episode.id,
                path=path,
                value=value,
                source=source,
                answered_on=answered_on,
                by_id=by.id if by.kind == "staff" else None,
            )
        )
    episode.case = case
    db.session.flush()
    return differing


def of_episode(episode_id: int) -> list[Answer]:
    """Every answer in the order it came."""
    return list(db.session.scalars(select(Answer).where(Answer.episode_id == episode_id).order_by(Answer.id)))


def _last_sources(episode_id: int) -> dict[str, str]:
    return {answer.path: answer.source for answer in of_episode(episode_id)}


def _tests(case: Mapping[str, Any], new: Any) -> list[dict[str, Any]]:
    known = case.get(TESTS)
    before = list(known) if isinstance(known, list) else []
    return before + [test for test in (new or []) if test not in before]
