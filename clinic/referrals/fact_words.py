"""Case paths and answers of the rules as people say them; an unknown path is shown as it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from clinic.referrals.rules.flags import BY_ID, FLAGS

LABELS: Mapping[str, str] = {
    "person.birth_date": "Date of birth",
    "person.sex": "Sex",
    "fracture.date": "Date of the fracture",
    "fracture.site": "Place of the fracture",
    "fracture.cause": "How it happened",
    "fracture.confirmed_by": "Confirmed by",
    "fracture.osteoporotic": "Low bone density",
    "fracture.incidental": "Found by chance",
    "fracture.healed_on_imaging": "Old on the image",
    "fracture.cement": "Cement procedure",
    "fracture.cement_procedure_on": "Date of the cement procedure",
    "fracture.reported_on": "Reported on",
    "fracture.dated_by": "Dated by",
    "fracture.levels": "Levels",
    "pain.rest": "Pain at rest, 0 to 10",
    "pain.movement": "Pain on movement, 0 to 10",
    "pain.trend": "Pain is getting",
    "mobility.walks_10m": "Walks 10 metres",
    "mobility.needs_person": "Needs a person to walk or transfer",
    "mobility.walking_aid": "Uses a walking aid",
    "falls.count_12m": "Falls in 12 months",
    "falls.injurious": "A fall with injury",
    "falls.could_not_get_up": "Could not get up after a fall",
    "falls.lost_consciousness": "Lost consciousness",
    "falls.unsteady": "Feels unsteady",
    "falls.worried": "Worried about falling",
    "falls.stay_independent": "Stay Independent answers",
    "frailty.clinical_frailty_scale": "Clinical Frailty Scale",
    "frailty.frail": "Frail",
    "progress.strength_weeks": "Weeks of strength exercise",
    "progress.stabilised": "Ticked as stabilised",
    "progress.released": "Released by a physiotherapist",
    "progress.taught": "Exercises shown",
    "progress.phase_set": "Phase set by a physiotherapist",
    "tests": "Tests",
    "tests.timed_up_and_go_s": "Timed Up and Go, seconds",
    "tests.chair_stand_30s": "Chair stands in 30 seconds",
    "tests.gait_speed_m_s": "Walking speed, metres a second",
    "tests.tandem_stance_s": "Tandem stance, seconds",
    "observations.systolic": "Upper blood pressure",
    "observations.diastolic": "Lower blood pressure",
    "observations.pulse": "Pulse",
    "day": "Days since the anchor date",
    "phase": "Phase",
    "band": "Supervision band",
    **{flag.path: f"{flag.id} {flag.key.replace('_', ' ')}" for flag in FLAGS},
    **{flag_id: f"{flag_id} {flag.key.replace('_', ' ')}" for flag_id, flag in BY_ID.items()},
}
_WORDS = {
    "true": "yes",
    "false": "no",
    "unknown": "not known",
    "none": "nothing of note",
    "xray": "X-ray",
    "ct": "CT",
    "mri": "MRI",
    "dxa_vfa": "DXA with vertebral assessment",
    "not_confirmed": "not confirmed by imaging",
    "fall": "a fall",
    "lifting": "lifting or bending",
    "other_low_trauma": "another small cause",
    "high_trauma": "a high-energy injury",
}
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def label(path: str) -> str:
    """The name of a fact."""
    return LABELS.get(path, path.replace("_", " ").replace(".", ": "))


def fact(text: str) -> str:
    """`falls.count_12m = 1` as "Falls in 12 months: 1"."""
    path, sign, value = text.partition(" = ")
    return f"{label(path)}: {answer(value)}" if sign else text[:1].upper() + text[1:]


def answer(value: object) -> str:
    """One answer in words: booleans, coded words, ISO dates, lists."""
    if value is None:
        return "not known"
    if isinstance(value, list):
        return ", ".join(answer(item) for item in value) or "none"
    said = str(value).lower() if isinstance(value, bool) else str(value)
    said = _WORDS.get(said, said)
    said = _DAY.sub(lambda found: _day(*map(int, found.groups())), said)
    if month := _MONTH.fullmatch(said):
        return f"{date(int(month[1]), int(month[2]), 1):%b %Y}"
    return said.replace("_", " ")


def _day(year: int, month: int, day: int) -> str:
    return f"{day} {date(year, month, day):%b %Y}"
