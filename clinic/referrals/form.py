"""The referral form: its published fields, and what was typed read into facts. No database, no request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from clinic.referrals.rules.dates import parse_partial
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.validation import PatientFacts

# The essential fields, each typed or chosen by the referrer; flags are one grouped question, counted apart.
ESSENTIAL = (
    "nhs_number",
    "given_name",
    "family_name",
    "birth_date",
    "phone",
    "consent",
    "fracture_date",
    "confirmed_by",
    "cause",
    "incidental",
    "falls",
    "rest_pain",
    "movement_pain",
    "trend",
    "walks",
)
PREFILLED = ("clinic", "own_practice", "typed_by", "clinician", "priority")
PAGES: Mapping[str, tuple[str, ...]] = {
    "patient": (
        "nhs_number",
        "no_nhs_number_reason",
        "given_name",
        "family_name",
        "birth_date",
        "sex",
        "phone",
        "carer_name",
        "carer_relationship",
        "address",
        "postcode",
        "consent",
        "clinician",
        "own_practice",
        "own_practice_name",
    ),
    "fracture": ("fracture_date", "confirmed_by", "cause", "incidental", "levels", "osteoporotic"),
    "flags": ("none_of_these", *(f"flag_{flag.key}" for flag in FLAGS)),
    "now": (
        "falls",
        "rest_pain",
        "movement_pain",
        "trend",
        "walks",
        "injurious",
        "could_not_get_up",
        "lost_consciousness",
        "unsteady",
        "worried",
        "needs_person",
        "walking_aid",
        "frailty",
        "tug",
        "priority",
        "note",
    ),
}
# What the front desk says first of a letter, a call or a self-referral.
SOURCE_PAGE = ("source", "road", "written_on", "organisation", "referred_by", "practice", "practice_name")
EVERY_PAGE: Mapping[str, tuple[str, ...]] = {"source": SOURCE_PAGE, **PAGES}
DATES = ("birth_date", "fracture_date", "written_on")
_FIELD_OF = {
    "patient.mobile": "phone",
    "patient.landline": "phone",
    "person.birth_date": "birth_date",
    "fracture.date": "fracture_date",
    "falls.count_12m": "falls",
    "pain.rest": "rest_pain",
    "pain.movement": "movement_pain",
    "pain.trend": "trend",
    "mobility.walks_10m": "walks",
    "frailty.clinical_frailty_scale": "frailty",
}
YES_NO = {"yes": True, "no": False}
WORDS = {  # field: (section, key)
    "confirmed_by": ("fracture", "confirmed_by"),
    "cause": ("fracture", "cause"),
    "trend": ("pain", "trend"),
}
YES_NO_FACTS = {
    "incidental": ("fracture", "incidental"),
    "osteoporotic": ("fracture", "osteoporotic"),
    "walks": ("mobility", "walks_10m"),
    "needs_person": ("mobility", "needs_person"),
    "walking_aid": ("mobility", "walking_aid"),
    "injurious": ("falls", "injurious"),
    "could_not_get_up": ("falls", "could_not_get_up"),
    "lost_consciousness": ("falls", "lost_consciousness"),
    "unsteady": ("falls", "unsteady"),
    "worried": ("falls", "worried"),
}
NUMBERS = {
    "falls": ("falls", "count_12m"),
    "rest_pain": ("pain", "rest"),
    "movement_pain": ("pain", "movement"),
    "frailty": ("frailty", "clinical_frailty_scale"),
}


SAID = {
    "falls": "the number of falls",
    "rest_pain": "pain at rest",
    "movement_pain": "pain on movement",
    "frailty": "the frailty score",
}
OF = {"birth_date": " of birth", "fracture_date": " of the fracture", "written_on": " of the letter or call"}
NOTHING_SAID = "Answer the lines that apply, then tick that you have checked the rest"


@dataclass(frozen=True, slots=True)
class Read:
    """What the typed words mean; `errors` by field are those that no fact can be made of."""

    patient: PatientFacts
    case: dict[str, Any]
    priority: str
    note: str | None
    clinician: str | None
    consent: bool | None
    errors: dict[str, str] = field(default_factory=dict)


def read(typed: Mapping[str, str], today: date, *, by_staff: bool = False) -> Read:
    """Facts from typed words; blank and "unknown" are not known, never "no". `today` is the clinic's date.

    A letter need not speak of every flag: `by_staff` leaves those open, and they are asked.
    """
    errors: dict[str, str] = {}
    case: dict[str, Any] = {"fracture": {"site": "vertebral", "dated_by": "referrer"}}

    def put(section: str, key: str, value: Any) -> None:
        case.setdefault(section, {})[key] = value

    for name, (section, key) in WORDS.items():
        if (value := typed.get(name, "")) not in ("", "unknown"):
            put(section, key, value)
    for name, (section, key) in YES_NO_FACTS.items():
        if typed.get(name) in YES_NO:
            put(section, key, YES_NO[typed[name]])
    for name, (section, key) in NUMBERS.items():
        if value := typed.get(name, "").strip():
            if re.fullmatch(r"\d{1,3}", value):
                put(section, key, int(value))
            else:
                errors[name] = f"Enter {SAID[name]} as a whole number, such as 2"
    if day := _date(typed, "fracture_date", errors, partial=True):
        put("fracture", "date", day)
    if levels := re.findall(r"[A-Za-z]+\s*\d+|[^\s,;]+", typed.get("levels", "")):
        put("fracture", "levels", [re.sub(r"\s", "", level).upper() for level in levels])
    _test(typed, case, errors, today)
    _flags(typed, case, errors, by_staff)
    return Read(
        patient=_patient(typed, errors),
        case=case,
        priority=typed.get("priority") or "routine",
        note=typed.get("note", "").strip() or None,
        clinician=typed.get("clinician", "").strip() or None,
        consent={"yes": True, "no": False}.get(typed.get("consent", "")),
        errors=errors,
    )


def field_of(path: str) -> str:
    """The form's field a problem of the validator belongs to."""
    if path in _FIELD_OF:
        return _FIELD_OF[path]
    section, _, key = path.partition(".")
    if section == "tests" or path.startswith("tests["):
        return "tug"
    return f"flag_{key}" if section == "flags" else re.sub(r"\[.*", "", key) or section


def page_of(name: str) -> str:
    """The page a field is on; the check page for the rest."""
    return next((page for page, fields in EVERY_PAGE.items() if name in fields), "check")


def names_on(page: str) -> list[str]:
    """The names of the inputs of a page: a date is three."""
    names = []
    for name in EVERY_PAGE[page]:
        names += [f"{name}-{part}" for part in ("day", "month", "year")] if name in DATES else [name]
    return names


def whole_date(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    """A full date of three typed parts; None when nothing was typed, an error when it cannot be."""
    text = _date(typed, name, errors)
    return date.fromisoformat(text) if text else None


def _patient(typed: Mapping[str, str], errors: dict[str, str]) -> PatientFacts:
    phone = typed.get("phone", "").strip()
    carer = typed.get("carer_name", "").strip()
    said = {"name": carer, "relationship": typed.get("carer_relationship", "").strip()}
    mobile = re.sub(r"[^\d+]", "", phone).startswith(("07", "+447", "00447", "447"))
    return PatientFacts(
        given_name=typed.get("given_name", ""),
        family_name=typed.get("family_name", ""),
        birth_date=_date(typed, "birth_date", errors) or "",
        sex=typed.get("sex") if typed.get("sex") in ("female", "male") else None,
        nhs_number=typed.get("nhs_number", "").strip() or None,
        no_nhs_number_reason=typed.get("no_nhs_number_reason") or None,
        mobile=phone if phone and mobile else None,
        landline=phone if phone and not mobile else None,
        address=typed.get("address", "").strip() or None,
        postcode=typed.get("postcode", "").strip().upper() or None,
        carer={key: value for key, value in said.items() if value} if carer else None,
    )


def _date(
    typed: Mapping[str, str], name: str, errors: dict[str, str], *, partial: bool = False
) -> str | None:
    """ISO text of three typed parts; a fracture may lack the day, or day and month."""
    day, month, year = (typed.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year"))
    if not (day or month or year):
        return None
    what = "the year, and month and day if known" if partial else "a day, a month and a year"
    complete = year and month and day if not partial else year and (month or not day)
    if not complete or not re.fullmatch(r"\d{4}", year):
        errors[name] = f"Enter {what}, such as 3 8 {'2026' if partial else '1950'}"
        return None
    text = "-".join([year, *(f"{part:0>2}" for part in (month, day) if part)])
    try:
        parse_partial(text)
    except ValueError:
        errors[name] = f"Enter a real date{OF.get(name, '')}"
        return None
    return text


def _test(typed: Mapping[str, str], case: dict[str, Any], errors: dict[str, str], today: date) -> None:
    seconds = typed.get("tug", "").strip().removesuffix("s").strip().replace(",", ".")
    if not seconds:
        return
    try:
        value = float(seconds)
    except ValueError:
        errors["tug"] = "Enter the seconds as a number, such as 13.5"
        return
    if not 3 <= value <= 300:
        errors["tug"] = "Enter the seconds from 3 to 300"
        return
    case["tests"] = [{"name": "timed_up_and_go_s", "value": value, "on": today.isoformat()}]


def _flags(typed: Mapping[str, str], case: dict[str, Any], errors: dict[str, str], by_staff: bool) -> None:
    """Per line yes, no, not known or explained; "I have checked each" answers no for every line left open."""
    checked = typed.get("none_of_these") == "yes"
    if not (checked or by_staff or any(typed.get(f"flag_{flag.key}") for flag in FLAGS)):
        errors["none_of_these"] = NOTHING_SAID
    flags: dict[str, Any] = {}
    for flag in FLAGS:
        said = typed.get(f"flag_{flag.key}", "")
        if said in YES_NO:
            flags[flag.key] = YES_NO[said]
        elif said == "explained" and flag.explainable:
            flags[flag.key] = "explained"
        elif said != "unknown" and checked:
            flags[flag.key] = False
        elif said != "unknown" and not by_staff and "none_of_these" not in errors:
            errors[f"flag_{flag.key}"] = f"{flag.id}: answer, or tick that you have checked the rest"
    case["flags"] = flags
