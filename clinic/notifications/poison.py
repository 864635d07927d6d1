"""One bad row must not hold up the others: when a claim fails, its rows are claimed one at a time."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from clinic.extensions import db, transaction
from clinic.notifications.claim import Claim, claim
from clinic.notifications.dispatchers import Pass
from clinic.notifications.models import Message, MessageState
from clinic.notifications.timing import Timing
from clinic.viewer import acting_as, system
from clinic.worklist import services as worklist

log = logging.getLogger(__name__)


def claim_carefully(
    *, owner: Pass, limit: int, now: datetime, began: float, timing: Timing, at_once: int | None = None
) -> Claim:
    """A claim that always gets past a row nobody can read or whose room fails: that row is parked.

    Raises OperationalError when the database itself is away: then nothing is wrong with any row.
    """
    try:
        return claim(owner=owner, limit=limit, now=now, began=began, timing=timing, at_once=at_once)
    except OperationalError:
        raise
    except Exception:
        log.exception("a batch could not be claimed; its rows are taken one by one")
        owner.start_over()
    made = Claim()
    for message_id in _due_ids(limit, now):
        try:
            one = claim(owner=owner, limit=1, now=now, began=began, timing=timing, only=message_id)
        except OperationalError:
            raise
        except Exception:
            log.exception("a message was parked", extra={"message_id": message_id})
            owner.start_over()
            _park(message_id, now)
            made.suppressed += 1
        else:
            made.parcels += one.parcels
            made.suppressed += one.suppressed
            made.later += one.later
    return made


def _due_ids(limit: int, now: datetime) -> list[int]:
    due = select(Message.id).where(Message.state == MessageState.PLANNED, Message.not_before <= now)
    with acting_as(system("delivery")), transaction():
        return list(
            db.session.scalars(due.order_by(Message.priority, Message.not_before, Message.id).limit(limit))
        )


def _park(message_id: int, now: datetime) -> None:
    """Out of the way, on the ledger and on the call list; only columns in the clear are read."""
    plain = (Message.clinic_id, Message.organisation_id, Message.patient_id)
    with acting_as(system("delivery")), transaction():
        db.session.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == MessageState.PLANNED)
            .values(state=MessageState.PARKED, reason="poison", settled_at=now)
            .execution_options(synchronize_session=False)
        )
        row = db.session.execute(select(*plain).where(Message.id == message_id)).one()
        worklist.add_call(
            kind="parked",
            patient_id=row.patient_id,
            cause_kind="message",
            cause_id=message_id,
            clinic_id=row.clinic_id,
            organisation_id=row.organisation_id,
            due_at=now,
            by=system("delivery", row.clinic_id),
        )
