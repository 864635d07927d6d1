"""How each missing fact is asked of a patient, and the answers that lead to different places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clinic.protocol.numbers import Numbers
from clinic.referrals.rules.dates import PartialDate, add_days, add_months
from clinic.referrals.rules.facts import Case
from clinic.referrals.rules.flags import FLAGS
from clinic.referrals.rules.words import ConfirmedBy, Site, Trend

Answers = Sequence[tuple[str, Any]]
_YES_NO: Answers = (("yes", True), ("no", False))


@dataclass(frozen=True, slots=True)
class Question:
    """One missing fact, in words for the patient; `answers` are labels with the value each stands for.

    `calm` is the place of the reassuring answer.
    """

    path: str
    text: str
    answers: Callable[[Case, Numbers], Answers]
    calm: int


def _yes_no(case: Case, numbers: Numbers) -> Answers:
    return _YES_NO


def _falls(case: Case, numbers: Numbers) -> Answers:
    many = numbers.falls_high_from
    return (("none", 0), ("one", 1), (f"{many} or more", many))


def _rest_pain(case: Case, numbers: Numbers) -> Answers:
    return _pain(numbers.group_rest_pain_to, numbers.severe_pain_from)


def _movement_pain(case: Case, numbers: Numbers) -> Answers:
    return _pain(numbers.group_movement_pain_to, numbers.severe_pain_from)


def _pain(group_to: int, severe: int) -> Answers:
    between = f"{group_to + 1} to {severe - 1}" if severe - group_to > 2 else f"{group_to + 1}"
    return ((f"0 to {group_to}", group_to), (between, group_to + 1), (f"{severe} or more", severe))


def _trend(case: Case, numbers: Numbers) -> Answers:
    return (("better", Trend.BETTER), ("the same", Trend.SAME), ("worse", Trend.WORSE))


def _site(case: Case, numbers: Numbers) -> Answers:
    return (("a bone of the back", Site.VERTEBRAL), ("another bone", Site.OTHER))


def _confirmed(case: Case, numbers: Numbers) -> Answers:
    return (("seen on an image", ConfirmedBy.XRAY), ("no image", ConfirmedBy.NOT_CONFIRMED))


def _fracture_date(case: Case, numbers: Numbers) -> Answers:
    """The last and first day of a partial date; else one day in each stretch that matters."""
    given = case.fracture.date
    if given is not None and not given.full:
        last = min(given.last, case.as_of)
        return ((f"on {last}", _exactly(last)), (f"on {given.first}", _exactly(given.first)))
    return _stretches(case, numbers)


def _stretches(case: Case, numbers: Numbers) -> Answers:
    start, p2, p3 = numbers.group_from_day, numbers.p2_from_months, numbers.p3_from_months
    return (
        (f"less than {start} days ago", _exactly(add_days(case.as_of, -start // 2))),
        (f"{start} days to {p2} months ago", _exactly(add_days(case.as_of, -start))),
        (f"{p2} to {p3} months ago", _exactly(add_months(case.as_of, -p2 - 1))),
        (f"more than {p3} months ago", _exactly(add_months(case.as_of, -p3 - 1))),
    )


def _birth_date(case: Case, numbers: Numbers) -> Answers:
    limit = numbers.secondary_cause_below_age
    return (
        (f"under {limit}", add_months(case.as_of, -12 * (limit - 5))),
        (f"{limit} or over", add_months(case.as_of, -12 * (limit + 25))),
    )


def _exactly(day: date) -> PartialDate:
    return PartialDate(day.isoformat(), day, day)


_ASKED: tuple[tuple[str, Callable[[Case, Numbers], Answers], int, str], ...] = (
    ("mobility.walks_10m", _yes_no, 0, "Can you walk ten metres, with or without a stick or frame?"),
    ("pain.rest", _rest_pain, 0, "From 0, none, to 10, the worst: how bad is your back pain at rest?"),
    ("pain.movement", _movement_pain, 0, "And from 0 to 10, how bad is it when you move?"),
    ("pain.trend", _trend, 0, "Over the last two weeks, is the pain better, the same or worse?"),
    ("fracture.date", _fracture_date, -1, "When did the bone in your back break? Even the month is a help."),
    ("fracture.incidental", _yes_no, 1, "Was the broken bone found by chance, on a scan for something else?"),
    ("fracture.cement_procedure_on", _stretches, -1, "When was the cement put into your back bone?"),
    ("fracture.confirmed_by", _confirmed, 0, "Did you have an X-ray or a scan that showed the broken bone?"),
    ("fracture.site", _site, 0, "Which bone is broken: in your back, or somewhere else?"),
    ("falls.count_12m", _falls, 0, "How many times have you fallen in the last twelve months?"),
    ("falls.injurious", _yes_no, 1, "Were you hurt in any of these falls?"),
    (
        "falls.could_not_get_up",
        _yes_no,
        1,
        "After any of these falls, were you unable to get up by yourself?",
    ),
    ("falls.lost_consciousness", _yes_no, 1, "Did you black out before or during a fall?"),
    ("falls.unsteady", _yes_no, 1, "Do you feel unsteady when you stand or walk?"),
    ("falls.worried", _yes_no, 1, "Are you worried about falling?"),
    (
        "mobility.needs_person",
        _yes_no,
        1,
        "Do you need another person to help you walk or get out of a chair?",
    ),
    ("mobility.walking_aid", _yes_no, 1, "Do you use a stick, a frame or another walking aid?"),
    ("person.birth_date", _birth_date, -1, "What is your date of birth?"),
)

QUESTIONS: dict[str, Question] = {
    **{flag.path: Question(flag.path, flag.patient_question, _yes_no, 1) for flag in FLAGS},
    **{path: Question(path, text, answers, calm) for path, answers, calm, text in _ASKED},
}
