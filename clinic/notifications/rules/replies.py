"""How a reply is read: red flags first, then pain and falls, then the closed grammar; the rest by a person.

We act only when the whole body, courtesies aside, is in the closed grammar. Two readings go further, because
they only ever raise an alarm: a pain of 7 or more, and a fall, wherever in the text they stand.

YES alone is a carrier's opt-in word and is read as `start` whatever was asked: the carrier answers it too,
and somebody undoing a STOP must not thereby take a seat. Our answer asks for 1 or 2, so nothing is lost. "Yes
please" is no carrier's word and confirms. A bare OK, thanks or thumbs-up confirms nothing: it may answer the
text before, and after a `2` it would undo it. Yes and no in other languages go to a person (F19).
"""

import re
from dataclasses import dataclass

from clinic.notifications.rules.grammar import Intent, Question, whole_body
from clinic.notifications.rules.plain import words
from clinic.notifications.rules.red_flags import red_flag

__all__ = ["Intent", "Question", "Reading", "read"]

ALERTING_PAIN = 7
_NUMBERS = "zero one two three four five six seven eight nine ten"
_FIGURES = {word: str(value) for value, word in enumerate(_NUMBERS.split())}
_PAIN_ALONE = re.compile(
    r"(?:the |my |back )?pain (?:(?:is|was|score|level|its|at|now|of|about|a) ){0,3}(?P<first>\d+)"
    r"(?:(?: to| or)? (?P<second>\d+)| out of 10)?(?: today| now| please| thanks| thank you| x)*"
)
_BESIDE_PAIN = (
    "is|was|its|it|at|a|about|around|now|today|level|score|scale|of|up|to"
    "|maybe|nearly|still|back|in|my|more|like"
)
_PAIN_ANYWHERE = re.compile(
    rf"(?<!no )(?<!without )\b(?:pains?|pian|pani|painn|apin)(?: (?:{_BESIDE_PAIN}))* (?P<after>10|[0-9])\b"
    r"|\b(?P<before>10|[0-9])(?: out of 10| 10)?(?: for| of| is| my| the| back)* (?:pain|pains|pian)\b"
)
_FALL = re.compile(
    r"\b(?:fell|fallen|falen|fallne|toppled|went over|gone over|falls|went flying|came a cropper"
    r"|(?:took|taken|had) a (?:tumble|header|spill|purler)"
    r"|(?:had|have had|having|another|a|bad|nasty|little|wee) (?:fall|tumble)"
    r"|(?:slipped|tripped) (?:over|up|and|on|in|off))\b"
)
_NO_FALL = re.compile(
    r"\b(?:(?:not|no|havent|hasnt|never|without|any|didnt)(?: \w+){0,3} (?:fell|fallen|falls?|tumble)"
    r"|falls? (?:class\w*|clinic|group|prevention|course|team|service|exercises?)|prevent\w* falls?"
    r"|(?:fell|fallen|fall) (?:asleep|behind|through|out|in love|about|short|on (?:a|the (?:same|first|\d+)))"
    r"|falls? on (?:a )?(?:mon|tue|wed|thu|fri|sat|sun)\w*"
    r"|(?:fell|fall|fallen) in (?:19|20)\d\d|(?:it|class|session) (?:went|gone|has gone) over)\b"
)


@dataclass(frozen=True)
class Reading:
    """One reply, read: `score` 0..10 goes with PAIN, `day` (0 = Monday) with CHOOSE_DAY."""

    intent: Intent
    red_flag: bool
    score: int | None = None
    day: int | None = None


def read(text: str, question: Question) -> Reading:
    """Reads one reply in the light of the question it answers; never raises, whatever the text."""
    flagged = red_flag(text)
    plain = _plain(text)
    score = _score(plain)
    if score is not None:
        return Reading(Intent.PAIN, flagged, score=score)
    found = whole_body(text, question)
    if found and (not flagged or found[0] in (Intent.FALL, Intent.DIED, Intent.HOSPITAL)):
        return Reading(found[0], flagged, day=found[1])
    if plain == "pain":
        return Reading(Intent.PAIN, flagged)
    return Reading(Intent.FALL if _speaks_of_a_fall(plain) else Intent.UNCLEAR, flagged)


def _plain(text: str) -> str:
    """The reply in plain words with its numbers in figures: "Pain seven" is "pain 7"."""
    return " ".join(_FIGURES.get(word, word) for word in words(text))


def _score(plain: str) -> int | None:
    """The pain named: any score that is the whole body, 7 or more wherever it stands; of two the higher."""
    alone = _PAIN_ALONE.fullmatch(plain)
    if alone:
        given = [int(alone["first"])]
        if alone["second"] not in (None, "10"):
            given.append(int(alone["second"]))
        return max(given) if max(given) <= 10 else None
    found = [int(hit["after"] or hit["before"]) for hit in _PAIN_ANYWHERE.finditer(plain)]
    return max(found) if found and max(found) >= ALERTING_PAIN else None


def _speaks_of_a_fall(plain: str) -> bool:
    return _FALL.search(_NO_FALL.sub(" ", plain)) is not None
