"""A clinic's standing towards its rule book: unsigned only with a name, a reason and an end (F27)."""

from __future__ import annotations

from datetime import date, datetime

from clinic import audit
from clinic.access import queries as access
from clinic.columns import config
from clinic.extensions import now, transaction
from clinic.protocol import load, sign_off
from clinic.protocol.model import Protocol
from clinic.protocol.sign_off import Waiver
from clinic.referrals import clocks
from clinic.viewer import Viewer

SETTING = "unsigned_protocol"


def book_of(clinic_id: int, today: date) -> Protocol:
    """The rule book a clinic goes by on its date."""
    return load.protocol(access.clinic(clinic_id).protocol or today)


def waiver_of(clinic_id: int) -> Waiver | None:
    """Who answers for running unsigned, if anybody does."""
    return sign_off.waiver(access.clinic(clinic_id).settings.get(SETTING))


def refusal(clinic_id: int, today: date) -> str | None:
    """Why nobody may be accepted today; None when somebody may, and always in a demonstration."""
    if config().demo:
        return None
    return sign_off.refusal(book_of(clinic_id, today), waiver_of(clinic_id), today)


def notices(clinic_id: int, moment: datetime) -> list[dict[str, str]]:
    """The banner of staff pages while the rules are unsigned; none in a demonstration."""
    if config().demo:
        return []
    today = clocks.today(clinic_id, moment)
    words = sign_off.banner(book_of(clinic_id, today), waiver_of(clinic_id), today)
    return [{"title": words, "href": "/protocol", "action": "See the rules"}] if words else []


@transaction()
def run_unsigned(*, clinic_id: int, name: str, reason: str, until: date | None, by: Viewer) -> Waiver:
    """Enter who answers for running unsigned, why, and until which clinic date. Raises sign_off.BadWaiver."""
    given = sign_off.new_waiver(name, reason, until, clocks.today(clinic_id, now()))
    clinic = access.clinic(clinic_id)
    clinic.settings = {**clinic.settings, SETTING: given.to_json()}
    audit.record("protocol.run_unsigned", by=by, about=clinic, until=given.until.isoformat())
    return given
