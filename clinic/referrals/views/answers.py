"""The rows of the check page: what was typed, in words, with "not known" where nothing was."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.referrals import fact_words, form
from clinic.referrals.rules.flags import FLAGS

NOT_GIVEN = "Not provided"
ASKED = "Not known: we ask"
_PATIENT = (
    ("NHS number", "nhs_number"),
    ("First name", "given_name"),
    ("Last name", "family_name"),
    ("Phone", "phone"),
)
_FRACTURE = ("fracture.date", "fracture.confirmed_by", "fracture.cause", "fracture.incidental")
_FRACTURE_MORE = ("fracture.levels", "fracture.osteoporotic")
_NOW = (
    "falls.count_12m",
    "pain.rest",
    "pain.movement",
    "pain.trend",
    "mobility.walks_10m",
)
_NOW_MORE = (
    "falls.injurious",
    "falls.could_not_get_up",
    "falls.lost_consciousness",
    "falls.unsteady",
    "falls.worried",
    "mobility.needs_person",
    "mobility.walking_aid",
    "frailty.clinical_frailty_scale",
)
_CONSENT = {True: "Yes", False: "No: the service asks", None: NOT_GIVEN}


def rows(typed: Mapping[str, str], read: form.Read) -> dict[str, list[tuple[str, str]]]:
    """Label and words by page; an essential fact not known is said to be asked, another one is left out."""
    return {
        "patient": _patient(typed, read),
        "fracture": _facts(read, _FRACTURE, _FRACTURE_MORE),
        "flags": _flags(read),
        "now": _now(typed, read),
    }


def _patient(typed: Mapping[str, str], read: form.Read) -> list[tuple[str, str]]:
    found = [(words, typed.get(name, "").strip() or NOT_GIVEN) for words, name in _PATIENT]
    born = read.patient.birth_date
    found.insert(3, ("Date of birth", fact_words.answer(born) if born else NOT_GIVEN))
    if read.patient.carer:
        found.append(("The phone is a carer's", read.patient.carer["name"]))
    if read.patient.address:
        found.append(("Address", read.patient.address))
    found.append(("Agrees to this referral", _CONSENT[read.consent]))
    found.append(("Responsible clinician", read.clinician or NOT_GIVEN))
    return found


def _facts(read: form.Read, essential: tuple[str, ...], more: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for path in (*essential, *more):
        section, _, key = path.partition(".")
        value = read.case.get(section, {}).get(key)
        if value is not None:
            words = fact_words.answer(value)
            found.append((fact_words.label(path), words[:1].upper() + words[1:]))
        elif path in essential:
            found.append((fact_words.label(path), ASKED))
    return found


def _flags(read: form.Read) -> list[tuple[str, str]]:
    flags = read.case["flags"]
    shown = [
        (f"{flag.id}: {flag.question}", fact_words.answer(flags.get(flag.key)))
        for flag in FLAGS
        if flags.get(flag.key) is not False
    ]
    answered_no = sum(flags.get(flag.key) is False for flag in FLAGS)
    return [*shown, ("Answered no", f"{answered_no} of {len(FLAGS)}")]


def _now(typed: Mapping[str, str], read: form.Read) -> list[tuple[str, str]]:
    found = _facts(read, _NOW, _NOW_MORE)
    if typed.get("tug"):
        found.append((fact_words.label("tests.timed_up_and_go_s"), typed["tug"]))
    found.append(("Priority", read.priority.capitalize()))
    if read.note:
        found.append(("Note", read.note))
    return found
