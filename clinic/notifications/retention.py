"""What the post office need not keep: the words of old texts. That they were sent, and when, is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from clinic.extensions import db, transaction
from clinic.notifications.models import Inbound, Message, MessageState
from clinic.notifications.rowset import rows_changed
from clinic.viewer import acting_as, system

WORDS_KEPT = timedelta(days=400)  # a course of classes and its last letter, with room to spare
UNDECIDED = (MessageState.PLANNED, MessageState.SENDING, MessageState.UNKNOWN)


@transaction()
def words(*, moment: datetime, dry_run: bool) -> tuple[str, int]:
    """RETENTION: bodies, numbers and facts of texts older than 400 days; how many go, or would go."""
    old = moment - WORDS_KEPT
    sent = Message.body.is_not(None) | Message.sent_to.is_not(None) | Message.facts.is_not(None)
    ours = (Message.created_at < old, Message.state.not_in(UNDECIDED), sent)
    theirs = (Inbound.received_at < old, or_(Inbound.body.is_not(None), Inbound.from_number.is_not(None)))
    with acting_as(system("retention")):
        if dry_run:
            return "texts", _count(Message, ours) + _count(Inbound, theirs)
        gone = rows_changed(
            update(Message)
            .where(*ours)
            .values(body=None, sent_to=None, facts=None)
            .execution_options(**_QUIET)
        )
        gone += rows_changed(
            update(Inbound).where(*theirs).values(body=None, from_number=None).execution_options(**_QUIET)
        )
        return "texts", gone


_QUIET = {"synchronize_session": False}


def _count(model: Any, where: tuple[Any, ...]) -> int:
    return db.session.scalars(select(func.count()).select_from(model).where(*where)).one()
