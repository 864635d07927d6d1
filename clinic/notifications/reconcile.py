"""Unknown texts find their truth: a callback, else the provider's list, else a person who rings, in time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, transaction
from clinic.extensions import now as clock
from clinic.notifications import calls, line, outage, questions, receipts, silent, wording
from clinic.notifications.dispatchers import owner_is_gone
from clinic.notifications.gateway import LISTING_FAILED, Listed, gateway_for
from clinic.notifications.models import Message, MessageState
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system

log = logging.getLogger(__name__)

AT_A_TIME = 100
CLOCKS_DIFFER = timedelta(seconds=5)  # more than this ahead of us is no clock to believe
ROUNDING = timedelta(seconds=2)  # the provider's dates are whole seconds, and its clock is not ours


@dataclass(frozen=True)
class Doubt:
    """One text that may or may not have been taken."""

    id: int
    to: str
    body: str
    claimed_at: datetime
    expires_at: datetime


def reconcile(*, now: datetime | None = None) -> dict[str, int]:
    """One pass: `given_back` to be sent after all, `doubtful` newly in doubt; then what became of the doubts:
    found at the provider, handed to a person, to be sent again, still open."""
    moment, timing = now or clock(), Timing.load()
    with acting_as(system("reconcile")):
        names = ("given_back", "doubtful", "found", "handed_over", "resend", "open", "silent")
        counts = dict.fromkeys(names, 0)
        _survive_the_clock(moment, timing)
        counts["given_back"], counts["doubtful"] = _survive_the_dead(moment)
        for doubt in _doubts():
            listed = _listed(doubt, timing)
            try:
                counts[_settle(doubt, listed, moment, timing)] += 1
            except (
                IntegrityError
            ):  # its sid was written down elsewhere this very moment: look again next time
                counts["open"] += 1
        counts["silent"] = silent.ask_after(now=moment, timing=timing)
        outage.cover_next_sessions(now=moment, timing=timing)
    return counts


@transaction()
def _survive_the_clock(now: datetime, timing: Timing) -> None:
    """A claim dated in the future was made by a clock that was wrong: it counts as made now, or its lease and
    its grace would last until that future comes."""
    db.session.execute(
        update(Message)
        .where(
            Message.state.in_([MessageState.SENDING, MessageState.UNKNOWN]),
            Message.claimed_at > now + CLOCKS_DIFFER,
        )
        .values(claimed_at=now, lease_until=now + timing.lease_for)
        .execution_options(synchronize_session=False)
    )


@transaction()
def _survive_the_dead(now: datetime) -> tuple[int, int]:
    """A claim's owner is gone, or its lease ran out: what was begun is unknown at once, what stood in line
    is planned again. Should the owner wake, its compare-and-set finds none of them its own any more."""
    in_line = Message.reason == line.IN_LINE
    states = (literal(MessageState.PLANNED.value), literal(MessageState.UNKNOWN.value))
    left = db.session.execute(
        update(Message)
        .where(Message.state == MessageState.SENDING, or_(owner_is_gone(now), Message.lease_until < now))
        .values(
            state=case((in_line, states[0]), else_=states[1]),
            reason=case((in_line, "not_begun"), else_="dispatcher_lost"),
        )
        .returning(Message.id, Message.state)
        .execution_options(synchronize_session=False)
    ).all()
    given_back = [row.id for row in left if row.state is MessageState.PLANNED]
    if given_back:
        questions.withdraw(given_back)
    return len(given_back), len(left) - len(given_back)


def _doubts() -> list[Doubt]:
    """The oldest first, read before the provider is asked: no transaction is open meanwhile."""
    rows = (
        select(Message)
        .where(Message.state == MessageState.UNKNOWN, Message.settled_at.is_(None))
        .order_by(Message.claimed_at, Message.id)
        .limit(AT_A_TIME)
    )
    found = [
        Doubt(m.id, m.sent_to or "", m.body or "", m.claimed_at or m.due_at, m.expires_at)
        for m in db.session.scalars(rows)
    ]
    db.session.commit()
    return found


def _listed(doubt: Doubt, timing: Timing) -> list[Listed]:
    """What the provider says it sent to this number with these words since the claim; oldest first."""
    gateway = gateway_for(config(), timeout=timing.timeout, threads=config().sms_in_flight)
    try:
        rows = gateway.listing(doubt.to)
    except LISTING_FAILED as problem:
        log.warning("the provider did not list", extra={"problem": type(problem).__name__})
        return []
    since = doubt.claimed_at - ROUNDING
    same = [row for row in rows if row.body == doubt.body and row.created >= since]
    return sorted(same, key=lambda row: row.created)


@transaction()
def _settle(doubt: Doubt, listed: Sequence[Listed], now: datetime, timing: Timing) -> str:
    message = db.session.get_one(Message, doubt.id, with_for_update=True, populate_existing=True)
    if message.state is not MessageState.UNKNOWN or message.settled_at is not None:
        return "found"  # a callback was quicker
    free = _not_ours_already(listed)
    if free and not _somebody_is_sending_the_same(message):
        told = receipts.WORDS.get(free[0].status, MessageState.ACCEPTED)
        receipts.apply(message, sid=free[0].sid, told=told, error_code=free[0].error_code, now=now)
        return "found"
    if now < _give_up_at(doubt, timing):
        return "open"
    if _may_resend(message, now):
        message.state, message.not_before, message.reason = MessageState.PLANNED, now, "resend"
        return "resend"
    message.settled_at, message.reason = now, "handed_over"
    calls.instead_of(message, MessageState.UNKNOWN.value, now=now)
    return "handed_over"


def _not_ours_already(listed: Sequence[Listed]) -> list[Listed]:
    if not listed:
        return []
    sids = [row.sid for row in listed]
    taken = set(db.session.scalars(select(Message.sid).where(Message.sid.in_(sids))))
    return [row for row in listed if row.sid not in taken]


def _somebody_is_sending_the_same(message: Message) -> bool:
    """A text to the same number that is in flight may own the sid we found: look again next time."""
    same = select(Message.id).where(
        Message.sent_to_index == message.sent_to_index,
        Message.state == MessageState.SENDING,
        Message.id != message.id,
    )
    return db.session.scalars(same.limit(1)).first() is not None


def _give_up_at(doubt: Doubt, timing: Timing) -> datetime:
    """After the grace; sooner when the text would be stale, so that the call still helps."""

    def after(seconds: float) -> datetime:
        return doubt.claimed_at + timedelta(seconds=seconds)

    in_time = doubt.expires_at - timedelta(seconds=timing.tell_before)
    return min(after(timing.grace), max(after(timing.least_grace), in_time))


def _may_resend(message: Message, now: datetime) -> bool:
    """Only where the clinic asked for it, for a text that may go twice, from a dispatcher known dead."""
    settings = access.clinic(message.clinic_id).settings
    if not settings.get("resend_safe_texts") or wording.text(message.text).resend != "safe":
        return False
    if message.reason != "dispatcher_lost" or message.expires_at <= now:
        return False
    dead = select(Message.id).where(Message.id == message.id, owner_is_gone(now))
    return db.session.scalars(dead).first() is not None
