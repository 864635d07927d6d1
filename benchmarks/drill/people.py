"""People change their minds and their numbers while texts to them are under way."""

from __future__ import annotations

import time

from sqlalchemy import select

from clinic.columns import blind_index
from clinic.extensions import db, now, transaction
from clinic.patients import services as patients
from clinic.patients.models import Contact
from clinic.viewer import acting_as, system


def change(n: int, *, stop: bool) -> float:
    """STOP, or another number; the moment at which it was committed."""
    number = f"+4477009{n:05d}"
    with acting_as(system("drill")):
        [contact] = db.session.scalars(
            select(Contact).where(Contact.value_index == blind_index("phone", number))
        )
        if stop:
            patients.stop_texts(contact=contact, moment=now(), by=system("drill", contact.clinic_id))
        else:
            with transaction():
                contact.value = f"+4477008{n:05d}"
                contact.value_index = blind_index("phone", contact.value)
    return time.time()
