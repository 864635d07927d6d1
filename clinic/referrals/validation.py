"""One validator for the form, the front desk and FHIR: every problem at once, each with its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from clinic.patients import identity
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.flags import FLAGS

PRIORITIES = ("routine", "urgent")
NAME_LONGEST, NOTE_LONGEST = 100, 4000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was sent; the text never repeats what was typed."""

    path: str
    text: str


class NotValid(Exception):
    """Nothing was stored; `problems` name every reason, by path."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.text}" for p in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """Who a referral is about, as the sender says; numbers as people type them, dates as ISO text.

    `carer` is {"name", "relationship", "authority"}: then the mobile is the carer's.
    """

    given_name: str
    family_name: str
    birth_date: str
    sex: str | None = None
    nhs_number: str | None = None
    no_nhs_number_reason: str | None = None
    mobile: str | None = None
    landline: str | None = None
    address: str | None = None
    postcode: str | None = None
    carer: dict[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """As stored with the referral; unknown things are left out."""
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}


def check(
    *,
    patient: PatientFacts,
    case: Mapping[str, Any],
    priority: str,
    note: str | None,
    clinician: str | None,
    today: date,
    by_staff: bool = False,
) -> tuple[PatientFacts, dict[str, Any]]:
    """The patient and the case made plain; `today` is the clinic's date. Raises NotValid with all problems.

    Only what makes a person unreachable or a case impossible is refused: a gap is asked about later (F21).
    What a letter leaves out, staff ask the sender: `by_staff` refuses no missing number.
    """
    problems: list[Problem] = []
    plain = _patient(patient, today, problems, by_staff)
    whole = _case(patient, case, today, clinician, problems)
    if priority not in PRIORITIES:
        problems.append(Problem("priority", f"must be {' or '.join(PRIORITIES)}"))
    if note and len(note) > NOTE_LONGEST:
        problems.append(Problem("note", f"must be {NOTE_LONGEST} characters or fewer"))
    if problems:
        raise NotValid(tuple(problems))
    return plain, whole


def _patient(patient: PatientFacts, today: date, problems: list[Problem], by_staff: bool) -> PatientFacts:
    def tried(path: str, value: str | None, read: Callable[[str], str]) -> str | None:
        if not value or not value.strip():
            return None
        try:
            return read(value)
        except identity.BadIdentity as error:
            problems.append(Problem(f"patient.{path}", str(error)))
            return None

    for path, words in (("given_name", "first name"), ("family_name", "last name")):
        typed = getattr(patient, path).strip()
        if not typed:
            problems.append(Problem(f"patient.{path}", f"Enter the patient's {words}"))
        elif len(typed) > NAME_LONGEST:
            problems.append(Problem(f"patient.{path}", f"The {words} is too long"))
    if not patient.birth_date:
        problems.append(Problem("patient.birth_date", "Enter the patient's date of birth"))
    tried("birth_date", patient.birth_date, lambda typed: _birth_date(typed, today))
    if by_staff and not patient.nhs_number:
        patient = replace(patient, no_nhs_number_reason=patient.no_nhs_number_reason or "not_given")
    if not patient.nhs_number and not patient.no_nhs_number_reason:
        problems.append(Problem("patient.nhs_number", "Enter the NHS number, or say why there is none"))
    if not (by_staff or patient.mobile or patient.landline or patient.address):
        problems.append(
            Problem("patient.mobile", "Enter a phone number, the patient's or a carer's, or an address")
        )
    return replace(
        patient,
        given_name=patient.given_name.strip(),
        family_name=patient.family_name.strip(),
        nhs_number=tried("nhs_number", patient.nhs_number, identity.nhs_number),
        mobile=tried("mobile", patient.mobile, identity.phone),
        landline=tried("landline", patient.landline, identity.phone),
    )


def _birth_date(typed: str, today: date) -> str:
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise identity.BadIdentity("Enter a real date of birth, such as 2 3 1950") from None
    return identity.birth_date(day, today).isoformat()


def _case(
    patient: PatientFacts,
    case: Mapping[str, Any],
    today: date,
    clinician: str | None,
    problems: list[Problem],
) -> dict[str, Any]:
    """The case with the person in it and the day it was reported (A24); read once to see that it can be."""
    sent = {key: value for key, value in case.items() if key not in ("as_of", "id")}
    person = {"birth_date": patient.birth_date, "sex": patient.sex}
    sent["person"] = {key: value for key, value in person.items() if value}
    said = case.get("person")
    if isinstance(said, dict) and said.get("birth_date") not in (None, "unknown", patient.birth_date):
        problems.append(Problem("person.birth_date", "is not the patient's date of birth"))
    fracture = sent.get("fracture")
    if fracture is None or fracture == "unknown":
        fracture = {}
    if isinstance(fracture, dict):
        known = {key: value for key, value in fracture.items() if value is not None}
        sent["fracture"] = {"reported_on": today.isoformat()} | known
    parsed = parse_case(sent, today=today)
    if isinstance(parsed, CaseErrors):
        told = any(p.path == "patient.birth_date" for p in problems)
        errors = [e for e in parsed.errors if not (told and e.path == "person.birth_date")]
        problems += [Problem(error.path, error.text) for error in errors]
    elif not clinician:
        problems += [
            Problem(flag.path, "name the clinician who explained it")
            for flag in FLAGS
            if parsed.flags.get(flag.key) == "explained"
        ]
    return sent
