"""What time does for letters: prints them, puts them into folders, asks a person about those nobody opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.referrals import clocks, filedrop, letters_prints, letters_sending, letters_words
from clinic.referrals.models import Letter
from clinic.referrals.paper import LetterDelivery, Route
from clinic.viewer import Viewer, acting_as, system

UNREAD_DAYS = 5  # working days; a clinic's setting `unread_letter_days`
FEWEST = 1
AT_ONCE = 100


def do() -> Mapping[str, int]:
    """One pass; running it twice changes nothing more."""
    with acting_as(system("letters")) as by:
        printed = letters_prints.keep_missing()
        dropped, failed = filedrop.drop_due(by=by)
        return {"printed": printed, "dropped": dropped, "failed": failed, "chased": chase_unread(by=by)}


@transaction()
def chase_unread(*, by: Viewer) -> int:
    """A person rings or posts what nobody opened for so many working days; asked once a letter."""
    unread = (
        select(LetterDelivery)
        .join(LetterDelivery.letter)
        .where(
            LetterDelivery.route == Route.PORTAL,
            LetterDelivery.arrived_at.is_(None),
            LetterDelivery.chased_at.is_(None),
            Letter.kind.in_(letters_words.NEWS),
            Letter.written_at < now() - timedelta(days=FEWEST),
        )
        .order_by(LetterDelivery.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=LetterDelivery)
    )
    due = [row for row in db.session.scalars(unread) if _long_ago(row)]
    for row in due:
        letters_sending.ask_to_post(row, by=by, kind=letters_sending.CHASE)
    return len(due)


def _long_ago(row: LetterDelivery) -> bool:
    days = access.clinic(row.clinic_id).settings.get("unread_letter_days", UNREAD_DAYS)
    written = clocks.today(row.clinic_id, row.letter.written_at)
    return clocks.working_days_later(row.clinic_id, written, days) <= clocks.today(row.clinic_id, now())
