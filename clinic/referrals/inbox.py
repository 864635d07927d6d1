"""The front desk's list: what needs a decision first. Nothing drops out of it by age."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from clinic.extensions import db
from clinic.patients.models import Patient
from clinic.referrals.changes import without_patient
from clinic.referrals.models import Decision, Episode, Referral, State
from clinic.referrals.rules.words import Urgency
from clinic.worklist.models import CallListEntry, Task, WorkState

UNDECIDED = (State.BEING_DECIDED, State.WITH_REFERRER, State.ON_HOLD)
_URGENCIES = [urgency.value for urgency in Urgency]  # emergency first
_NO_FLAG = len(_URGENCIES)


@dataclass(frozen=True, slots=True)
class Row:
    """One episode to decide: who, what the rules suggest, which clock runs, by when somebody hears."""

    referral: Referral
    episode: Episode
    patient: Patient
    suggestion: Decision | None  # None only before the rules ran
    referrals: int
    clock: datetime | None
    clock_kind: str
    urgency: int
    late: bool
    age: int  # clinic days since it came

    @property
    def flags(self) -> list[dict[str, Any]]:
        return list(self.suggestion.answer["flags"]) if self.suggestion else []

    @property
    def order(self) -> tuple[Any, ...]:
        """Running clocks, then what waits for us, then flags, then urgent ones, then the oldest."""
        theirs = self.episode.state is not State.BEING_DECIDED
        if self.clock is not None:
            return (0, self.clock.timestamp())
        return (
            1,
            theirs,
            self.urgency,
            self.referral.priority != "urgent",
            self.episode.next_on,
            self.referral.id,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of the inbox; empty words want everything. Hides rows, never drops one."""

    priority: str = ""
    source: str = ""
    only: str = ""  # one of ONLY

    def keeps(self, row: Row) -> bool:
        if self.priority and row.referral.priority != self.priority:
            return False
        if self.source and row.referral.source != self.source:
            return False
        return ONLY[self.only](row) if self.only in ONLY else True


ONLY: Mapping[str, Callable[[Row], bool]] = {
    "late": lambda row: row.late,
    "clock": lambda row: row.clock is not None,
    "flag": lambda row: any(flag["state"] in ("yes", "review") for flag in row.flags),
    "missing": lambda row: bool(row.suggestion and row.suggestion.answer["missing"]),
}


def inbox(today: date, states: Collection[State] = UNDECIDED) -> list[Row]:
    """The viewer's clinic's episodes in these states, most pressing first; six statements.

    `today` is the clinic's date, from which lateness is judged.
    """
    episodes = list(db.session.scalars(select(Episode).where(Episode.state.in_(states))))
    if not episodes:
        return []
    ids = [episode.id for episode in episodes]
    referrals = _first_referrals(ids)
    counts = _counts(ids)
    suggestions = _suggestions(ids)
    clocks = _clocks([episode.patient_id for episode in episodes])
    rows = []
    for episode in episodes:
        suggestion = suggestions.get(episode.id)
        if episode.id not in referrals:
            continue  # nobody's: conservation names the referral that lost its episode
        clock, kind = clocks.get(episode.patient_id, (None, ""))
        rows.append(
            Row(
                referral=referrals[episode.id],
                episode=episode,
                patient=episode.patient,
                suggestion=suggestion,
                referrals=counts[episode.id],
                clock=clock,
                clock_kind=kind,
                urgency=_urgency(suggestion),
                late=episode.next_on is not None and episode.next_on < today,
                age=max(0, (today - episode.referred_on).days),
            )
        )
    return sorted(rows, key=lambda row: row.order)


def _first_referrals(ids: list[int]) -> dict[int, Referral]:
    """The first live referral of each episode; the first one when all are withdrawn."""
    query = select(Referral).where(Referral.episode_id.in_(ids)).options(*without_patient())
    found: dict[int, Referral] = {}
    for row in db.session.scalars(query.order_by(Referral.withdrawn_at.is_not(None), Referral.id)):
        found.setdefault(row.episode_id, row)
    return found


def _counts(ids: list[int]) -> dict[int, int]:
    query = select(Referral.episode_id, func.count()).where(Referral.episode_id.in_(ids))
    return dict(db.session.execute(query.group_by(Referral.episode_id)).all())


def _suggestions(ids: list[int]) -> dict[int, Decision]:
    newest = (
        select(func.max(Decision.id))
        .where(Decision.episode_id.in_(ids), Decision.kind == "suggested")
        .group_by(Decision.episode_id)
    )
    found = db.session.scalars(select(Decision).where(Decision.id.in_(newest)))
    return {row.episode_id: row for row in found}


def _clocks(patient_ids: list[int]) -> dict[int, tuple[datetime, str]]:
    """The nearest running clock of each patient, and the kind of work it is for."""
    found: dict[int, tuple[datetime, str]] = {}
    for model in (Task, CallListEntry):
        open_here = select(model).where(
            model.patient_id.in_(patient_ids),
            model.state == WorkState.OPEN,
            model.cause_kind == "referrals",
        )
        for work in db.session.scalars(open_here.order_by(model.due_at)):
            if work.patient_id is not None and (
                work.patient_id not in found or work.due_at < found[work.patient_id][0]
            ):
                found[work.patient_id] = (work.due_at, work.kind)
    return found


def _urgency(suggestion: Decision | None) -> int:
    """0 for an emergency flag answered yes or unknown; larger is calmer."""
    flags = suggestion.answer["flags"] if suggestion else ()
    return min((_URGENCIES.index(flag["urgency"]) for flag in flags), default=_NO_FLAG)
