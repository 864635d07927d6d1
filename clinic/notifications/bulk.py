"""One text to many people: only from a template, seen by name first, decided by two, stoppable.

Above twenty people somebody else decides. The texts are planned at once like any other, due ten minutes
later: until they have left, one button stops them. Who cannot be texted becomes a call at the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select

from clinic import audit
from clinic.access import queries as access
from clinic.access.models import Clinic
from clinic.extensions import db, transaction
from clinic.notifications import bulk_preview, outbox, wording
from clinic.notifications.bulk_preview import Preview
from clinic.notifications.by_hand import CannotSend
from clinic.notifications.models import BulkState, BulkText, Message
from clinic.notifications.outbox import NotDue, Superseded
from clinic.notifications.rules.window import Purpose
from clinic.notifications.wording import CARER, Text
from clinic.patients.models import Patient
from clinic.viewer import Viewer

ALONE = 20  # people; above it a second person decides
HOLD = timedelta(minutes=10)
WORTH_READING = timedelta(hours=36)
AGAIN_AFTER = timedelta(hours=12)  # the same text to the same people is taken for a second click until then


def templates() -> dict[str, Text]:
    """The texts that may go to many, by name."""
    texts = wording.all_texts()
    return {n: t for n, t in texts.items() if t.purpose is Purpose.NOTICE and not n.endswith(CARER)}


def days_asked(text: str) -> tuple[str, ...]:
    """The days a template speaks of: `on`, `until`."""
    sample = templates()[text].sample
    return tuple(name for name, word in (("on", "date"), ("until", "until")) if word in sample)


def words(facts: dict[str, str], zone: ZoneInfo) -> dict[str, str]:
    """What a body needs of the kept days: Thu, 24 Dec, and Mon 4 Jan."""
    said: dict[str, str] = {}
    if "on" in facts:
        said |= wording.moment(datetime.combine(date.fromisoformat(facts["on"]), time(12), zone), zone)
        del said["time"]
    if "until" in facts:
        until = date.fromisoformat(facts["until"])
        said["until"] = f"{until:%a} {until.day} {until:%b}"
    return said


def preview(
    *, text: str, facts: dict[str, str], people: Sequence[int], clinic_id: int, now: datetime
) -> Preview:
    """Everybody by name with the words they would read, and who is left out and why."""
    given = words(facts, access.zone_of(clinic_id))
    return bulk_preview.of(text=text, given=given, people=people, clinic_id=clinic_id, now=now)


@transaction()
def write(
    *,
    text: str,
    facts: dict[str, str],
    audience: dict[str, Any],
    people: Sequence[int],
    by: Viewer,
    now: datetime,
) -> BulkText:
    """Ask for one text to these patients; up to twenty go at once, more wait for a second person.

    Raises CannotSend when nobody can be reached, or when the same was asked for a moment ago.
    """
    assert by.clinic_id is not None and by.id is not None
    seen = preview(text=text, facts=facts, people=people, clinic_id=by.clinic_id, now=now)
    if not seen.reached:
        raise CannotSend("Nobody here can be reached by text. Ring instead.")
    if _asked_already(text, facts, audience, by.clinic_id, now):
        raise CannotSend("The same text to the same people was asked for already. See the list.")
    row = BulkText(
        clinic_id=by.clinic_id,
        text=text,
        audience=audience,
        facts=facts,
        people=len(seen.reached),
        state=BulkState.WAITING,
        written_by_id=by.id,
        written_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("bulk_text.written", by=by, about=row, text=text, people=row.people)
    if row.people <= ALONE:
        _let_go(row, seen, by, now)
    return row


@transaction()
def agree(*, bulk_id: int, people: Sequence[int], seen: int, by: Viewer, now: datetime) -> BulkText:
    """A second person lets it go, having seen as many names as there are now; raises CannotSend."""
    row = _waiting(bulk_id)
    if row.written_by_id == by.id:
        raise CannotSend("Somebody else must agree: you wrote it.")
    whom = preview(text=row.text, facts=row.facts, people=people, clinic_id=row.clinic_id, now=now)
    if len(whom.reached) != seen:
        raise CannotSend("The list has changed since you looked. Look again, then decide.")
    _let_go(row, whom, by, now)
    return row


@transaction()
def refuse(*, bulk_id: int, by: Viewer, now: datetime) -> None:
    """It does not go; the writer may refuse it too."""
    row = _waiting(bulk_id)
    row.state, row.decided_by_id, row.decided_at = BulkState.REFUSED, by.id, now
    audit.record("bulk_text.refused", by=by, about=row)


@transaction()
def stop(*, bulk_id: int, by: Viewer, now: datetime) -> Superseded:
    """Stop what has not left: how many were stopped, and how many had gone."""
    row = db.session.get_one(BulkText, bulk_id, with_for_update=True)
    if row.state is BulkState.WAITING:
        raise CannotSend("Nothing is leaving yet. Refuse it instead.")
    told = outbox.supersede(cause_kind="bulk", cause_id=row.id, reason="stopped_by_staff")
    if row.state is BulkState.LEAVING:
        row.state, row.stopped_by_id, row.stopped_at = BulkState.STOPPED, by.id, now
        audit.record("bulk_text.stopped", by=by, about=row, stopped=told.stopped, gone=told.gone)
    return told


def facts(ids: Sequence[int]) -> dict[int, dict[str, Any] | NotDue]:
    """FACTS: the days it speaks of, and nothing at all once it was stopped."""
    found: dict[int, dict[str, Any] | NotDue] = {}
    for row in db.session.scalars(select(BulkText).where(BulkText.id.in_(ids))):
        going = row.state is BulkState.LEAVING
        zone = access.zone_of(row.clinic_id)
        found[row.id] = words(row.facts, zone) if going else NotDue("stopped_by_staff")
    return found


def newest(limit: int = 30) -> list[BulkText]:
    """What was asked for lately, newest first."""
    return list(db.session.scalars(select(BulkText).order_by(BulkText.id.desc()).limit(limit)))


def one(bulk_id: int) -> BulkText | None:
    """A bulk text the viewer may see."""
    return db.session.get(BulkText, bulk_id)


def progress(rows: Iterable[BulkText]) -> dict[int, dict[str, int]]:
    """How many of each one's texts stand in each state, by its id; one query for all."""
    ids = [row.id for row in rows]
    counted = (
        select(Message.cause_id, Message.state, func.count())
        .where(Message.cause_kind == "bulk", Message.cause_id.in_(ids))
        .group_by(Message.cause_id, Message.state)
    )
    found: dict[int, dict[str, int]] = {bulk_id: {} for bulk_id in ids}
    for bulk_id, state, count in db.session.execute(counted) if ids else ():
        found[bulk_id][state.value] = count
    return found


def _let_go(row: BulkText, whom: Preview, by: Viewer, now: datetime) -> None:
    """Into the outbox, each person once, due when the ten minutes are over."""
    leaves = now + HOLD
    row.state, row.leaves_at, row.decided_by_id, row.decided_at = BulkState.LEAVING, leaves, by.id, now
    constants = outbox.columns(
        text=row.text,
        purpose=Purpose.NOTICE,
        cause_kind="bulk",
        rule="bulk",
        due_at=leaves,
        expires_at=_until(row, leaves),
    )
    rows = select(
        *constants,
        literal(row.id).label("cause_id"),
        Patient.id.label("patient_id"),
        Patient.clinic_id,
        Patient.organisation_id,
    ).where(Patient.clinic_id == row.clinic_id, Patient.id.in_(whom.planned))
    planned = outbox.insert_select(rows)
    audit.record("bulk_text.let_go", by=by, about=row, planned=planned, rung=len(whom.planned) - row.people)


def _until(row: BulkText, leaves: datetime) -> datetime:
    """News of a day is no news after it."""
    if "on" not in row.facts:
        return leaves + WORTH_READING
    last = max(row.facts["on"], row.facts.get("until", row.facts["on"]))
    night = datetime.combine(date.fromisoformat(last), time(20), access.zone_of(row.clinic_id))
    return max(min(leaves + WORTH_READING, night), leaves + HOLD)


def _waiting(bulk_id: int) -> BulkText:
    row = db.session.get_one(BulkText, bulk_id, with_for_update=True)
    if row.state is not BulkState.WAITING:
        raise CannotSend("This was decided already.")
    return row


def _asked_already(
    text: str, facts: dict[str, str], audience: dict[str, Any], clinic_id: int, now: datetime
) -> bool:
    """Two clicks at once stand in line at the clinic's row; NO KEY, so that nobody else waits."""
    db.session.execute(select(Clinic.id).where(Clinic.id == clinic_id).with_for_update(key_share=True))
    going = (BulkState.WAITING, BulkState.LEAVING)
    same = select(BulkText).where(
        BulkText.clinic_id == clinic_id,
        BulkText.text == text,
        BulkText.state.in_(going),
        BulkText.written_at > now - AGAIN_AFTER,
    )
    return any(row.facts == facts and row.audience == audience for row in db.session.scalars(same))
