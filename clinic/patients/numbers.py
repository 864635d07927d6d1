"""Is this still the right number? Asked at the next contact when it was last confirmed long ago (F9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from clinic import audit
from clinic.access import queries as access
from clinic.extensions import db, now, transaction
from clinic.patients import services
from clinic.patients.models import Contact, ContactKind
from clinic.viewer import Viewer

ASK_AFTER = timedelta(days=90)
"""A service's own default: `number_confirmed_days` in a clinic's settings says otherwise."""
PHONES = (ContactKind.MOBILE, ContactKind.LANDLINE)


def to_ask(contact: Contact, today: date, after: timedelta = ASK_AFTER) -> bool:
    """Whether whoever speaks to this person next should ask; a number known to be wrong needs another one."""
    if contact.kind not in PHONES or contact.wrong_at is not None:
        return False
    return contact.confirmed_on is None or today - contact.confirmed_on > after


def asking(contacts: Iterable[Contact], today: date, after: timedelta = ASK_AFTER) -> list[Contact]:
    """The main numbers to ask about; one that nobody uses any more is nobody's question."""
    return [contact for contact in contacts if contact.main and to_ask(contact, today, after)]


def to_ask_of(contacts: list[Contact], moment: datetime) -> list[Contact]:
    """The same in the clinic's own day and by its own setting; of contacts of one clinic."""
    if not contacts:
        return []
    clinic_id = contacts[0].clinic_id
    return asking(contacts, access.local(clinic_id, moment).date(), ask_after(clinic_id))


def ask_after(clinic_id: int) -> timedelta:
    days = access.clinic(clinic_id).settings.get("number_confirmed_days")
    return timedelta(days=days) if days else ASK_AFTER


@transaction()
def is_right(*, contact: Contact, source: str, by: Viewer) -> None:
    """They say so themselves: confirmed today, the clinic's own day."""
    today = access.local(contact.clinic_id, now()).date()
    services.confirm_contact(contact=contact, source=source, on=today, by=by)


@transaction()
def text_again(*, contact: Contact, by: Viewer) -> None:
    """They asked for texts again on the phone; a block of the carrier's ends only by their own START."""
    row = db.session.get_one(Contact, contact.id, with_for_update=True)
    if row.stopped_at is not None:
        services.start_texts(contact=row, by=by)
        audit.record("contact.started_by_hand", by=by, about=row)
