"""By when somebody hears or acts, in a clinic's own working days and wall time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from clinic.access import queries as access
from clinic.referrals.rules import moves
from clinic.referrals.rules.moves import on_or_after

HEAR_BY_DAYS = {"routine": 5, "urgent": 1}  # working days; a clinic's setting `hear_by_days`
ASKED_WITHIN = timedelta(days=2)  # a question to the patient that is no emergency
RED_FLAG_CALL = timedelta(hours=1)  # F6, real time, nights and weekends included


def today(clinic_id: int, moment: datetime) -> date:
    """The clinic's own date of a moment."""
    return access.local(clinic_id, moment).date()


def hear_by(clinic_id: int, received: date, priority: str) -> date:
    """The date by which the sender hears what was decided."""
    days = {**HEAR_BY_DAYS, **access.clinic(clinic_id).settings.get("hear_by_days", {})}
    return moves.working_days_later(received, days[priority], access.working_day(clinic_id))


def end_of_working_day(clinic_id: int, moment: datetime) -> datetime:
    """When the working day ends that a moment falls in, or the next one if it falls in none (A18)."""
    local, opening = access.local(clinic_id, moment), access.clinic(clinic_id).opening
    working = access.working_day(clinic_id)
    day = on_or_after(local.date(), working)
    closes = _closing(opening, day, local)
    if closes <= local:
        closes = _closing(opening, on_or_after(day + timedelta(days=1), working), local)
    return closes


def _closing(opening: dict[str, list[str]], day: date, local: datetime) -> datetime:
    hours = opening.get(str(day.weekday()), ["09:00", "17:00"])
    return datetime.combine(day, time.fromisoformat(hours[1]), tzinfo=local.tzinfo)


def working_days_later(clinic_id: int, day: date, count: int) -> date:
    """The clinic's working day so many working days after another."""
    return moves.working_days_later(day, count, access.working_day(clinic_id))
