"""The demo's practices open their letters the next morning, but for a few that somebody has to ring about."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.demo.place import House
from clinic.extensions import at, db, transaction
from clinic.referrals import letters_reading
from clinic.referrals.models import Letter
from clinic.viewer import acting_as, referrer

NEW = timedelta(days=3)  # what is younger is still unopened
LEFT = 23  # one letter in so many lies unopened for longer


@transaction()
def opened(house: House, now: datetime) -> None:
    """Each letter by the person who referred, the working morning after."""
    readers = {row.organisation_id: referrer(row.id, row.organisation_id or 0) for row in house.referrers}
    for letter in list(db.session.scalars(select(Letter).order_by(Letter.id))):
        by = readers.get(letter.organisation_id)
        if by is None or letter.written_at > now - NEW or letter.id % LEFT == 0:
            continue
        with at(letter.written_at + timedelta(hours=23)), acting_as(by):
            letters_reading.opened(letter=letter, by=by)
