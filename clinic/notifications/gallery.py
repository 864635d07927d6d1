"""Every text we send, with sample names, for a clinician to read and sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from clinic.notifications import signing, wording
from clinic.notifications.rules.segments import Segments, segments
from clinic.notifications.rules.window import Purpose, window_for
from clinic.notifications.wording import CARER, ENGLISH, LANGUAGES, Text

ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
ASKS = {
    "offer": "1, a day's name, or 2",
    "reminder": "2 to cancel that day",
    "prompt": "DONE, or PAIN and a number",
    "number_check": "1 if it is her number",
    "still_wanted": "1 to stay on the list, 2 to leave it",
    "check_in": "1 if all is well, 2 to be rung",
    "which": "the day that is meant",
    "none": "nothing",
}


@dataclass(frozen=True)
class Shown:
    """One text as it arrives with its sample, and what stands behind it."""

    name: str
    text: Text
    body: str
    size: Segments
    language: str
    signature: signing.Signature | None
    fingerprint: str

    @property
    def key(self) -> str:
        """Its name in the list of signatures, and its anchor on the page."""
        return self.name if self.language == ENGLISH else f"{self.language}/{self.name}"

    @property
    def language_words(self) -> str:
        return LANGUAGES[self.language]

    @property
    def title(self) -> str:
        return self.name.removesuffix(CARER).replace("_", " ").capitalize()

    @property
    def for_carer(self) -> bool:
        return self.name.endswith(CARER)

    @property
    def asks(self) -> str:
        return ASKS[self.text.question]


def by_purpose() -> list[tuple[Purpose, str, list[Shown]]]:
    """(purpose, when such texts leave, its texts) in the order of Purpose; variants stand together."""
    every = [
        _shown(name, text, language)
        for language in LANGUAGES
        for name, text in wording.all_texts(language).items()
    ]
    every.sort(key=lambda one: one.name)
    groups = [(p, _hours(p), [one for one in every if one.text.purpose is p]) for p in Purpose]
    return [group for group in groups if group[2]]


def counts(groups: list[tuple[Purpose, str, list[Shown]]]) -> dict[str, int]:
    """How many texts there are, how many are signed as they stand, and how many changed since."""
    every = [one for _, _, shown in groups for one in shown]
    signed = [one.signature for one in every if one.signature]
    standing = sum(signature.stands for signature in signed)
    return {"all": len(every), "signed": standing, "changed": len(signed) - standing}


def _hours(purpose: Purpose) -> str:
    """When such a text may leave, in clinic time, leaving aside what happens within a day."""
    window = window_for(purpose, None, ANY_DAY, UTC)
    return f"{window.opens:%H:%M} to {window.closes:%H:%M}" if window.closes else "at any hour"


def _shown(name: str, text: Text, language: str) -> Shown:
    body = wording.render(name, language=language, **text.sample)
    key = name if language == ENGLISH else f"{language}/{name}"
    signature, fingerprint = signing.signature(key, text), signing.fingerprint(text)
    return Shown(name, text, body, segments(body), language, signature, fingerprint)
