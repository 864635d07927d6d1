"""Once a week a practice without secure delivery hears which letters wait: references only (F22)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import db, transaction
from clinic.notifications import outbox
from clinic.referrals import clocks, letters_sending, letters_words
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, Route
from clinic.viewer import acting_as, system

SETTLED = timedelta(days=1)  # a newer letter has a notice of its own
LIVES = timedelta(days=3)
NAMED = 40  # references in one e-mail; the portal has them all


@transaction()
def plan(moment: datetime) -> int:
    """Plan this week's, once a practice and clinic; how many are new. A missed day is made good."""
    with acting_as(system("letters digest")):
        return sum(
            _plan(clinic_id, practice_id, references, moment)
            for (clinic_id, practice_id), references in sorted(_waiting(moment).items())
        )


def _waiting(moment: datetime) -> dict[tuple[int, int], list[str]]:
    """The references of unopened letters by clinic and practice, oldest first, each once."""
    query = (
        select(LetterDelivery.clinic_id, LetterDelivery.organisation_id, LetterDelivery.about)
        .join(Letter, Letter.id == LetterDelivery.letter_id)
        .where(
            LetterDelivery.arrived_at.is_(None),
            LetterDelivery.organisation_id.is_not(None),
            LetterDelivery.route != Route.FILE_DROP,
            Letter.kind.in_(letters_words.NEWS),
            Letter.written_at < moment - SETTLED,
        )
        .order_by(LetterDelivery.id)
    )
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    for clinic_id, practice_id, reference in db.session.execute(query):
        assert practice_id is not None, "a letter to a practice by name only has no e-mail"
        if reference not in found[clinic_id, practice_id]:
            found[clinic_id, practice_id].append(reference)
    return found


def _plan(clinic_id: int, practice_id: int, references: list[str], moment: datetime) -> bool:
    clinic, practice = access.clinic(clinic_id), access.organisation(practice_id)
    today = clocks.today(clinic_id, moment)
    more = f" and {len(references) - NAMED} more" if len(references) > NAMED else ""
    planned = [
        outbox.plan_one(
            patient=None,
            clinic_id=clinic_id,
            recipient_kind=kind,
            recipient_id=recipient_id,
            channel="email",
            text="letters_digest",
            purpose="invitation",
            cause_kind="letters_digest",
            cause_id=clinic_id,
            cause_revision=today.toordinal() - today.weekday(),
            rule="letters_digest",
            due_at=moment,
            expires_at=moment + LIVES,
            facts={
                "clinic": clinic.name,
                "practice": practice.name,
                "count": len(references),
                "references": ", ".join(references[:NAMED]) + more,
                "link": f"{config().public_base_url.rstrip('/')}/letters",
            },
            now=moment,
        )
        for kind, recipient_id in letters_sending.readers_of(practice)
    ]
    return any(planned)
