"""The closed grammar of replies: every whole body we act on, and nothing else."""

from enum import StrEnum

from clinic.notifications.rules import phrases as says
from clinic.notifications.rules.phrases import Phrase, phrases
from clinic.notifications.rules.plain import words


class Question(StrEnum):
    """The open question a reply is bound to."""

    OFFER = "offer"
    REMINDER = "reminder"
    PROMPT = "prompt"
    NUMBER_CHECK = "number_check"
    STILL_WANTED = "still_wanted"
    CHECK_IN = "check_in"
    WHICH = "which"
    NONE = "none"


class Intent(StrEnum):
    """What the sender wants; `unclear` is for a person to read."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CANNOT_COME = "cannot_come"
    CHOOSE_DAY = "choose_day"
    DONE = "done"
    PAIN = "pain"
    FALL = "fall"
    MORE = "more"
    EASIER = "easier"
    LATE = "late"
    WHEN = "when"
    CALL_ME = "call_me"
    WRONG_NUMBER = "wrong_number"
    DIED = "died"
    HOSPITAL = "hospital"
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNCLEAR = "unclear"


Grammar = dict[Intent, frozenset[Phrase]]

CARRIER_WORDS: Grammar = {
    Intent.STOP: phrases(says.CARRIER_STOP),
    Intent.START: phrases(says.CARRIER_START),
    Intent.HELP: phrases(says.CARRIER_HELP),
}

AT_ANY_TIME: Grammar = {
    Intent.STOP: phrases(says.STOP_IN_FULL),
    Intent.HELP: phrases(says.CARRIER_HELP),
    Intent.DONE: phrases(says.DONE),
    Intent.FALL: phrases(says.FALL),
    Intent.MORE: phrases(says.MORE),
    Intent.EASIER: phrases(says.EASIER),
    Intent.LATE: phrases(says.LATE),
    Intent.WHEN: phrases(says.WHEN),
    Intent.CALL_ME: phrases(says.CALL_ME),
    Intent.WRONG_NUMBER: phrases(says.WRONG_NUMBER),
    Intent.DIED: phrases(says.DIED),
    Intent.HOSPITAL: phrases(says.HOSPITAL),
}

IN_ANSWER_TO: dict[Question, Grammar] = {
    Question.OFFER: {
        Intent.CONFIRM: phrases(f"{says.ONE}, {says.YES}, {says.OFFER_YES}"),
        Intent.DECLINE: phrases(f"{says.TWO}, {says.NO}, {says.OFFER_NO}"),
    },
    Question.REMINDER: {
        Intent.CONFIRM: phrases(f"{says.ONE}, {says.REMINDER_YES}"),
        Intent.CANNOT_COME: phrases(f"{says.TWO}, {says.REMINDER_NO}"),
    },
    Question.NUMBER_CHECK: {
        Intent.CONFIRM: phrases(f"{says.ONE}, {says.YES}, {says.NUMBER_YES}"),
        Intent.WRONG_NUMBER: phrases(f"{says.TWO}, {says.NO}, {says.NUMBER_NO}"),
    },
    Question.STILL_WANTED: {
        Intent.CONFIRM: phrases(f"{says.ONE}, {says.YES}, {says.STILL_YES}"),
        Intent.DECLINE: phrases(f"{says.TWO}, {says.NO}, {says.STILL_NO}"),
    },
    Question.CHECK_IN: {Intent.CONFIRM: phrases(says.ONE), Intent.CALL_ME: phrases(says.TWO)},
}

MAY_END_IN_A_QUESTION_MARK = frozenset(
    {Intent.WHEN, Intent.CALL_ME, Intent.WRONG_NUMBER, Intent.HELP, Intent.EASIER, Intent.MORE}
)
TAKES_A_DAY = frozenset({Question.OFFER, Question.WHICH})

_NAMES_OF_DAYS = (
    "monday mondays mon", "tuesday tuesdays tue tues", "wednesday wednesdays wed weds",
    "thursday thursdays thu thur thurs", "friday fridays fri", "saturday saturdays sat", "sunday sundays sun",
)  # fmt: skip
DAYS = {name: day for day, names in enumerate(_NAMES_OF_DAYS) for name in names.split()}
_AROUND_A_DAY = frozenset(says.AROUND_A_DAY.split())

_GREETINGS = phrases(says.GREETINGS)
_FAREWELLS = phrases(says.FAREWELLS)
_LONGEST_COURTESY = max(map(len, _GREETINGS | _FAREWELLS))


def whole_body(text: str, question: Question) -> tuple[Intent, int | None] | None:
    """What the whole body means in the closed grammar, with the chosen day (0 = Monday), or None.

    A carrier's word counts before the question: YES alone is an opt-in there, CANCEL and END an opt-out.
    """
    everything = words(text)
    body = tuple(word for word in everything if word != "?")
    in_doubt = len(everything) > len(body)
    readings = without_courtesies(body)
    intent = (
        _meaning(CARRIER_WORDS, [body])
        or _meaning(IN_ANSWER_TO.get(question, {}), readings)
        or _meaning(AT_ANY_TIME, readings)
    )
    if intent is not None:
        return None if in_doubt and intent not in MAY_END_IN_A_QUESTION_MARK else (intent, None)
    day = _day_named(readings[-1]) if question in TAKES_A_DAY and not in_doubt else None
    return None if day is None else (Intent.CHOOSE_DAY, day)


def _meaning(grammar: Grammar, readings: list[Phrase]) -> Intent | None:
    wanted = frozenset(readings)
    return next((intent for intent, known in grammar.items() if wanted & known), None)


def without_courtesies(body: Phrase) -> list[Phrase]:
    """The body and what is left of it, one courtesy less each time: "hello 1 please x" comes down to "1"."""
    readings = [body]
    while 0 < (size := _courtesy(readings[-1], _GREETINGS, front=True)) < len(readings[-1]):
        readings.append(readings[-1][size:])
    while 0 < (size := _courtesy(readings[-1], _FAREWELLS, front=False)) < len(readings[-1]):
        readings.append(readings[-1][:-size])
    return readings


def _courtesy(body: Phrase, courtesies: frozenset[Phrase], *, front: bool) -> int:
    for size in range(min(_LONGEST_COURTESY, len(body)), 0, -1):
        if (body[:size] if front else body[-size:]) in courtesies:
            return size
    return 0


def _day_named(body: Phrase) -> int | None:
    """The one weekday in a body that holds nothing else but a date, a time and small words."""
    named = [word for word in body if word in DAYS]
    rest = [word for word in body if word not in DAYS]
    if len(named) != 1 or body[0].isdigit():
        return None
    return DAYS[named[0]] if all(word in _AROUND_A_DAY or word[0].isdigit() for word in rest) else None
