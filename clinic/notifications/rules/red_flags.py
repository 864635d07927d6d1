"""Whether a reply speaks of something that cannot wait, in whatever words and spelling."""

import re
from functools import cache, lru_cache

from clinic.notifications.rules.abroad import danger_abroad
from clinic.notifications.rules.everyday import EVERYDAY
from clinic.notifications.rules.groups import FILLERS, GROUPS, PARTS, SAME_AS
from clinic.notifications.rules.hints import hints_in
from clinic.notifications.rules.ordinary import ORDINARY
from clinic.notifications.rules.plain import words
from clinic.notifications.rules.sayings import SAYINGS
from clinic.notifications.rules.signs import SIGNS
from clinic.notifications.rules.spelling import Lexicon
from clinic.notifications.rules.topics import TROUBLE

DEFAULT_GAP = 2
FEVER_FROM, FEVER_TO = 37.5, 43.0  # degrees Celsius
SYSTOLIC_FROM, SYSTOLIC_TO = 160, 300  # mmHg; RF8 says 180, a text is no measurement
SUGAR_FROM = 15.0  # mmol/l
RUN_TOGETHER = range(7, 31)
_BREAK = "/"
_SMALL_WORDS = r"(?: ~\S+){0,9}"  # bounded: a thousand small words in a row must not take a second


def red_flag(text: str) -> bool:
    """True when any red-flag sign is named, negated or not; a miss costs more than a false alarm."""
    return bool(signs_in(text))


def signs_in(text: str) -> tuple[str, ...]:
    """The families of red-flag signs a text names, for the person who reads the alert."""
    typed = _typed(text)
    line = "".join(f" {_label(word)}" for word in typed)
    found = [family for family, pattern in _patterns() if pattern.search(line)]
    return tuple(found + hints_in(typed, _lexicon()) + danger_abroad(text))


def _typed(text: str) -> list[str]:
    """The words of a text, everyday phrases taken out and words run together pulled apart."""
    plain = " ".join(word for word in words(text) if word[0].isalnum())
    for pattern, same in _same_as():
        plain = pattern.sub(same, plain)
    plain = _everyday().sub(f" {_BREAK} ", plain)
    return [piece for word in plain.split() for piece in _pulled_apart(word)]


def _label(word: str) -> str:
    """All that a word may stand for, between semicolons; a tilde before a filler."""
    if word == _BREAK:
        return word
    labels = set(_lexicon().meanings(word)) | _number_labels(word) | {word}
    labels |= {group for label in tuple(labels) for group in _groups_of().get(label, ())}
    return ("~;" if word in _word_set(FILLERS) else ";") + ";".join(sorted(labels)) + ";"


def _number_labels(word: str) -> set[str]:
    number = float(word.replace(":", ".")) if word[0].isdecimal() else 0.0
    if FEVER_FROM <= number <= FEVER_TO:
        return {"FEVERISH", "SUGARY"}
    if SUGAR_FROM <= number < FEVER_FROM:
        return {"SUGARY"}
    return {"BIG"} if SYSTOLIC_FROM <= number <= SYSTOLIC_TO else set()


@lru_cache(maxsize=4096)
def _pulled_apart(word: str) -> tuple[str, ...]:
    """Words run together ("cantfeel") taken apart, when every piece is a known word; else the word itself."""
    if len(word) not in RUN_TOGETHER or word in ORDINARY or _lexicon().meanings(word):
        return (word,)
    return _pieces(word, _known_or_filler()) or (word,)


def _pieces(word: str, known: frozenset[str]) -> tuple[str, ...] | None:
    if word in known:
        return (word,)
    for at in range(2, len(word) - 1):
        if word[:at] in known and (rest := _pieces(word[at:], known)):
            return (word[:at], *rest)
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    families = [(f, re.compile("|".join(_compiled(sign) for sign in _split(_rows(f))))) for f in _families()]
    return tuple(families)


def _families() -> list[str]:
    return list(dict.fromkeys([*SIGNS, *SAYINGS]))


def _rows(family: str) -> str:
    return ",".join(table[family] for table in (SIGNS, SAYINGS) if family in table)


def _compiled(sign: str) -> str:
    """A sign as a regular expression over the labelled line."""
    found, gap = "", None
    for item in sign.split():
        if item.isdigit() and found and gap is None and len(item) == 1:
            gap = int(item)
            continue
        found += (_gap(DEFAULT_GAP if gap is None else gap) if found else "") + _one_of(item)
        gap = None
    return found


def _one_of(item: str) -> str:
    choices = [choice for name in item.split("|") for choice in _choices(name)]
    return f"(?:{'|'.join(choices)})"


def _choices(name: str) -> list[str]:
    """A word or a group, and the group's phrases (all that follows its first comma)."""
    longer = [_compiled(phrase) for phrase in _split(GROUPS.get(name, ""))[1:]]
    return [rf" ~?(?=\S*;{name};)\S+", *longer]


def _gap(size: int) -> str:
    return rf"(?:{_SMALL_WORDS} ;\S+){{0,{size}}}{_SMALL_WORDS}"


def _split(rows: str) -> list[str]:
    joined = re.sub(r"\|\s+", "|", rows)
    return [" ".join(row.split()) for row in joined.split(",") if row.strip()]


@cache
def _groups_of() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for group, rows in GROUPS.items():
        for word in _split(rows)[0].split():
            found.setdefault(word, set()).add(group)
    return found


@cache
def _known() -> frozenset[str]:
    rows = " ".join([*SIGNS.values(), *SAYINGS.values(), *GROUPS.values(), PARTS, TROUBLE])
    return frozenset(word for word in re.split(r"[\s,|]+", rows) if word.islower() and word.isalpha())


@cache
def _known_or_filler() -> frozenset[str]:
    return _known() | _word_set(FILLERS)


@cache
def _lexicon() -> Lexicon:
    return Lexicon(_known(), ORDINARY)


@cache
def _word_set(block: str) -> frozenset[str]:
    return frozenset(block.split())


@cache
def _everyday() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(EVERYDAY)})\b")


@cache
def _same_as() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), same) for pattern, same in SAME_AS)
