"""What each kind of work is called on a page, and what who takes it does; the words are in words.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml


class Said(NamedTuple):
    """`title` stands in lists; `do` is one or two sentences on the work's own page."""

    title: str
    do: str


@cache
def table() -> dict[str, Said]:
    """Every kind of work that has words."""
    text = (files("clinic.worklist") / "words.yaml").read_text(encoding="utf-8")
    return {kind: Said(**said) for kind, said in yaml.safe_load(text).items()}


def of(kind: str) -> Said:
    """The words for this kind; one that has none yet is shown by its own name, never hidden."""
    return table().get(kind) or Said(kind.replace("_", " ").capitalize(), "")
