"""Two rows that are one person become one, with who said so and why; and two again, exactly as they were."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Date, func, select
from sqlalchemy import Enum as EnumType
from sqlalchemy import inspect as mapped

from clinic import audit
from clinic.columns import UtcDateTime
from clinic.extensions import Base, db, emit, now, transaction
from clinic.patients.models import Contact, Merge, MergedRow, Patient, Registration
from clinic.patients.registrations import tables_of_patients
from clinic.viewer import Viewer, acting_as, system

MADE = ""  # in place of a column: the merge made this row, unmerging removes it
FILLED_IN = ("nhs_number", "nhs_number_index", "sex", "address", "postcode", "needs")
OURS = (Merge, MergedRow)
LOOKED_FOR = {
    "referrals": "referrals",
    "assessments": "assessments",
    "members": "standing seats",
    "places": "sessions",
    "offers": "offers",
    "messages": "texts",
    "inbound": "replies",
    "letters": "letters",
    "attachments": "documents",
    "alerts": "alerts, calls and tasks",
    "call_list": "alerts, calls and tasks",
    "tasks": "alerts, calls and tasks",
}


class CannotMerge(Exception):
    """Why these two cannot be one, or no longer two; the text says what to do first."""


@transaction()
def merge(*, kept_id: int, gone_id: int, reason: str, by: Viewer) -> Merge:
    """Everything of the other row follows to the kept one: texts, open questions, seats, letters, work.

    Facts of the kept one stand, its gaps are filled. Emits `patients_merging`. Raises CannotMerge.
    """
    if not reason.strip():
        raise CannotMerge("Say why they are one person.")
    with acting_as(system("merge", by.clinic_id)):
        kept, gone = _both(kept_id, gone_id)
        row = Merge(
            clinic_id=kept.clinic_id,
            organisation_id=None,
            patient_id=kept.id,
            gone_id=gone.id,
            reason=reason.strip(),
            by_id=by.id,
        )
        db.session.add(row)
        db.session.flush()
        emit("patients_merging", merge_id=row.id)
        _one_main_number(row, kept, gone)
        _one_practice(row, kept, gone)
        _follow(row, kept, gone)
        gone.merged_into_id = kept.id
        db.session.flush()
        _fill_gaps(row, kept, gone)
        audit.record("patient.merged", by=by, about=kept, gone_id=gone.id, merge_id=row.id)
        return row


@transaction()
def unmerge(*, merge_id: int, reason: str, by: Viewer) -> Merge:
    """They are two after all: every row goes back to where it was; what came since stays with the kept one.

    Emits `patients_unmerged`. Raises CannotMerge.
    """
    if not reason.strip():
        raise CannotMerge("Say why they are two people.")
    with acting_as(system("unmerge", by.clinic_id)):
        row = db.session.get_one(Merge, merge_id, with_for_update=True)
        kept, gone = _locked(row.patient_id, row.gone_id)
        if row.undone_at is not None or gone.merged_into_id != kept.id:
            raise CannotMerge("These two are not merged any more.")
        if kept.merged_into_id is not None:
            raise CannotMerge("The kept record was merged into another one since: undo that first.")
        for change in reversed(_all(merge_id)):
            _put_back(change)
        db.session.flush()
        gone.merged_into_id = None
        row.undone_at, row.undone_reason, row.undone_by_id = now(), reason.strip(), by.id
        db.session.flush()
        db.session.expire_all()
        emit("patients_unmerged", merge_id=row.id)
        audit.record("patient.unmerged", by=by, about=kept, gone_id=gone.id, merge_id=row.id)
        return row


def merged_into(patient_id: int) -> list[tuple[Merge, Patient]]:
    """What was merged into a patient and is still: the merge and the other row."""
    query = (
        select(Merge, Patient)
        .join(Patient, Patient.id == Merge.gone_id)
        .where(Merge.patient_id == patient_id, Merge.undone_at.is_(None))
    )
    return [(row, gone) for row, gone in db.session.execute(query.order_by(Merge.id))]


def records_of(patient_id: int) -> dict[str, int]:
    """What a person would look for in a record and how much of it there is; what is empty is left out."""
    found: Counter[str] = Counter()
    for model in tables_of_patients():
        if words := LOOKED_FOR.get(model.__tablename__):
            rows = select(func.count()).select_from(model).where(model.patient_id == patient_id)
            found[words] += int(db.session.scalar(rows) or 0)
    return {words: found[words] for words in dict.fromkeys(LOOKED_FOR.values()) if found[words]}


def note(row: Merge, about: Any, column: str, *, before: Any, after: Any) -> None:
    """Write down one value that this merge changes; `column` MADE for a row that it makes."""
    db.session.add(
        MergedRow(
            clinic_id=row.clinic_id,
            organisation_id=None,
            patient_id=row.patient_id,
            merge_id=row.id,
            table_name=about.__tablename__,
            row_id=about.id,
            column_name=column,
            before=before,
            after=after,
        )
    )


def changes(merge_id: int) -> dict[tuple[str, str], list[MergedRow]]:
    """What a merge changed, by table and column."""
    found: dict[tuple[str, str], list[MergedRow]] = defaultdict(list)
    for change in _all(merge_id):
        found[change.table_name, change.column_name].append(change)
    return found


def as_json(value: Any) -> Any:
    """A column's value as JSON keeps it."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def as_value(model: Any, column: str, value: Any) -> Any:
    """The column's own value again."""
    kind = mapped(model).columns[column].type
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return kind.enum_class(value) if isinstance(kind, EnumType) and kind.enum_class else value


def _both(kept_id: int, gone_id: int) -> tuple[Patient, Patient]:
    if kept_id == gone_id:
        raise CannotMerge("Choose two different records.")
    kept, gone = _locked(kept_id, gone_id)
    if kept.clinic_id != gone.clinic_id:
        raise CannotMerge("They belong to different clinics.")
    if kept.merged_into_id or gone.merged_into_id:
        raise CannotMerge("One of them is merged already.")
    if (kept.died_on is None) != (gone.died_on is None):
        raise CannotMerge("A death is recorded for one of them only: settle that first.")
    return kept, gone


def _locked(*ids: int) -> tuple[Patient, Patient]:
    query = select(Patient).where(Patient.id.in_(ids)).order_by(Patient.id).with_for_update()
    rows = {row.id: row for row in db.session.scalars(query)}
    if len(rows) != len(ids):
        raise CannotMerge("One of the two records is not of this clinic.")
    return rows[ids[0]], rows[ids[1]]


def _one_main_number(row: Merge, kept: Patient, gone: Patient) -> None:
    """Texts go to one number of a kind: the kept one's, where both have one."""
    query = select(Contact).where(Contact.patient_id.in_((kept.id, gone.id)), Contact.main)
    mains = list(db.session.scalars(query.order_by(Contact.id)))
    held = {contact.kind for contact in mains if contact.patient_id == kept.id and contact.usable}
    for contact in mains:
        if contact.patient_id == gone.id and contact.kind in held:
            _change(row, contact, "main", False)


def _one_practice(row: Merge, kept: Patient, gone: Patient) -> None:
    query = select(Registration).where(
        Registration.patient_id.in_((kept.id, gone.id)), Registration.until.is_(None)
    )
    both = {one.patient_id: one for one in db.session.scalars(query)}
    if len(both) == 2:
        _change(row, both[gone.id], "until", now().date())


def _follow(row: Merge, kept: Patient, gone: Patient) -> None:
    """Every row of every table that names the other person names the kept one."""
    db.session.flush()
    for model in tables_of_patients():
        if model in OURS or getattr(model, "append_only", False):
            continue
        for one in db.session.scalars(select(model).where(model.patient_id == gone.id).order_by(model.id)):
            _change(row, one, "patient_id", kept.id)
            if getattr(one, "recipient_kind", None) == "patient" and one.recipient_id == gone.id:
                _change(row, one, "recipient_id", kept.id)
    db.session.flush()


def _fill_gaps(row: Merge, kept: Patient, gone: Patient) -> None:
    """What only the other row knew of the same person."""
    for name in FILLED_IN:
        if getattr(kept, name) is None and getattr(gone, name) is not None:
            if name.startswith("nhs_number") and kept.no_nhs_number_reason:
                _change(row, kept, "no_nhs_number_reason", None)
            _change(row, kept, name, getattr(gone, name))


def _change(row: Merge, about: Any, column: str, value: Any) -> None:
    note(row, about, column, before=as_json(getattr(about, column)), after=as_json(value))
    setattr(about, column, value)


def _put_back(change: MergedRow) -> None:
    """One value as it was, unless somebody changed it since; a row that the merge made is removed."""
    model = next(m for m in _models() if m.__tablename__ == change.table_name)
    one = db.session.get(model, change.row_id)
    if one is None:
        return
    if change.column_name == MADE:
        db.session.delete(one)
    elif change.column_name in ("state", "case"):
        return  # an episode's own: its room puts them back
    elif as_json(getattr(one, change.column_name)) == change.after:
        setattr(one, change.column_name, as_value(model, change.column_name, change.before))


def _models() -> list[Any]:
    return [mapper.class_ for mapper in Base.registry.mappers]


def _all(merge_id: int) -> list[MergedRow]:
    query = select(MergedRow).where(MergedRow.merge_id == merge_id).order_by(MergedRow.id)
    return list(db.session.scalars(query))
