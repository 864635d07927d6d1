"""Text many people: choose whom and which text, see every name, then send, agree, refuse or stop."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.desk import audience
from clinic.extensions import now
from clinic.notifications import bulk, wording
from clinic.notifications.by_hand import CannotSend
from clinic.notifications.models import BulkState, BulkText
from clinic.notifications.why import WHY
from clinic.viewer import current

bp = Blueprint("many", __name__, template_folder="templates")
A_YEAR = timedelta(days=365)
TITLES = {
    "notice_break": "No classes for a while",
    "notice_heat": "It will be hot",
    "notice_phone": "Our telephone is out of order",
    "notice_weather": "The way may be icy",
}


@bp.get("/messages/many")
@requires(Permission.ANSWER_PATIENT)
def start() -> ResponseReturnValue:
    return _form({}, {})


@bp.post("/messages/many")
@requires(Permission.ANSWER_PATIENT)
def write() -> ResponseReturnValue:
    """First the preview by name, then, from the preview, the sending or the asking."""
    groups = dict(audience.choices())
    chosen = [value for value in request.form.getlist("whom") if value in groups]
    typed: dict[str, Any] = {**request.form, "whom": chosen}
    facts, errors = _read(typed)
    if errors:
        return _form(typed, errors), 422
    text, meant = typed["text"], audience.of(typed["whom"])
    if typed.get("step") != "send":
        return _preview(typed, text, facts, meant, {})
    try:
        row = bulk.write(
            text=text, facts=facts, audience=meant, people=audience.people(meant), by=current(), now=now()
        )
    except CannotSend as problem:
        return _preview(typed, text, facts, meant, {"send": str(problem)}), 422
    held = "It leaves in ten minutes; until then you can stop it."
    flash(held if row.leaves_at else "A second person must agree.", "success")
    return redirect(url_for(".one", bulk_id=row.id))


@bp.get("/messages/many/<int:bulk_id>")
@requires(Permission.ANSWER_PATIENT)
def one(bulk_id: int) -> ResponseReturnValue:
    return _one(_find(bulk_id), {})


@bp.post("/messages/many/<int:bulk_id>/agree")
@requires(Permission.ANSWER_PATIENT)
def agree(bulk_id: int) -> ResponseReturnValue:
    row, seen = _find(bulk_id), request.form.get("seen", type=int) or 0
    people = audience.people(row.audience)
    return _done(row, lambda: bulk.agree(bulk_id=row.id, people=people, seen=seen, by=current(), now=now()))


@bp.post("/messages/many/<int:bulk_id>/refuse")
@requires(Permission.ANSWER_PATIENT)
def refuse(bulk_id: int) -> ResponseReturnValue:
    row = _find(bulk_id)
    return _done(row, lambda: bulk.refuse(bulk_id=row.id, by=current(), now=now()))


@bp.post("/messages/many/<int:bulk_id>/stop")
@requires(Permission.ANSWER_PATIENT)
def stop(bulk_id: int) -> ResponseReturnValue:
    row = _find(bulk_id)
    try:
        told = bulk.stop(bulk_id=row.id, by=current(), now=now())
    except CannotSend as problem:
        return _one(row, {"decide": str(problem)}), 422
    flash(f"Stopped: {told.stopped} will not leave. {told.gone} had left already.", "success")
    return redirect(url_for(".one", bulk_id=row.id))


def _find(bulk_id: int) -> BulkText:
    return bulk.one(bulk_id) or abort(404)


def _done(row: BulkText, work: Any) -> ResponseReturnValue:
    try:
        work()
    except CannotSend as problem:
        return _one(row, {"decide": str(problem)}), 422
    return redirect(url_for(".one", bulk_id=row.id))


def _read(typed: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The days a template asks for, and what is wrong with the form, by field."""
    errors: dict[str, str] = {}
    facts: dict[str, str] = {}
    if typed.get("text") not in bulk.templates():
        errors["text"] = "Choose a text"
    if not typed["whom"]:
        errors["whom"] = "Choose at least one group"
    for name in bulk.days_asked(typed["text"]) if "text" not in errors else ():
        try:
            facts[name] = _day(typed, name).isoformat()
        except ValueError as problem:
            errors[name] = str(problem)
    if facts.get("until", "9999") < facts.get("on", ""):
        errors["until"] = "Enter a day after the first"
    return facts, errors


def _day(typed: dict[str, Any], name: str) -> date:
    """A coming day of the clinic's calendar. Raises ValueError with the words to show."""
    try:
        found = date(*(int(typed.get(f"{name}-{part}", "")) for part in ("year", "month", "day")))
    except ValueError:
        raise ValueError("Enter the day, month and year") from None
    today = access.local(_clinic_id(), now()).date()
    if not today <= found <= today + A_YEAR:
        raise ValueError("Enter a day from today on, within a year")
    return found


def _clinic_id() -> int:
    clinic_id = current().clinic_id
    assert clinic_id is not None
    return clinic_id


def _form(typed: dict[str, Any], errors: dict[str, str]) -> str:
    rows = bulk.newest()
    return render_template(
        "desk/many.html",
        typed=typed,
        errors=errors,
        texts=[(n, _title(n), wording.render(n, **text.sample)) for n, text in bulk.templates().items()],
        groups=audience.choices(),
        rows=rows,
        titles={row.text: _title(row.text) for row in rows},
        progress=bulk.progress(rows),
        alone=bulk.ALONE,
    )


def _title(text: str) -> str:
    return TITLES.get(text, text.replace("_", " ").capitalize())


def _preview(
    typed: dict[str, Any], text: str, facts: dict[str, str], meant: dict[str, Any], errors: dict[str, str]
) -> str:
    people = audience.people(meant)
    whom = bulk.preview(text=text, facts=facts, people=people, clinic_id=_clinic_id(), now=now())
    return render_template(
        "desk/many_preview.html",
        typed=typed,
        errors=errors,
        whom=whom,
        why=WHY,
        title=_title(text),
        groups=audience.words(meant),
        alone=bulk.ALONE,
    )


def _one(row: BulkText, errors: dict[str, str]) -> str:
    whom = None
    if row.state is BulkState.WAITING:
        people = audience.people(row.audience)
        whom = bulk.preview(text=row.text, facts=row.facts, people=people, clinic_id=row.clinic_id, now=now())
    return render_template(
        "desk/many_one.html",
        row=row,
        errors=errors,
        whom=whom,
        why=WHY,
        title=_title(row.text),
        groups=audience.words(row.audience),
        counts=bulk.progress([row])[row.id],
        writer=access.user(row.written_by_id),
        mine=row.written_by_id == current().id,
    )
