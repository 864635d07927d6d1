"""Results of posting, written in chunks and merged with what a callback has already said."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, String, and_, case, func, not_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from clinic.columns import UtcDateTime
from clinic.extensions import db, transaction
from clinic.notifications import calls, failpoints, questions, settling
from clinic.notifications.models import Message, MessageState
from clinic.notifications.outcomes import Accepted, Later, Outcome, Parcel, Refused
from clinic.notifications.rowset import moment, rowset
from clinic.notifications.timing import Timing, ticking
from clinic.viewer import acting_as, system

Result = tuple[Parcel, Outcome]
CHUNK_SECONDS = 0.5

_COLUMNS: dict[str, TypeEngine[Any]] = {
    "id": BigInteger(),
    "attempt": Integer(),
    "state": String(),
    "sid": String(),
    "reason": String(),
    "error_code": String(),
    "not_before": UtcDateTime(),
}


def record(
    results: Sequence[Result], *, begin: Sequence[Parcel] = (), now: datetime, timing: Timing
) -> set[int]:
    """Write one chunk of results in one statement, under compare-and-set by attempt.

    A state that a callback has moved on is kept; a zombie's old attempt changes nothing. Refusals are
    followed up (call list, opt-out) in the same transaction. The same statement lets those of `begin` be
    posted that are still ours; their ids are returned.
    """
    failpoints.reach("before_record")
    rows = [_row(parcel, outcome, now, timing) for parcel, outcome in results]
    rows += [_plain(parcel, MessageState.SENDING) for parcel in begin]
    with acting_as(system("delivery")):
        try:
            ours = _write(rows, results, now, timing)
        except IntegrityError:  # the listing gave one of our sids to another row: the answer knows better
            with transaction():
                for row in rows:
                    if row["sid"]:
                        settling.take_back_sid(row["sid"], owner_id=row["id"])
            ours = _write(rows, results, now, timing)
    failpoints.reach("mid_record")
    return ours & {parcel.id for parcel in begin}


def _write(rows: list[dict[str, Any]], results: Sequence[Result], now: datetime, timing: Timing) -> set[int]:
    """The ids that are `sending` afterwards, in the attempt named."""
    with transaction():
        given = rowset(_COLUMNS, rows)
        written = db.session.execute(
            update(Message)
            .where(Message.id == given.c.id, Message.attempt == given.c.attempt)
            .values(_merged(given, now))
            .returning(Message.id, Message.state)
            .execution_options(synchronize_session=False)
        ).all()
        unsent = [p.id for p, outcome in results if isinstance(outcome, Refused | Later)]
        if unsent:
            questions.withdraw(unsent)
        refused = [p.id for p, outcome in results if isinstance(outcome, Refused)]
        if refused:
            _settle_refused(refused, now)
        running_out = [
            p.id for p, outcome in results if isinstance(outcome, Later) and _stale_soon(p, timing)
        ]
        if running_out:
            _ring_as_well(running_out, now)
    return {row.id for row in written if row.state is MessageState.SENDING}


def _merged(given: Any, now: datetime) -> dict[str, Any]:
    in_doubt = or_(
        Message.state == MessageState.SENDING,
        and_(Message.state == MessageState.UNKNOWN, Message.settled_at.is_(None)),
    )
    # a yes from the provider settles even what was already handed to a person
    taken = and_(given.c.state == MessageState.ACCEPTED.value, Message.state == MessageState.UNKNOWN)
    begins = given.c.state == MessageState.SENDING.value
    begun = and_(begins, Message.state == MessageState.SENDING)
    moves = and_(not_(begins), or_(in_doubt, taken))

    def when(value: Any, otherwise: Any) -> ColumnElement[Any]:
        return case((moves, value), else_=otherwise)

    final = given.c.state == MessageState.REFUSED.value
    stamp = func.coalesce(Message.settled_at, now, type_=UtcDateTime())
    return {
        "state": when(given.c.state, Message.state),
        "sid": func.coalesce(Message.sid, given.c.sid),
        "reason": case((begun, None), (moves, given.c.reason), else_=Message.reason),
        "error_code": when(given.c.error_code, Message.error_code),
        "not_before": when(func.coalesce(given.c.not_before, Message.not_before), Message.not_before),
        "settled_at": case((and_(moves, final), stamp), (moves, None), else_=Message.settled_at),
    }


def _row(parcel: Parcel, outcome: Outcome, now: datetime, timing: Timing) -> dict[str, Any]:
    if isinstance(outcome, Accepted):
        return _plain(parcel, MessageState.ACCEPTED) | {"sid": outcome.sid}
    if isinstance(outcome, Refused):
        return _plain(parcel, MessageState.REFUSED, "refused") | {"error_code": outcome.code[:12]}
    if isinstance(outcome, Later):
        again = moment(now + _pause(parcel, outcome, timing))
        return _plain(parcel, MessageState.PLANNED, outcome.reason) | {"not_before": again}
    return _plain(parcel, MessageState.UNKNOWN, outcome.reason[:60])


def _plain(parcel: Parcel, state: MessageState, reason: str | None = None) -> dict[str, Any]:
    return {
        "id": parcel.id,
        "attempt": parcel.attempt,
        "state": state.value,
        "sid": None,
        "reason": reason,
    }


def _pause(parcel: Parcel, outcome: Later, timing: Timing) -> timedelta:
    """The provider's wish or our backoff, whichever is longer, with jitter so that no storm forms."""
    least = max(outcome.retry_after or 0.0, timing.wait_after(parcel.attempt))
    return timedelta(seconds=least * random.uniform(1.0, 1.25))


def _stale_soon(parcel: Parcel, timing: Timing) -> bool:
    return parcel.stale_at - ticking() <= timing.tell_before


def _ring_as_well(ids: list[int], now: datetime) -> None:
    """Put off again, and soon stale: somebody rings while it still helps; the text keeps trying."""
    for message in db.session.scalars(select(Message).where(Message.id.in_(ids))):
        calls.instead_of(message, "late", now=now)


def _settle_refused(ids: list[int], now: datetime) -> None:
    rows = select(Message).where(Message.id.in_(ids), Message.state == MessageState.REFUSED)
    for message in db.session.scalars(rows.execution_options(populate_existing=True)):
        settling.not_reached(message, now=now)
