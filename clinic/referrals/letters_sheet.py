"""What stands on a letter, before anything prints it: the sheet, and its text in paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

PARAGRAPH, ITEM = "paragraph", "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on a letter. `words` are as sent: the five lines, an empty line, then paragraphs.

    `day` is the date in words, `written_at` aware; `to` is the practice, `sender` the clinic's lines.
    """

    title: str
    reference: str
    sender: tuple[str, ...]
    to: tuple[str, ...]
    day: str
    words: str
    written_at: datetime


class Printed(NamedTuple):
    content: bytes
    pages: int


def paragraphs(text: str) -> list[tuple[str, str]]:
    """Paragraphs and list items of a letter's text, each with its kind, lines that belong together joined."""
    found: list[tuple[str, str]] = []
    for part in text.strip().split("\n\n"):
        lines: list[tuple[str, str]] = []
        for line in filter(None, (one.strip() for one in part.splitlines())):
            if line.startswith("- "):
                lines.append((ITEM, f"\u2022 {line[2:]}"))
            elif lines:
                lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line}")
            else:
                lines.append((PARAGRAPH, line))
        found += lines
    return found
