"""The list of calls, alerts and tasks: who to ring, by when, and what came of it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.patients import queries as patients
from clinic.patients.models import Patient
from clinic.viewer import current
from clinic.worklist import queries, services
from clinic.worklist.models import Alert, CallListEntry, Task, Work

bp = Blueprint("worklist", __name__, template_folder="templates")
blueprints = (bp,)

KINDS: dict[str, type[Work]] = {"alerts": Alert, "tasks": Task, "calls": CallListEntry}
OUTCOMES = (
    ("reached", "Spoke to the person"),
    ("message_left", "Left a message"),
    ("not_reached", "No answer"),
    ("done", "Done another way"),
)


@bp.get("/worklist")
@requires(Permission.WORK_LIST)
def work_list() -> ResponseReturnValue:
    groups = [(name, queries.open_work(model)) for name, model in KINDS.items()]
    people = queries.people([row for _, rows in groups for row in rows])
    mine = current().id
    return render_template("worklist/list.html", groups=groups, people=people, now=now(), mine=mine)


@bp.get("/worklist/<kind>/<int:work_id>")
@requires(Permission.WORK_LIST)
def entry(kind: str, work_id: int) -> ResponseReturnValue:
    return _page(kind, _find(kind, work_id), {}, {})


@bp.post("/worklist/<kind>/<int:work_id>")
@requires(Permission.WORK_LIST)
def close(kind: str, work_id: int) -> ResponseReturnValue:
    """What came of it; nothing closes without an outcome."""
    work = _find(kind, work_id)
    outcome = request.form.get("outcome", "")
    if outcome not in dict(OUTCOMES):
        return _page(kind, work, request.form, {"outcome": "Choose what came of it"}), 422
    note = request.form.get("note", "").strip() or None
    services.close(work=work, outcome=outcome, note=note, by=current())
    flash("Closed, with your name and the time.", "success")
    return redirect(url_for(".work_list"))


@bp.post("/worklist/<kind>/<int:work_id>/owner")
@requires(Permission.WORK_LIST)
def own(kind: str, work_id: int) -> ResponseReturnValue:
    """Take it, or give it back to the team."""
    work = _find(kind, work_id)
    viewer = current()
    services.take(work=work, user_id=None if work.owner_id == viewer.id else viewer.id, by=viewer)
    return redirect(url_for(".work_list"))


def _find(kind: str, work_id: int) -> Work:
    if kind not in KINDS:
        abort(404)
    return queries.one(KINDS[kind], work_id) or abort(404)


def _page(kind: str, work: Work, typed: object, errors: dict[str, str]) -> str:
    patient: Patient | None = patients.patient(work.patient_id) if work.patient_id else None
    contacts = patients.contacts(work.patient_id) if work.patient_id else []
    return render_template(
        "worklist/entry.html",
        kind=kind,
        work=work,
        patient=patient,
        contacts=contacts,
        outcomes=OUTCOMES,
        typed=typed,
        errors=errors,
    )
