"""Looking again: what new facts change at once, what waits for a person, and what time alone asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from clinic import audit
from clinic.extensions import db, emit, now, transaction
from clinic.notifications import outbox
from clinic.notifications.rules.window import Purpose
from clinic.patients import queries as patients
from clinic.protocol.model import Protocol
from clinic.referrals import clocks, engine, phrases, sign_off
from clinic.referrals.models import Decision, Episode, State
from clinic.referrals.rules import reviews
from clinic.referrals.rules.decision import Decision as Suggestion
from clinic.referrals.rules.reviews import Level, Review
from clinic.referrals.rules.words import Band, Phase
from clinic.referrals.states import locked
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import Task, WorkState

ENROLLED = (State.AWAITING_ASSESSMENT, State.WAITING, State.OFFERED, State.IN_CLASS)
CAUSE = "episodes"
WITHIN = timedelta(days=14)  # a service's own default for looking at a review
WORTH_SAYING = timedelta(days=2)
BY_TIME = ("reassessment_due", "phase_review_due")


def known(episode: Episode) -> Level | None:
    """What today's rules say before new facts come in; None while nobody has confirmed a level."""
    if episode.confirmed_on is None:
        return None
    today = clocks.today(episode.clinic_id, now())
    try:
        return _level(engine.suggestion(episode.clinic_id, episode.case, today))
    except engine.CannotDecide:
        return None


def follow(episode: Episode, *, before: Level | None, decision: Decision, by: Viewer) -> None:
    """New facts that ask for more care take effect with an alert; for less care, a person is asked.

    Takes part in the caller's transaction, the episode locked. Emits `level_raised`.
    """
    if before is None or not (episode.phase and episode.band and decision.phase and decision.band):
        return
    held = Level(Phase(episode.phase), Band(episode.band))
    after = Level(Phase(decision.phase), Band(decision.band))
    stands = reviews.more_care(held, before, after)
    if stands != held:
        _raise(episode, held, stands, by)
    if reviews.less_care(held, before, after):
        words = (
            f"The new facts suggest {_words(after)}; {_words(stands)} stands until a physiotherapist decides."
        )
        _task(episode, "less_care_suggested", note=words, by=by)


def review(moment: datetime) -> int:
    """Open a task for every review that time alone has made due; how many were new. Moves nobody.

    A phase the calendar has reached also runs the rules anew, so that the page shows what they say now.
    """
    opened = 0
    with acting_as(system("reviews")) as by:
        query = select(Episode).where(Episode.state.in_(ENROLLED), Episode.confirmed_on.is_not(None))
        episodes = list(db.session.scalars(query.order_by(Episode.id)))
        told = _told([episode.id for episode in episodes])
        for episode in episodes:
            today = clocks.today(episode.clinic_id, moment)
            for due in _due(episode, today):
                last = told.get((episode.id, due.kind))
                if last is None or clocks.today(episode.clinic_id, last) < due.since:
                    _opened(episode, due, today, by)
                    opened += 1
    return opened


def assessed(*, episode_id: int) -> None:
    """Handler: a physiotherapist has just looked, so what time asked for is answered."""
    episode = db.session.get_one(Episode, episode_id)
    query = select(Task).where(
        Task.cause_kind == CAUSE,
        Task.cause_id == episode_id,
        Task.kind.in_((*BY_TIME, "less_care_suggested")),
        Task.state == WorkState.OPEN,
    )
    by = system("assessed", episode.clinic_id)
    with acting_as(by):
        for task in db.session.scalars(query).all():
            worklist.close(work=task, outcome="assessed", by=by)


def _raise(episode: Episode, held: Level, stands: Level, by: Viewer) -> None:
    episode.phase, episode.band = stands.phase.value, stands.band.value
    episode.version += 1
    audit.record(
        "episode.level_raised",
        by=by,
        about=episode,
        phase=f"{held.phase}>{stands.phase}",
        band=f"{held.band}>{stands.band}",
    )
    worklist.raise_alert(
        kind="more_care_needed",
        due_at=clocks.end_of_working_day(episode.clinic_id, now()),
        note=f"New facts: {_words(stands)} from now on (was {_words(held)}). Does the class still fit?",
        by=by,
        **_about(episode),
    )
    emit("level_raised", episode_id=episode.id)


def _due(episode: Episode, today: date) -> Iterator[Review]:
    book, confirmed_on = sign_off.book_of(episode.clinic_id, today), episode.confirmed_on or today
    if due := reviews.reassessment_due(_newest_test(episode), confirmed_on, today, book):
        yield due
    yield from reviews.course_reviews(episode.first_class_on, today, book)
    try:
        phase = engine.suggestion(episode.clinic_id, episode.case, today).phase
    except engine.CannotDecide:
        yield Review("check_facts", today, "RV-1.2")
        return
    if not phase.provisional and (
        due := reviews.phase_due(Phase(episode.phase or "P1"), phase.value, phase.since, confirmed_on)
    ):
        yield due


@transaction()
def _opened(episode: Episode, due: Review, today: date, by: Viewer) -> None:
    episode = locked(episode.id)
    _task(episode, due.kind, note=_why(episode.clinic_id, due, today), by=by)
    _told_of_it(episode, today)
    if due.kind == "phase_review_due":
        engine.suggest(episode)
        audit.record("episode.decided_anew", by=by, about=episode, source="calendar")


def _told_of_it(episode: Episode, today: date) -> None:
    """Who comes to class hears that somebody will ring to look at the exercises together; once a day."""
    if episode.state is not State.IN_CLASS or episode.suspended_at is not None:
        return
    moment = now()
    outbox.plan_one(
        patient=patients.patient(episode.patient_id),
        text="review_due",
        purpose=Purpose.REVIEW,
        cause_kind="episode",
        cause_id=episode.id,
        cause_revision=today.toordinal(),
        rule="review_due",
        due_at=moment,
        expires_at=moment + WORTH_SAYING,
        now=moment,
    )


def _newest_test(episode: Episode) -> date | None:
    tests = episode.case.get("tests") or []
    return max((date.fromisoformat(test["on"]) for test in tests if test.get("on")), default=None)


def _told(episode_ids: list[int]) -> dict[tuple[int, str], datetime]:
    """When each kind of review was last opened, done or not; one statement."""
    rows = db.session.execute(
        select(Task.cause_id, Task.kind, func.max(Task.raised_at))
        .where(Task.cause_kind == CAUSE, Task.cause_id.in_(episode_ids))
        .group_by(Task.cause_id, Task.kind)
    )
    return {(episode_id, kind): at for episode_id, kind, at in rows}


def _task(episode: Episode, kind: str, *, note: str, by: Viewer) -> None:
    due = clocks.end_of_working_day(episode.clinic_id, now() + WITHIN)
    worklist.open_task(kind=kind, due_at=due, note=note, by=by, **_about(episode))


def _about(episode: Episode) -> dict[str, Any]:
    return {
        "patient_id": episode.patient_id,
        "cause_kind": CAUSE,
        "cause_id": episode.id,
        "clinic_id": episode.clinic_id,
        "organisation_id": episode.organisation_id,
    }


def _why(clinic_id: int, due: Review, today: date) -> str:
    book: Protocol = sign_off.book_of(clinic_id, today)
    criterion = book.criteria[due.criterion]
    return f"Since {phrases.short_day(due.since)}. {criterion.statement} ({criterion.id}, {criterion.cited})"


def _level(found: Suggestion) -> Level:
    return Level(found.phase.value, found.band.value)


def _words(level: Level) -> str:
    return f"{phrases.PHASE[level.phase]}, {phrases.BAND[level.band]}"
