"""How fast one sender may text: moments to leave at, handed out in the database to whoever claims.

With SMS_PER_SECOND set, each claim books its texts' moments under the sender's row lock, so that several
dispatchers together keep to one rate. Nobody books more than a few seconds ahead: what is urgent waits for
those few at most, never for ten thousand prompts. Without the setting nothing here runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from clinic.access.models import Clinic
from clinic.columns import config
from clinic.extensions import db
from clinic.notifications.models import Message, MessageState, SenderPace
from clinic.notifications.outcomes import Parcel
from clinic.notifications.sets import insert_into
from clinic.notifications.timing import Timing, ticking


@dataclass
class Pace:
    """The senders of one claim: which clinics text from each, and from when on each is free."""

    step: timedelta  # between two texts of one sender
    now: datetime
    until: datetime  # no moment past this is given out
    clinics: dict[str, list[int]] = field(default_factory=dict)
    free_at: dict[str, datetime] = field(default_factory=dict)
    senders: dict[int, str] = field(default_factory=dict)

    def room(self, sender: str) -> int:
        """How many moments of this sender can be given out now."""
        left = self.until - self._begins(sender)
        return max(0, -(-left // self.step))

    def parts(self) -> Iterator[tuple[ColumnElement[bool], int | None]]:
        """The due rows sender by sender, each with the most that may be taken; only texts keep a pace."""
        for sender, ids in self.clinics.items():
            theirs, room = Message.clinic_id.in_(ids), self.room(sender)
            yield (theirs, room) if room else (theirs & (Message.channel == "email"), None)

    def take(self, message: Message) -> timedelta:
        """How long after `now` this text leaves; its moment is then nobody else's."""
        if message.channel != "sms":
            return timedelta()
        sender = self.senders[message.clinic_id]
        begins = self._begins(sender)
        self.free_at[sender] = begins + self.step
        return begins - self.now

    def keep(self) -> None:
        """Write down what was given out, in the claim's own transaction."""
        for sender, free_at in self.free_at.items():
            db.session.execute(
                update(SenderPace)
                .where(SenderPace.sender == sender, SenderPace.free_at < free_at)
                .values(free_at=free_at)
                .execution_options(synchronize_session=False)
            )

    def _begins(self, sender: str) -> datetime:
        return max(self.free_at.get(sender, self.now), self.now)


class Turns:
    """The posts of one pass, one sender's never closer than its step, however late the threads are."""

    def __init__(self, per_second: float | None) -> None:
        self._step = 1 / per_second if per_second else 0.0
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}

    def wait(self, parcel: Parcel) -> None:
        """Come back when this one may leave; at once where no pace was booked."""
        if parcel.leaves_at is None:
            return
        with self._lock:
            turn = max(parcel.leaves_at, self._last.get(parcel.sender, 0.0) + self._step)
            self._last[parcel.sender] = turn
        time.sleep(max(0.0, turn - ticking()))


def locked(now: datetime, timing: Timing, *, unless_idle: bool) -> Pace | None:
    """The pace of every sender, locked until the claim commits; None when no rate is set.

    An idle tick takes no lock and gets a pace without senders: nobody texts by it.
    """
    per_second = config().sms_per_second
    if per_second is None:
        return None
    pace = Pace(timedelta(seconds=1) / per_second, now, now + timedelta(seconds=timing.ahead))
    if unless_idle and not _anything_due(now):
        return pace
    for clinic_id, sender in db.session.execute(select(Clinic.id, Clinic.sender).order_by(Clinic.id)):
        pace.clinics.setdefault(sender or "", []).append(clinic_id)
        pace.senders[clinic_id] = sender or ""
    _see_that_they_exist(pace.clinics, now)
    rows = select(SenderPace.sender, SenderPace.free_at).order_by(SenderPace.sender).with_for_update()
    pace.free_at = {row.sender: row.free_at for row in db.session.execute(rows)}
    return pace


def _anything_due(now: datetime) -> bool:
    due = select(Message.id).where(Message.state == MessageState.PLANNED, Message.not_before <= now)
    return db.session.scalars(due.limit(1)).first() is not None


def _see_that_they_exist(senders: Iterable[str], now: datetime) -> None:
    rows = [{"sender": sender, "free_at": now} for sender in sorted(senders)]
    db.session.execute(insert_into(SenderPace).values(rows).on_conflict_do_nothing())
