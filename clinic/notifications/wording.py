"""The wording of every text: one file each in `texts/`, checked when loaded, rendered in GSM-7.

A file is front matter between `---` lines (purpose, question, resend, sample) and the body. A text for a
carer, worded for the carer, is the file of the same name ending in `_carer` (F8). Another language has a
folder of its own, text by text: what is not there yet goes in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from jinja2 import StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from clinic.notifications.rules.replies import Question
from clinic.notifications.rules.segments import downgrade
from clinic.notifications.rules.welsh import in_welsh
from clinic.notifications.rules.window import Purpose

SUFFIX = ".sms.txt"
CARER = "_carer"
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "cy": "Cymraeg (Welsh)"}
_KEYS = {"purpose", "question", "resend", "sample"}

# A sandbox, because one day a text may be edited on a page; StrictUndefined, because a gap is a defect.
_jinja = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
)


class BadText(ValueError):
    """A file of wording breaks a rule; the message names the file and the rule."""


class UnknownText(KeyError):
    """No text has this name."""


@dataclass(frozen=True)
class Text:
    """One text: why it is sent, the question it opens, whether it may safely go twice, and its words."""

    name: str
    purpose: Purpose
    question: Question
    resend: Literal["safe", "never"]
    sample: Mapping[str, Any]
    body: str
    review: str | None = None  # what must still happen before it may be relied on


@cache
def all_texts(language: str = ENGLISH) -> dict[str, Text]:
    """Every text of a language by name, in alphabetical order; a broken file raises BadText."""
    folder = files(__package__).joinpath("texts")
    if language != ENGLISH:
        folder = folder.joinpath(language)
    found = sorted(folder.iterdir(), key=lambda file: file.name)
    names = [(file, file.name.removesuffix(SUFFIX)) for file in found if file.name.endswith(SUFFIX)]
    return {name: parse(name, file.read_text(encoding="utf-8")) for file, name in names}


def text(name: str, language: str = ENGLISH) -> Text:
    """The text of this name, in this language where there is one; raises UnknownText."""
    for spoken in (language, ENGLISH):
        if spoken in LANGUAGES and name in all_texts(spoken):
            return all_texts(spoken)[name]
    raise UnknownText(name)


def name_for(name: str, *, carer: bool) -> str:
    """The text to send to this reader: the carer's own wording where there is one."""
    return name + CARER if carer and name + CARER in all_texts() else name


def render(name: str, *, language: str = ENGLISH, **data: Any) -> str:
    """The body in GSM-7 with `data` filled in; raises jinja2.UndefinedError when something is missing."""
    translated = language == "cy" and name in all_texts(language)
    return downgrade(_template(name, language).render(in_welsh(data) if translated else data)).strip()


@cache
def _template(name: str, language: str) -> Template:
    """Compiled once: a batch renders hundreds."""
    return _jinja.from_string(text(name, language).body)


def moment(at: datetime, zone: tzinfo) -> dict[str, str]:
    """The `day`, `date` and `time` of an event as texts say them: Tue, 24 Nov, 10:30 clinic time."""
    wall = at.astimezone(zone)
    return {"day": f"{wall:%a}", "date": f"{wall.day} {wall:%b}", "time": f"{wall:%H:%M}"}


def parse(name: str, content: str) -> Text:
    """Reads one file; raises BadText unless its front matter is whole and its sample fits its body."""
    start, head, body = (*content.split("---\n", 2), "", "")[:3]
    front = yaml.safe_load(head) if not start else None
    if not isinstance(front, dict) or front.keys() - {"review"} != _KEYS:
        raise BadText(f"{name}: front matter needs exactly {', '.join(sorted(_KEYS))}")
    needed = meta.find_undeclared_variables(_jinja.parse(body))
    if front["sample"].keys() != needed:
        raise BadText(f"{name}: the sample gives {sorted(front['sample'])}, the body takes {sorted(needed)}")
    if front["resend"] not in ("safe", "never"):
        raise BadText(f"{name}: resend is safe or never")
    try:
        purpose, question = Purpose(front["purpose"]), Question(front["question"])
    except ValueError as error:
        raise BadText(f"{name}: {error}") from error
    sample, review = front["sample"], front.get("review")
    return Text(name, purpose, question, front["resend"], sample, body.strip(), review)
