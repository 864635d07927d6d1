"""What an administrator sets: the clinic's phone, hours, duty contacts; its practices and their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy import select

from clinic import audit
from clinic.access.models import ApiClient, Clinic, Organisation
from clinic.access.services import EMAIL, AccessProblem
from clinic.extensions import db, now, transaction
from clinic.viewer import Viewer

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class SettingsProblem(AccessProblem):
    """What is wrong with a setting, by field; each text is for the person who typed it."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def opening_of(typed: Mapping[str, str]) -> dict[str, list[str]]:
    """The week from `from-0` and `to-0` (Monday) to `to-6`, wall times; a day left empty is closed.

    Raises SettingsProblem, every wrong day at once.
    """
    week, errors = {}, {}
    for day, name in enumerate(WEEKDAYS):
        begins, ends = (typed.get(f"{which}-{day}", "").strip() for which in ("from", "to"))
        if not begins and not ends:
            continue
        try:
            first, last = time.fromisoformat(begins.zfill(5)), time.fromisoformat(ends.zfill(5))
        except ValueError:
            errors[f"from-{day}"] = f"{name}: enter both times, such as 09:00 and 17:00, or leave both empty"
            continue
        if first >= last:
            errors[f"from-{day}"] = f"{name}: the closing time must be later than the opening time"
        week[str(day)] = [first.strftime("%H:%M"), last.strftime("%H:%M")]
    if not week and not errors:
        errors["from-0"] = "Enter the hours of at least one day: texts to patients name them"
    if errors:
        raise SettingsProblem(errors)
    return week


@transaction()
def change_clinic(
    *,
    clinic_id: int,
    phone: str,
    opening: dict[str, list[str]],
    duty_phone: str | None,
    duty_email: str | None,
    by: Viewer,
) -> Clinic:
    """How the clinic is reached, and who hears an alert. Numbers are E.164. Raises SettingsProblem.

    An alert needs somebody to reach: a duty phone or a duty e-mail must remain (F1).
    """
    errors = {}
    if sum(character.isdigit() for character in phone) < 6:
        errors["phone"] = "Enter the number that patients ring, such as 01632 960000"
    if duty_email and not EMAIL.fullmatch(duty_email):
        errors["duty_email"] = "Enter an e-mail address, such as duty@example.org"
    if not duty_phone and not duty_email:
        errors["duty_phone"] = "Enter a duty phone or a duty e-mail: an alert has to reach somebody"
    if errors:
        raise SettingsProblem(errors)
    row = db.session.get_one(Clinic, clinic_id, with_for_update=True)
    before = (row.phone, row.opening, row.duty_phone, row.duty_email)
    row.phone, row.opening, row.duty_phone, row.duty_email = phone, opening, duty_phone, duty_email
    after = (row.phone, row.opening, row.duty_phone, row.duty_email)
    names = ("phone", "opening", "duty_phone", "duty_email")
    changed = [name for name, old, new in zip(names, before, after, strict=True) if old != new]
    audit.record("clinic.changed", by=by, about=row, clinic_id=clinic_id, fields=changed)
    return row


@transaction()
def change_practice(*, organisation_id: int, name: str, phone: str, email: str, by: Viewer) -> Organisation:
    """How a practice is called and reached. Raises SettingsProblem."""
    errors = {}
    if not name.strip():
        errors["name"] = "Enter the practice's name"
    if email.strip() and not EMAIL.fullmatch(email.strip()):
        errors["email"] = "Enter an e-mail address, such as reception@example.org"
    if errors:
        raise SettingsProblem(errors)
    row = db.session.get_one(Organisation, organisation_id, with_for_update=True)
    row.name, row.phone, row.email = name.strip(), phone.strip() or None, email.strip().lower() or None
    audit.record("organisation.changed", by=by, about=row)
    return row


def clients_of(organisation_id: int) -> list[ApiClient]:
    """The systems that hold a key, newest first; a revoked one stays listed."""
    query = select(ApiClient).where(ApiClient.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(ApiClient.id.desc())))


@transaction()
def revoke_client(*, client: ApiClient, by: Viewer) -> None:
    """The key is worth nothing from now on; a second time changes nothing."""
    row: Any = db.session.get_one(ApiClient, client.id, with_for_update=True)
    if row.revoked_at is None:
        row.revoked_at = now()
        audit.record("client.revoked", by=by, about=row)
