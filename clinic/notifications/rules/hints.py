"""What raises an alarm without being a sign we know: people find words for trouble that no list holds.

A part of the body or a feeling with nothing mild beside it, something a person cannot do that is no matter of
buses and dates, or trouble told without a word of anything ordinary. A message that opens like a question is
left to the signs.
"""

from clinic.notifications.rules.groups import FILLERS, GROUPS, MILD, NO_MATTER, PARTS, QUESTION_OPENERS
from clinic.notifications.rules.spelling import Lexicon
from clinic.notifications.rules.topics import ORDINARY_TOPICS, TROUBLE

NEAR = 5
LEAST_TOLD = 5  # words; fewer tell nothing
_TROUBLE, _TOPICS = frozenset(TROUBLE.split()), frozenset(ORDINARY_TOPICS.split())
_PARTS, _MILD = frozenset(PARTS.split()), frozenset(MILD.split())
_NO_MATTER, _OPENERS = frozenset(NO_MATTER.split()), frozenset(QUESTION_OPENERS.split())
_FEELING = frozenset(GROUPS["FEEL"].split())
_CANNOT = frozenset({"cant", "carnt", "cannot", "couldnt", "cudnt", "unable", "struggle", "struggling"})
_FILLERS = frozenset(FILLERS.split())


def hints_in(typed: list[str], lexicon: Lexicon) -> list[str]:
    """The kinds of hint a text holds, in its words as `red_flags` has prepared them."""
    if typed[:1] and typed[0] in _OPENERS:
        return []
    kinds = {"a part of the body": _PARTS, "a feeling": _FEELING}
    meant = [lexicon.meanings(word) for word in typed]
    found = [
        kind
        for kind, known in kinds.items()
        if any(known & meanings and not _mild_near(typed, at) for at, meanings in enumerate(meant))
    ]
    unable = any(_CANNOT & meanings and _matters(typed[at + 1 :]) for at, meanings in enumerate(meant))
    strange = ["trouble and nothing ordinary"] if _trouble_alone(typed, meant) else []
    return found + ["something that cannot be done"] * unable + strange


def _trouble_alone(typed: list[str], meant: list[frozenset[str]]) -> bool:
    """A word of trouble in a sentence that touches none of the matters people text a class about."""
    told = set(typed)
    answers = typed[:1] and typed[0].isdigit()  # "1 but not this week" is about the class
    return (
        not answers
        and len(typed) >= LEAST_TOLD
        and not _TROUBLE.isdisjoint(frozenset().union(*meant))
        and _TOPICS.isdisjoint(told)
    )


def _mild_near(typed: list[str], at: int) -> bool:
    return not _MILD.isdisjoint(typed[max(0, at - NEAR) : at + NEAR + 1])


def _matters(after: list[str]) -> bool:
    """Whether what comes after "cannot" is anything but buses, dates and the telephone."""
    done = next((word for word in after if word in _NO_MATTER or word not in _FILLERS), None)
    return done is not None and done.isalpha() and done not in _NO_MATTER
