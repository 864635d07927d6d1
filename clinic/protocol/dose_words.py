"""A dose as people say it: the library writes doses short, for those who prescribe."""

import re

# in this order: what stands first is read before its parts are
_SAID = (
    (r"^(hold .*?) s x (\d+)(?:-(\d+))?", r"\1 s, \2-\3 times"),
    (r"(\d+) sets x (\d+)", r"\1 sets of \2"),
    (r"(\d+-\d+)( each)? x (\d+(?:-\d+)?)", r"\1 times\2, \3 rounds"),
    (r"(\d)- times", r"\1 times"),
    (r">=(\d+) days", r"at least \1 days a week"),
    (r"(\d+)-(\d+)", r"\1 to \2"),
    (r"(\d) s\b", r"\1 seconds"),
    (r"(\d) min\b", r"\1 minutes"),
    (r"\beach\b", "each side"),
)


def in_words(dose: str) -> str:
    """`8-12 x 2-3, >=2 days` is "8 to 12 times, 2 to 3 rounds, at least 2 days a week"."""
    for short, said in _SAID:
        dose = re.sub(short, said, dose)
    return dose
