"""Still want a place? Asked every six weeks of waiting; silence is a call, and only a person removes anybody.

What was asked and answered is read from the texts, questions and calls themselves (F36).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, literal, or_, select

from clinic import audit
from clinic.access import queries as access
from clinic.access import terms
from clinic.access.models import Clinic
from clinic.classes import queries, waiting
from clinic.classes.candidates import NO_LONGER_WANTED, WAITING_LIST
from clinic.classes.models import Offer, OfferState, WaitingEntry
from clinic.extensions import db, transaction
from clinic.extensions import now as clock
from clinic.notifications import outbox, wording
from clinic.notifications.inbound import Answer, Heard
from clinic.notifications.models import Message, OpenQuestion, QuestionState
from clinic.notifications.outbox import NotDue, Sweep
from clinic.notifications.rules.window import Purpose
from clinic.referrals import states
from clinic.referrals.models import EndReason, Episode, State
from clinic.viewer import Viewer, acting_as, system
from clinic.worklist import services as worklist
from clinic.worklist.models import CallListEntry, WorkState

TEXT, UNANSWERED = "still_wanted", "still_wanted_unanswered"
ANSWER_WITHIN, STALE_AFTER = timedelta(days=7), timedelta(days=3)


@dataclass(frozen=True)
class Asked:
    """The last time somebody was asked: when, whether they answered, and what waits for a person."""

    on: datetime
    answered_at: datetime | None
    says_no: bool
    ring: bool


def planner(now: datetime, until: datetime) -> Iterator[Sweep]:
    """One sweep for everybody who has waited six weeks since the last time, or since the start."""
    about = (Message.cause_kind == WAITING_LIST, Message.cause_id == WaitingEntry.id)
    asked: dict[int, list[int]] = {}
    for row in db.session.scalars(select(Clinic)):
        asked.setdefault(terms.in_row(row, terms.STILL_WANTED_WEEKS), []).append(row.id)
    since = {weeks: now - timedelta(weeks=weeks) for weeks in asked}
    theirs = [
        WaitingEntry.clinic_id.in_(ids)
        & (WaitingEntry.entered_at <= since[weeks])
        & ~exists().where(*about, Message.created_at > since[weeks])
        for weeks, ids in asked.items()
    ]
    due = _waits().where(or_(false(), *theirs))
    if not (ids := list(db.session.scalars(due.order_by(WaitingEntry.id)))):
        return
    times = select(func.count()).where(*about).correlate(WaitingEntry).scalar_subquery()
    constants = outbox.columns(
        text=TEXT,
        purpose=Purpose.STILL_WANTED,
        cause_kind=WAITING_LIST,
        cause_revision=times + literal(1),
        rule=TEXT,
        due_at=now,
        expires_at=now + STALE_AFTER,
    )
    ids_of = (WaitingEntry.patient_id, WaitingEntry.clinic_id, WaitingEntry.organisation_id)
    rows = select(*constants, WaitingEntry.id.label("cause_id"), *ids_of).where(WaitingEntry.id.in_(ids))
    yield Sweep(None, 1, TEXT, rows)


def facts(ids: Collection[int]) -> dict[int, dict[str, Any] | NotDue]:
    """FACTS of `waiting_list`: nobody is asked who has a seat, an offer or has left meanwhile."""
    due = set(db.session.scalars(_waits().where(WaitingEntry.id.in_(sorted(ids)))))
    until = clock() + ANSWER_WITHIN
    return {one: {"answer_by": until} if one in due else NotDue("not_waiting") for one in ids}


@transaction()
def still_yes(heard: Heard) -> Answer:
    """`1`: the turn is kept, and nobody rings about it any more."""
    entry = _entry(heard)
    by = system("reply", entry.clinic_id)
    _close_calls(entry, "still_wanted", by)
    audit.record("waiting.still_wanted", by=by, about=entry)
    return Answer("still_wanted_yes", _when(entry, heard.at), "still_wanted")


@transaction()
def still_no(heard: Heard) -> Answer:
    """`2`: a person rings to confirm it; until then nothing is offered, and the turn is kept."""
    entry = _entry(heard)
    by = system("reply", entry.clinic_id)
    worklist.add_call(kind=NO_LONGER_WANTED, due_at=heard.at + timedelta(days=2), **_about(entry), by=by)
    audit.record("waiting.no_longer_wanted", by=by, about=entry)
    return Answer("still_wanted_no", _when(entry, heard.at), "no_longer_wanted")


@transaction()
def confirm_leaving(*, entry_id: int, by: Viewer, now: datetime) -> None:
    """A person has heard it: off the list, and who has no seat either has ended, at their own wish.

    Raises PermissionError for anything but a person.
    """
    if by.kind != "staff":
        raise PermissionError("only a person takes somebody off the waiting list")
    entry = db.session.get_one(WaitingEntry, entry_id)
    episode = states.locked(entry.episode_id)
    _close_calls(entry, "confirmed", by)
    waiting.leave(episode_id=episode.id, by=by, now=now)
    if not queries.members_of(episode.id) and episode.state is not State.ENDED:
        states.move(episode, State.ENDED, by=by, ended_reason=EndReason.DECLINED_BY_PATIENT)


@transaction()
def keep(*, entry_id: int, by: Viewer) -> None:
    """A person has heard that the place is wanted after all, or still: the turn was never lost."""
    entry = db.session.get_one(WaitingEntry, entry_id)
    _close_calls(entry, "still_wanted", by)
    audit.record("waiting.still_wanted", by=by, about=entry)


def ring_the_silent(now: datetime) -> int:
    """Everybody whose week to answer is over goes to the call list, once a question; how many."""
    with acting_as(system("still wanted")):
        rung = exists().where(
            CallListEntry.kind == UNANSWERED,
            CallListEntry.cause_kind == WAITING_LIST,
            CallListEntry.cause_id == WaitingEntry.id,
            CallListEntry.raised_at >= OpenQuestion.asked_at,
        )
        query = (
            select(WaitingEntry.id, WaitingEntry.clinic_id)
            .join(OpenQuestion, OpenQuestion.cause_id == WaitingEntry.id)
            .where(
                OpenQuestion.cause_kind == WAITING_LIST,
                OpenQuestion.state.in_((QuestionState.OPEN, QuestionState.EXPIRED)),
                OpenQuestion.expires_at <= now,
                WaitingEntry.closed_at.is_(None),
                ~rung,
            )
            .order_by(WaitingEntry.id)
        )
        silent = db.session.execute(query).all()
    for entry_id, clinic_id in silent:
        by = system("still wanted", clinic_id)
        with acting_as(by), transaction():
            entry = db.session.get_one(WaitingEntry, entry_id)
            worklist.add_call(kind=UNANSWERED, due_at=now + timedelta(days=2), **_about(entry), by=by)
    return len(silent)


def asked_of(entry_ids: Collection[int]) -> dict[int, Asked]:
    """When each was last asked, and what came of it."""
    query = select(OpenQuestion).where(
        OpenQuestion.cause_kind == WAITING_LIST, OpenQuestion.cause_id.in_(sorted(entry_ids))
    )
    calls = select(CallListEntry.cause_id, CallListEntry.kind).where(
        CallListEntry.cause_kind == WAITING_LIST,
        CallListEntry.cause_id.in_(sorted(entry_ids)),
        CallListEntry.state == WorkState.OPEN,
    )
    open_calls = {(row.cause_id, row.kind) for row in db.session.execute(calls)}
    return {
        asked.cause_id: Asked(
            asked.asked_at,
            asked.answered_at,
            says_no=(asked.cause_id, NO_LONGER_WANTED) in open_calls,
            ring=(asked.cause_id, UNANSWERED) in open_calls,
        )
        for asked in db.session.scalars(query.order_by(OpenQuestion.asked_at))
    }


def _waits() -> Any:
    """Entries of people who do wait: for a standing seat, with no offer in their hands."""
    offered: ColumnElement[bool] = exists().where(
        Offer.episode_id == WaitingEntry.episode_id, Offer.state == OfferState.OPEN
    )
    return (
        select(WaitingEntry.id)
        .join(Episode, Episode.id == WaitingEntry.episode_id)
        .where(
            WaitingEntry.closed_at.is_(None),
            WaitingEntry.visits_only.is_(False),
            Episode.state == State.WAITING,
            Episode.suspended_at.is_(None),
            ~offered,
        )
    )


def _entry(heard: Heard) -> WaitingEntry:
    """The entry asked about, if it is still open; else a person reads the reply."""
    if heard.question is None:
        raise LookupError("this reply needs the question it answers")
    entry = db.session.get_one(WaitingEntry, heard.question.cause_id)
    if entry.closed_at is not None:
        raise LookupError(f"waiting entry {entry.id} is closed")
    return entry


def _when(entry: WaitingEntry, at: datetime) -> dict[str, str]:
    return wording.moment(at, access.zone_of(entry.clinic_id))


def _close_calls(entry: WaitingEntry, outcome: str, by: Viewer) -> None:
    kinds = (NO_LONGER_WANTED, UNANSWERED)
    worklist.close_open(
        CallListEntry, kinds, cause_kind=WAITING_LIST, cause_id=entry.id, outcome=outcome, by=by
    )


def _about(entry: WaitingEntry) -> dict[str, Any]:
    return {
        "patient_id": entry.patient_id,
        "cause_kind": WAITING_LIST,
        "cause_id": entry.id,
        "clinic_id": entry.clinic_id,
        "organisation_id": entry.organisation_id,
    }
