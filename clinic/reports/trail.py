"""Who did what, for an administrator: read in pages, by person, act and day; ids and coded words only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from clinic import audit
from clinic.access import queries as access
from clinic.audit import AuditEvent, AuditSealed
from clinic.extensions import db, transaction
from clinic.viewer import Viewer

PAGE = 100
EXPORTED = 10_000  # rows; a longer trail is exported day by day
INERT = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Wanted:
    """What is looked for: all of it when nothing is set. `before` is the id the page ends below."""

    who: int | None = None
    act: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Line:
    """One row of the trail, ready to be read."""

    id: int
    at: datetime
    who: str
    act: str
    about: str
    details: str
    sealed: bool


@transaction()
def read(*, wanted: Wanted, zone: ZoneInfo, by: Viewer, limit: int = PAGE) -> list[Line]:
    """The newest rows first, of the administrator's own clinic; the reading is itself a row."""
    assert by.clinic_id is not None, "SEE_AUDIT belongs to staff"
    query = select(AuditEvent).where(*_matching(by.clinic_id, wanted, zone))
    events = db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(limit)).all()
    ids = [event.id for event in events]
    sealed = set(db.session.scalars(select(AuditSealed.event_id).where(AuditSealed.event_id.in_(ids))))
    names = {person.id: person.name for person in access.managed_by(by.clinic_id)}
    audit.record("audit.read", by=by, clinic_id=by.clinic_id, rows=len(ids))
    return [_line(event, names, event.id in sealed) for event in events]


def acts_of(clinic_id: int) -> list[str]:
    """The kinds of act that the clinic's trail holds, by name."""
    query = select(AuditEvent.action).where(AuditEvent.clinic_id == clinic_id).distinct()
    return sorted(db.session.scalars(query))


def unsealed_of(clinic_id: int) -> int:
    """How many rows wait for the next seal: a few seconds' worth, while the sealer runs."""
    covered = select(AuditSealed.event_id).where(AuditSealed.event_id == AuditEvent.id)
    query = select(func.count()).select_from(AuditEvent)
    return db.session.scalar(query.where(AuditEvent.clinic_id == clinic_id, ~covered.exists())) or 0


def as_csv(lines: Iterable[Line], zone: ZoneInfo) -> str:
    """The same rows for a spreadsheet; no cell can start a formula."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(("row", "when", "who", "act", "about", "details", "sealed"))
    for line in lines:
        when = line.at.astimezone(zone).isoformat(timespec="seconds")
        cells = (line.who, line.act, line.about, line.details)
        sheet.writerow((line.id, when, *map(inert, cells), "yes" if line.sealed else "no"))
    return out.getvalue()


def inert(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs."""
    return f"'{cell}" if cell.startswith(INERT) else cell


def _matching(clinic_id: int, wanted: Wanted, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    found = [AuditEvent.clinic_id == clinic_id]
    if wanted.who is not None:
        found.append(AuditEvent.actor.in_((f"staff:{wanted.who}", f"referrer:{wanted.who}")))
    if wanted.act:
        found.append(AuditEvent.action == wanted.act)
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time(), zone)
        ends = datetime.combine(wanted.day + timedelta(days=1), time(), zone)
        found += [AuditEvent.at >= begins, AuditEvent.at < ends]
    if wanted.before is not None:
        found.append(AuditEvent.id < wanted.before)
    return found


def _line(event: AuditEvent, names: dict[int, str], sealed: bool) -> Line:
    kind, _, number = event.actor.partition(":")
    who = names.get(int(number), event.actor) if number.isdigit() else f"{kind}: {number}"
    about = f"{event.about_kind.replace('_', ' ')} {event.about_id}" if event.about_kind else ""
    details = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in sorted(event.details.items()))
    return Line(event.id, event.at, who, event.action, about, details, sealed)
