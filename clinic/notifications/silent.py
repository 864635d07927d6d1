"""Accepted texts of which nothing more is heard: callbacks get lost, so the provider is asked."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update

from clinic.columns import config
from clinic.extensions import db, transaction
from clinic.notifications import receipts
from clinic.notifications.gateway import LISTING_FAILED, gateway_for
from clinic.notifications.models import Message, MessageState
from clinic.notifications.timing import Timing

log = logging.getLogger(__name__)

AT_A_TIME = 20
WAITING = (MessageState.ACCEPTED, MessageState.SENT)


def ask_after(*, now: datetime, timing: Timing) -> int:
    """Ask the provider about texts that have been silent too long; how many were asked about."""
    asked = _choose(now, timing)
    gateway = gateway_for(config(), timeout=timing.timeout, threads=config().sms_in_flight)
    for message_id, sid in asked:
        try:
            told = gateway.fetch(sid)
        except LISTING_FAILED as problem:
            log.warning("the provider did not answer", extra={"problem": type(problem).__name__})
            break
        state = receipts.WORDS.get(told.status)
        if state is not None:
            with transaction():
                message = db.session.get_one(
                    Message, message_id, with_for_update=True, populate_existing=True
                )
                receipts.apply(message, sid=sid, told=state, error_code=told.error_code, now=now)
    return len(asked)


@transaction()
def _choose(now: datetime, timing: Timing) -> list[tuple[int, str]]:
    """Each is looked at once in a while, and not at all after a day."""
    quiet = now - timedelta(seconds=timing.silent)
    due = (
        select(Message.id, Message.sid)
        .where(
            Message.state.in_(WAITING),
            Message.sid.is_not(None),
            Message.lease_until < quiet,
            Message.lease_until > now - timedelta(days=1),
        )
        .order_by(Message.lease_until)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    )
    chosen = [(row[0], str(row[1])) for row in db.session.execute(due)]
    if chosen:
        db.session.execute(
            update(Message)
            .where(Message.id.in_([message_id for message_id, _ in chosen]))
            .values(lease_until=now)
            .execution_options(synchronize_session=False)
        )
    return chosen
