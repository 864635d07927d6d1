"""Who may be one person entered twice: shown to staff with the reason, never merged by itself (F32)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import bindparam, func, select, union

from clinic.columns import folded
from clinic.extensions import db
from clinic.patients import apart
from clinic.patients.models import Contact, Patient

NAME, SURNAME = "the same name", "the same surname"
MOST = 50  # of one surname that are compared with a new arrival; the clinic's page compares all


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that may be one person, the older first, and why."""

    first: Patient
    second: Patient
    why: tuple[str, ...]


def of_clinic() -> list[Pair]:
    """Every pair of the viewer's clinic that nobody told apart, oldest first; four statements."""
    groups = [_sharing_a_name(), _sharing_a_number()]
    found: dict[tuple[int, int], Pair] = {}
    for ids in groups:
        people = _people(ids)
        numbers = _numbers(people)
        for pair in _pairs(people.values(), numbers):
            found[pair.first.id, pair.second.id] = pair
    weighed = apart.known() if found else {}
    return [pair for key, pair in sorted(found.items(), key=lambda one: one[0]) if _is_new(pair, weighed)]


def of_patient(patient: Patient) -> list[Pair]:
    """Those who may be the same person as this one, and whom nobody told apart from her."""
    hers = {"name": patient.family_name_index, "patient": patient.id}
    ids = {patient.id, *db.session.scalars(_LIKE_HER, hers)}
    if len(ids) == 1:
        return []
    people = _people(ids)
    numbers = _numbers(people)
    others = [other for other in people.values() if other.id != patient.id]
    pairs = [pair for other in others for pair in _pairs((patient, other), numbers)]
    weighed = apart.known(patient.id) if pairs else {}
    return [pair for pair in pairs if _is_new(pair, weighed)]


def of_two(first: Patient, second: Patient) -> tuple[str, ...]:
    """What speaks for one person between two records, told apart or not."""
    numbers = _numbers({one.id: one for one in (first, second)})
    return next((pair.why for pair in _pairs((first, second), numbers)), ())


def _is_new(pair: Pair, weighed: dict[tuple[int, int], set[str]]) -> bool:
    """Whether more speaks for one person than somebody weighed who told them apart."""
    said = weighed.get((pair.first.id, pair.second.id), set())
    return not set(pair.why) <= (said | {SURNAME} if NAME in said else said)


_NAMED = select(Patient.id).where(Patient.family_name_index == bindparam("name"))
_HERS = select(Contact.value_index).where(Contact.patient_id == bindparam("patient"))
_LIKE_HER = union(
    _NAMED.order_by(Patient.id.desc()).limit(MOST).subquery().select(),
    select(Contact.patient_id).where(Contact.value_index.in_(_HERS)),
)


def _sharing_a_name() -> set[int]:
    shared = (
        select(Patient.clinic_id, Patient.family_name_index)
        .where(Patient.merged_into_id.is_(None))
        .group_by(Patient.clinic_id, Patient.family_name_index)
        .having(func.count() > 1)
        .subquery()
    )
    query = select(Patient.id).join(
        shared,
        (Patient.clinic_id == shared.c.clinic_id) & (Patient.family_name_index == shared.c.family_name_index),
    )
    return set(db.session.scalars(query))


def _sharing_a_number() -> set[int]:
    shared = (
        select(Contact.value_index)
        .group_by(Contact.value_index)
        .having(func.count(Contact.patient_id.distinct()) > 1)
    )
    return set(db.session.scalars(select(Contact.patient_id).where(Contact.value_index.in_(shared))))


def _people(ids: set[int]) -> dict[int, Patient]:
    query = select(Patient).where(Patient.id.in_(ids), Patient.merged_into_id.is_(None)).order_by(Patient.id)
    return {row.id: row for row in db.session.scalars(query)}


def _numbers(people: dict[int, Patient]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {patient_id: set() for patient_id in people}
    query = select(Contact.patient_id, Contact.value_index).where(Contact.patient_id.in_(people))
    for patient_id, index in db.session.execute(query):
        found[patient_id].add(index)
    return found


def _pairs(people: Iterable[Patient], numbers: dict[int, set[str]]) -> list[Pair]:
    ordered = sorted(people, key=lambda row: row.id)
    found = []
    for first, second in combinations(ordered, 2):
        if why := _why(first, second, bool(numbers[first.id] & numbers[second.id])):
            found.append(Pair(first, second, why))
    return found


def _why(first: Patient, second: Patient, phone: bool) -> tuple[str, ...]:
    """Two things the same are enough; a shared phone alone is a couple's."""
    born = first.birth_date == second.birth_date
    given = folded(first.first_name) == folded(second.first_name)
    family = first.family_name_index == second.family_name_index
    near = _near(first.nhs_number, second.nhs_number)
    if not ((born and (family or phone or near)) or (given and family and (phone or near))):
        return ()
    said = (
        (given and family, NAME),
        (family and not given, SURNAME),
        (born, "the same date of birth"),
        (phone, "the same phone number"),
        (near, "NHS numbers that differ by a slip"),
    )
    return tuple(words for so, words in said if so)


def _near(first: str | None, second: str | None) -> bool:
    """One digit typed wrong, or two neighbours swapped."""
    if not first or not second or len(first) != len(second):
        return False
    differ = [n for n, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    if len(differ) == 1:
        return True
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1
    return swapped and first[differ[0]] == second[differ[1]] and first[differ[1]] == second[differ[0]]
