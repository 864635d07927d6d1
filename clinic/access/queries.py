"""Reads of clinics, organisations and users; these tables are global."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import holidays
from flask import g
from sqlalchemy import bindparam, select

from clinic.access.models import Clinic, Organisation, OrganisationClinic, Role, User
from clinic.extensions import db

Row = TypeVar("Row", Clinic, Organisation)


def clinic(clinic_id: int) -> Clinic:
    return _held(Clinic, clinic_id)


def zone_of(clinic_id: int) -> ZoneInfo:
    return ZoneInfo(clinic(clinic_id).zone)


def home_zone() -> ZoneInfo:
    """The zone of pages outside any clinic, such as a referrer's."""
    return ZoneInfo("Europe/London")


def local(clinic_id: int, moment: datetime) -> datetime:
    """The clinic's wall time of a moment."""
    return moment.astimezone(zone_of(clinic_id))


def holidays_of(clinic_id: int) -> holidays.HolidayBase:
    """The clinic's public holidays; `day in holidays_of(...)` works for any year."""
    return _holidays(clinic(clinic_id).subdivision)


def working_day(clinic_id: int) -> Callable[[date], bool]:
    """A test for the days on which the clinic works: open by its hours and no holiday."""
    row = clinic(clinic_id)
    off, opening = _holidays(row.subdivision), row.opening
    return lambda day: str(day.weekday()) in opening and day not in off


def _held(model: type[Row], row_id: int) -> Row:
    """The row, kept by the request: else the session forgets it and it is read again at every use."""
    held = g.setdefault("rows_in_use", {})
    row = held.get((model, row_id))
    if row is None or row not in db.session:
        row = held[model, row_id] = db.session.get_one(model, row_id)
    return row


@lru_cache(maxsize=8)
def _holidays(subdivision: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=subdivision)


def organisation(organisation_id: int) -> Organisation:
    return _held(Organisation, organisation_id)


def clinics_of(organisation_id: int) -> list[Clinic]:
    """The clinics an organisation may refer to, by name."""
    return list(db.session.scalars(_LINKED, {"organisation_id": organisation_id}))


_LINKED = (
    select(Clinic)
    .join(OrganisationClinic, OrganisationClinic.clinic_id == Clinic.id)
    .where(OrganisationClinic.organisation_id == bindparam("organisation_id"))
    .order_by(Clinic.name)
)


def staff_of(clinic_id: int, *roles: Role) -> list[User]:
    """Active staff of a clinic, by name; all roles when none is named."""
    query = select(User).where(User.clinic_id == clinic_id, User.active).order_by(User.name)
    return list(db.session.scalars(query.where(User.role.in_(roles)) if roles else query))


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def managed_by(clinic_id: int) -> list[User]:
    """Whom a clinic's administrator looks after: its staff, and the referrers of practices linked to it."""
    linked = select(OrganisationClinic.organisation_id).where(OrganisationClinic.clinic_id == clinic_id)
    query = select(User).where((User.clinic_id == clinic_id) | User.organisation_id.in_(linked))
    return list(db.session.scalars(query.order_by(User.active.desc(), User.name, User.id)))


def people_of(organisation_id: int) -> list[User]:
    """Who signs in for a practice, or did, by name."""
    query = select(User).where(User.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(User.active.desc(), User.name, User.id)))


def organisations_of(clinic_id: int) -> list[Organisation]:
    """The practices that may refer to a clinic, by name."""
    linked = select(OrganisationClinic.organisation_id).where(OrganisationClinic.clinic_id == clinic_id)
    query = select(Organisation).where(Organisation.id.in_(linked)).order_by(Organisation.name)
    return list(db.session.scalars(query))
