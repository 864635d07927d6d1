"""Words as people in a hurry type them: one slip away, but never another ordinary word."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SHORTEST_WORD_THAT_MAY_SLIP = 3
FREE_EDIT_FROM = 5
TWO_EDITS_FROM = 9


def _neighbours() -> frozenset[tuple[str, str]]:
    beside = {pair for row in _ROWS for pair in pairwise(row)}
    for upper, lower in pairwise(_ROWS):
        for at, key in enumerate(lower):
            beside |= {(key, upper[place]) for place in (at, at + 1) if place < len(upper)}
    return frozenset(beside | {(b, a) for a, b in beside})


NEIGHBOURING_KEYS = _neighbours()


class Lexicon:
    """Finds the known words a typed word may stand for.

    Short words allow one slip of the thumb (a letter left out, doubled, swapped or its neighbour on the
    keyboard); words of five letters and more any one edit, of nine and more any two; an s too many is
    forgiven ("my head's swimming"). A typed word that is in
    `ordinary` is never a slip: "ladder" is not "bladder".
    """

    def __init__(self, known: Iterable[str], ordinary: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._ordinary = frozenset(ordinary) - self._known
        self._longest = max(map(len, self._known), default=0) + 2
        self._by_shorter: dict[str, set[str]] = {}
        for word in self._known:
            for shorter in _shorter(word, _edits_allowed(word)):
                self._by_shorter.setdefault(shorter, set()).add(word)
        self.meanings = lru_cache(maxsize=8192)(self._meanings)

    def _meanings(self, typed: str) -> frozenset[str]:
        exact = {typed} & self._known
        if exact or typed in self._ordinary or not typed.isalpha() or not 2 <= len(typed) <= self._longest:
            return frozenset(exact)
        if typed.removesuffix("s") in self._known and len(typed) > SHORTEST_WORD_THAT_MAY_SLIP:
            return frozenset({typed.removesuffix("s")})
        near = (self._by_shorter.get(shorter, set()) for shorter in _shorter(typed, 2))
        return frozenset(word for word in set().union(*near) if is_slip(typed, word))


def is_slip(typed: str, word: str) -> bool:
    """Whether `typed` is a likely misspelling of `word` under the rules of `Lexicon`."""
    if len(word) < SHORTEST_WORD_THAT_MAY_SLIP:
        return False
    if len(word) < FREE_EDIT_FROM:
        return is_thumb_slip(typed, word)
    return _distance(typed, word) <= _edits_allowed(word)


def is_thumb_slip(typed: str, word: str) -> bool:
    """One letter left out (never of three), doubled or hit beside; two swapped; a stray key."""
    if len(typed) == len(word) - 1:
        return len(word) > SHORTEST_WORD_THAT_MAY_SLIP and typed in _one_left_out(word)
    if len(typed) == len(word) + 1:
        stray = [at for at, left in enumerate(_one_left_out(typed)) if left == word]
        return any(_belongs_beside(typed, at) for at in stray)
    if len(typed) != len(word):
        return False
    wrong = [at for at in range(len(word)) if typed[at] != word[at]]
    if len(wrong) == 1:
        return (typed[wrong[0]], word[wrong[0]]) in NEIGHBOURING_KEYS
    return _swapped(typed, word, wrong)


def _one_left_out(word: str) -> list[str]:
    return [word[:at] + word[at + 1 :] for at in range(len(word))]


def _belongs_beside(typed: str, at: int) -> bool:
    around = {typed[place] for place in (at - 1, at + 1) if 0 <= place < len(typed)}
    return typed[at] in around or any((typed[at], key) in NEIGHBOURING_KEYS for key in around)


def _swapped(typed: str, word: str, wrong: list[int]) -> bool:
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return typed[first] == word[second] and typed[second] == word[first]


def _edits_allowed(word: str) -> int:
    if len(word) < SHORTEST_WORD_THAT_MAY_SLIP:
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


def _shorter(word: str, edits: int) -> set[str]:
    """The word itself and what is left of it after leaving out up to `edits` letters."""
    layers = [{word}]
    for _ in range(edits):
        layers.append({shorter for left in layers[-1] for shorter in _one_left_out(left)})
    return set().union(*layers)


def _distance(a: str, b: str) -> int:
    """Edits between two words: a letter added, left out, replaced, or two neighbours swapped."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
