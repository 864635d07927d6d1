"""The waiting list: who waits, who is next for a vacancy, and who was passed over and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access import queries as access
from clinic.access import terms
from clinic.classes import candidates, queries, seats
from clinic.classes.models import ClassSession, ExerciseClass, WaitingEntry
from clinic.classes.rules import ranking, vacancies
from clinic.classes.rules.ranking import Vacancy, Waiter
from clinic.extensions import db, transaction
from clinic.referrals.models import Episode, Referral
from clinic.viewer import Viewer
from clinic.worklist import services as worklist

SKIPS_KEPT = 20
BUSY = "Was being changed by somebody else at that moment."
NOT_PASSED_OVER = frozenset({candidates.HAS_OFFER, candidates.NOT_NOW})  # nothing was theirs to miss
PASSING = (BUSY, candidates.ASKED_LATELY, candidates.NOT_WANTED)  # kept, and no reason to look again


@dataclass(frozen=True)
class Next:
    """Who gets a vacancy, locked and looked at again, and who was passed over."""

    person: Any
    waiter: Waiter
    skipped: tuple[tuple[int, str], ...]


@transaction()
def enter(*, episode: Episode, by: Viewer, visits_only: bool = False) -> WaitingEntry:
    """On the list by clinical tier and referral date, once; an urgent referral is tier 1."""
    found = queries.waiting_entry(episode.id)
    if found is not None:
        return found
    urgent = select(Referral.id).where(Referral.episode_id == episode.id, Referral.priority != "routine")
    row = WaitingEntry(
        clinic_id=episode.clinic_id,
        organisation_id=episode.organisation_id,
        patient_id=episode.patient_id,
        episode_id=episode.id,
        tier=1 if db.session.scalars(urgent.limit(1)).first() else 2,
        referred_on=episode.referred_on,
        visits_only=visits_only,
    )
    db.session.add(row)
    audit.record("waiting.entered", by=by, about=row, tier=row.tier)
    return row


@transaction()
def leave(*, episode_id: int, by: Viewer, now: datetime) -> None:
    """Off the list: seated, ended or paused."""
    found = queries.waiting_entry(episode_id)
    if found is not None:
        found.closed_at = now
        audit.record("waiting.left", by=by, about=found)


def vacancy(
    row: ExerciseClass, session: ClassSession | None = None, *, freed: int = 0, leaving: int = 0
) -> tuple[Vacancy, dict[str, Any]]:
    """A seat for the rules, standing or in one session, and the keys that find its waiters.

    The room of a date is its own: what it holds beside who is there, with `leaving` who go.
    """
    facts = candidates.class_facts(row, freed=freed)
    if session is not None:
        facts = replace(facts, room_left=session.room - session.beside - session.taken + leaving)
    on = session.local_date if session else None
    return Vacancy(facts, on), {"class_id": row.id, "session_id": session.id if session else None}


def in_line(clinic_id: int, now: datetime, **keys: Any) -> list[Waiter]:
    """Everybody on the list as they stand for one vacancy, in order."""
    today = access.local(clinic_id, now).date()
    return list(ranking.in_order(candidates.waiters(candidates.line_of(clinic_id, today, now), **keys)))


def by_hand_first(clinic_id: int, now: datetime) -> frozenset[int]:
    """Episodes new on the list: the coordinator has two working days to place them by hand."""
    today, working = access.local(clinic_id, now).date(), access.working_day(clinic_id)
    days = terms.of(clinic_id, terms.BY_HAND_DAYS)
    return frozenset(
        episode.id
        for entry, episode in queries.waiting(clinic_id)
        if today < vacancies.swept_from(access.local(clinic_id, entry.entered_at).date(), working, days)
    )


def choose(
    seat: Vacancy, waiting: Iterable[Waiter], keys: dict[str, Any], *, but_not: Collection[int], now: datetime
) -> Next | None:
    """The next suitable person, locked without waiting for anybody, and looked at again under the lock.

    Whoever is being changed elsewhere at this moment is passed over: a lock waited for here, with another
    episode's lock held already, could wait for ever.
    """
    left = [one for one in waiting if int(one.id) not in but_not]
    not_asked = {one.id for one in left if one.unavailable in NOT_PASSED_OVER}
    busy: list[tuple[int, str]] = []
    while (ranked := ranking.rank(left, seat)).next is not None:
        first = ranked.next
        person = seats.lock_people([int(first.id)], skip_locked=True).get(int(first.id))
        if person is not None and _still_waits(person, seat, keys, now):
            skipped = [(int(one), why) for one, why in ranked.skipped if one not in not_asked]
            return Next(person, first, tuple(skipped + busy))
        busy.append((int(first.id), BUSY))
        left = [one for one in left if one is not first]
    return None


def keep_skips(
    chosen: Next, class_id: int, *, now: datetime, by: Viewer, session_id: int | None = None
) -> None:
    """Write down who was passed over and why; at the third time a person looks (F36).

    Several seats of one class, or of one session, on one day are one time; a busy moment is nobody's misfit
    and counts towards no task. Comes after the seats, and never waits for a lock.
    """
    why = dict(chosen.skipped)
    query = (
        select(WaitingEntry)
        .where(WaitingEntry.episode_id.in_(why), WaitingEntry.closed_at.is_(None))
        .order_by(WaitingEntry.id)
        .with_for_update(skip_locked=True)
    )
    for entry in db.session.scalars(query) if why else ():
        seat = {"class_id": class_id, "session_id": session_id}
        skip = {"at": now.isoformat(), **seat, "why": why[entry.episode_id]}
        if any(_alike(skip, before) for before in entry.skips):
            continue
        entry.skips = [*entry.skips, skip][-SKIPS_KEPT:]
        if ranking.needs_a_person(len([one for one in entry.skips if not one["why"].startswith(PASSING)])):
            worklist.open_task(
                kind="passed_over_often",
                patient_id=entry.patient_id,
                cause_kind=candidates.WAITING_LIST,
                cause_id=entry.id,
                clinic_id=entry.clinic_id,
                organisation_id=entry.organisation_id,
                due_at=now + timedelta(days=2),
                by=by,
            )


def _alike(skip: dict[str, Any], before: dict[str, Any]) -> bool:
    """The same seat on the same day."""
    seat = ("class_id", "session_id")
    same_day = skip["at"][:10] == str(before.get("at"))[:10]
    return same_day and all(skip[key] == before.get(key) for key in seat)


def _still_waits(person: Any, seat: Vacancy, keys: dict[str, Any], now: datetime) -> bool:
    """Under the lock, with everything read anew: may sit, is on the list, no offer, and the seat suits."""
    if person.state not in candidates.MAY_SIT or person.suspended_at is not None:
        return False
    today = access.local(person.clinic_id, now).date()
    line = candidates.line_of(person.clinic_id, today, now, only=person.id)
    again = candidates.waiters(line, **keys)
    return bool(again) and not ranking.why_not(again[0], seat)
