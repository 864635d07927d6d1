"""Impact first, then one confirm: the two steps of every edit of the timetable.

The first post shows who would be told and who is left without; its form carries what was asked and the
impact's fingerprint. The second acts, or shows the impact again if it is another one by now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from clinic.classes.errors import BadTimetable, CannotSeat
from clinic.classes.impact import Impact, ImpactChanged

CARRIED_NOT = {"csrf_token", "seen"}


def two_steps(
    *,
    heading: str,
    asked: str,
    button: str,
    back: str,
    look: Callable[[], Impact],
    act: Callable[[str], tuple[str, str]],
    again: Callable[[str], str],
    texted: bool = True,
) -> ResponseReturnValue:
    """Show what would happen, or do it once somebody has seen it.

    `act` gets the fingerprint and answers with the words of the banner and the next address; `again` draws
    the form with a problem in words; `texted` is False where nobody is told.
    """
    seen = request.form.get("seen", "")
    page: dict[str, Any] = {
        "heading": heading,
        "asked": asked,
        "button": button,
        "back": back,
        "texted": texted,
    }
    try:
        if not seen:
            return _page(look(), **page)
        said, where = act(seen)
    except ImpactChanged as changed:
        return _page(changed.impact, changed=changed.text, **page), 409
    except (BadTimetable, CannotSeat) as problem:
        return again(str(problem)), 422
    flash(said, "success")
    return redirect(where)


def date_of(form: Any, name: str) -> date | None:
    """The three fields of a date; None when they are no date."""
    try:
        return date(*(int(form.get(f"{name}-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        return None


def number(form: Any, name: str) -> int | None:
    """An id or a count as typed; None for anything else, and for one no database holds."""
    typed = form.get(name, "").strip()
    return int(typed) if typed.isdigit() and len(typed) < 10 else None


def said(value: Any, how: str) -> str:
    """A day or a time in the house's words, by the template filter of this name."""
    return str(current_app.jinja_env.filters[how](value))


def _page(impact: Impact, *, changed: str = "", **words: Any) -> str:
    carried = [(k, v) for k, v in request.form.items(multi=True) if k not in CARRIED_NOT]
    errors = {"confirm": changed or impact.refused} if changed or impact.refused else {}
    return render_template("classes/impact.html", impact=impact, carried=carried, errors=errors, **words)
