"""What a letter is called, which kinds carry news, and the version of their wording."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

TITLE: Mapping[str, str] = {
    "acknowledgement": "Referral received",
    "already_known": "Referral received",
    "not_accepted": "Not accepted: act today",
    "accepted": "Accepted for supervised exercise",
    "declined": "Not accepted, with advice",
    "welcome": "Welcome, to the patient",
    "did_not_attend": "Did not attend",
    "discharge": "End of supervised exercise",
    "incident": "Incident in class",
    "incident_closed": "After an incident in class",
}
# somebody at the practice should read these; what only says "received" stands on the sender's screen already
NEWS = (
    "not_accepted",
    "accepted",
    "declined",
    "did_not_attend",
    "discharge",
    "incident",
    "incident_closed",
)
# the registered practice gets these when another organisation referred
TO_THE_PRACTICE = ("acknowledgement", *NEWS)


def title(kind: str) -> str:
    """The heading of a letter; an unknown kind is shown as it is, never hidden."""
    return TITLE.get(kind, kind.replace("_", " ").capitalize())


@cache
def version(kind: str) -> str:
    """`accepted/1f2e3d4c`: a kind and the first of a digest over the wording in force."""
    folder = files("clinic.referrals").joinpath("templates", "referrals", "letters")
    words = "".join(folder.joinpath(name).read_text() for name in ("_head.txt", f"{kind}.txt"))
    return f"{kind}/{hashlib.sha256(words.encode()).hexdigest()[:8]}"
