"""A text from an unknown number: to the call list of every clinic on that sender, without its body."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from clinic.columns import blind_index
from clinic.extensions import db
from clinic.notifications import answering
from clinic.notifications.models import Inbound
from clinic.notifications.rules.replies import Intent, Question, read


def receive(*, sid: str, sender: str, body: str, clinic_ids: Sequence[int], now: datetime) -> str:
    """Kept without its words. A red flag is answered and alerted all the same."""
    reading = read(body, Question.NONE)
    rows = [
        Inbound(
            sid=sid[:40],
            clinic_id=clinic_id,
            from_number=sender,
            number_index=blind_index("phone", sender),
            intent=reading.intent.value,
            red_flag=reading.red_flag,
            score=reading.score,
            effect="unknown_sender",
            received_at=now,
        )
        for clinic_id in clinic_ids
    ]
    db.session.add_all(rows)
    db.session.flush()
    if reading.intent in (Intent.STOP, Intent.START):
        return "unknown_sender"  # the carrier has done what was asked
    for row in rows:
        answering.person(row, "unknown_sender", patient_id=None, now=now)
        if reading.red_flag:
            answering.alert(row, "red_flag", patient_id=None, now=now)
    if reading.red_flag and rows:
        answering.safety(rows[0], now=now)
    return "unknown_sender"
