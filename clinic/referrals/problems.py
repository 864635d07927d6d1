"""Why a person's act is refused, in words for them."""

from __future__ import annotations


class NotAllowed(Exception):
    """This person may not decide this; the text says who may."""


class Incomplete(Exception):
    """Something a decision needs is missing; `field` names the form's field."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
