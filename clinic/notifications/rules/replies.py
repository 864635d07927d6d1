"""How a reply is read: red flags first, then the closed grammar, everything else by a person."""

import re
from dataclasses import dataclass

from clinic.notifications.rules.grammar import Intent, Question, whole_body
from clinic.notifications.rules.plain import words
from clinic.notifications.rules.red_flags import red_flag

__all__ = ["Intent", "Question", "Reading", "read"]

ALERTING_PAIN = 7


@dataclass(frozen=True)
class Reading:
    """One reply, read: `score` 0..10 goes with PAIN, `day` (0 = Monday) with CHOOSE_DAY."""

    intent: Intent
    red_flag: bool
    score: int | None = None
    day: int | None = None


def read(text: str, question: Question) -> Reading:
    """Reads one reply in the light of the question it answers.

    Placeholder of the first commit.
    """
    flagged = red_flag(text)
    score = re.fullmatch(r"pain (\d+)(?: 10)?", " ".join(words(text)))
    if score and int(score[1]) <= 10:
        return Reading(Intent.PAIN, flagged, score=int(score[1]))
    found = None if flagged else whole_body(text, question)
    intent, day = found or (Intent.UNCLEAR, None)
    return Reading(intent, flagged, day=day)
