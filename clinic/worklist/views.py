"""The list of calls, alerts and tasks: who to ring, by when, and what came of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.models import Role
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.patients import needs, numbers
from clinic.patients import queries as patients
from clinic.patients.models import Patient
from clinic.viewer import current
from clinic.worklist import queries, services, shift, words
from clinic.worklist.models import Alert, CallListEntry, Task, Work

bp = Blueprint("worklist", __name__, template_folder="templates")
blueprints = (bp,)

KINDS: dict[str, type[Work]] = {"alerts": Alert, "tasks": Task, "calls": CallListEntry}
LISTED = (Role.COORDINATOR, Role.PHYSIOTHERAPIST)
OUTCOMES = (
    ("reached", "Spoke to the person"),
    ("done", "Done another way"),
    ("message_left", "Left a message: it stays open"),
    ("not_reached", "No answer: it stays open"),
)
NOT_REACHED = ("message_left", "not_reached")
# work that is answered on a page of the room it came from: kind -> address of its cause
ANSWERED_ELSEWHERE = {
    "incident": "/incidents/{cause}",
    "second_look": "/second-looks/{cause}",
    "post_letter": "/letters-out/{cause}",
    "letter_unread": "/letters-out/{cause}",
}

# work that a person settles on such a page and then closes here: what it is about -> address
SETTLED_AT = {
    "session": ("/sessions/{cause}", "Open the session"),
    "class": ("/classes/{cause}", "Open the class"),
    "inbound": ("/messages/thread/{patient}", "Read their texts"),
    "message": ("/messages/thread/{patient}", "Read their texts"),
}


@bp.app_template_filter("work_title")
def work_title(kind: str) -> str:
    return words.of(kind).title


@bp.app_template_filter("work_to_do")
def work_to_do(kind: str) -> str:
    return words.of(kind).do


@bp.app_template_filter("before_a_call")
def before_a_call(given: Any) -> list[str]:
    """What to know before ringing somebody with these needs (F19)."""
    return needs.before_a_call(given)


@bp.get("/worklist")
@requires(Permission.WORK_LIST)
def work_list() -> ResponseReturnValue:
    return _list({})


@bp.post("/worklist/hand-over")
@requires(Permission.WORK_LIST)
def hand_over() -> ResponseReturnValue:
    """One's own open work goes to a colleague, or a colleague's to somebody who is here (F34)."""
    staff = {str(person.id): person for person in access.staff_of(_clinic_id(), *LISTED)}
    whose, to = staff.get(request.form.get("whose", "")), staff.get(request.form.get("to", ""))
    if whose is None or to is None or whose is to:
        return _list({"to": "Choose two different people"}), 422
    moved = services.hand_over(from_id=whose.id, to_id=to.id, by=current())
    flash(f"{moved} handed from {whose.name} to {to.name}.", "success")
    return redirect(url_for(".work_list"))


@bp.get("/worklist/end-of-shift")
@requires(Permission.WORK_LIST)
def end_of_shift() -> ResponseReturnValue:
    """Before going home: what is open, what was promised, a note for whoever comes next (F34)."""
    return _shift({})


@bp.post("/worklist/end-of-shift")
@requires(Permission.WORK_LIST)
def leave() -> ResponseReturnValue:
    """One's own open work and a note go to one colleague in one act."""
    colleagues = {str(person.id): person for person in access.staff_of(_clinic_id(), *LISTED)}
    to = colleagues.get(request.form.get("to", ""))
    if to is None or to.id == current().id:
        return _shift({"to": "Choose the colleague who takes over"}), 422
    try:
        moved = shift.leave(to_id=to.id, note=request.form.get("note", ""), by=current())
    except shift.ShiftProblem as problem:
        return _shift({"note": str(problem)}), 422
    flash(f"{moved} handed to {to.name}. Your shift is closed.", "success")
    return redirect(url_for(".work_list"))


@bp.get("/worklist/<kind>/<int:work_id>")
@requires(Permission.WORK_LIST)
def entry(kind: str, work_id: int) -> ResponseReturnValue:
    work = _find(kind, work_id)
    if work.kind in ANSWERED_ELSEWHERE:
        return _to_its_page(work)
    services.looked_at(work=work, by=current())
    return _page(kind, work, {}, {})


@bp.post("/worklist/<kind>/<int:work_id>")
@requires(Permission.WORK_LIST)
def close(kind: str, work_id: int) -> ResponseReturnValue:
    """What came of it; nothing closes without an outcome, and nobody reached is no end."""
    work = _find(kind, work_id)
    if work.kind in ANSWERED_ELSEWHERE:
        return _to_its_page(work)
    outcome = request.form.get("outcome", "")
    if outcome not in dict(OUTCOMES):
        return _page(kind, work, request.form, {"outcome": "Choose what came of it"}), 422
    note = request.form.get("note", "").strip() or None
    if outcome in NOT_REACHED:
        services.tried(work=work, outcome=outcome, note=note, by=current())
        flash("The try is kept. It stays open.", "success")
        return redirect(url_for(".work_list"))
    try:
        services.close(work=work, outcome=outcome, note=note, by=current())
    except services.NotYours as problem:
        return _page(kind, work, request.form, {"outcome": str(problem)}), 422
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


def _to_its_page(work: Work) -> ResponseReturnValue:
    return redirect(ANSWERED_ELSEWHERE[work.kind].format(cause=work.cause_id))


def _about(work: Work) -> tuple[str, str] | None:
    """Address and words of the page where this is settled, if there is one."""
    address, words_of_it = SETTLED_AT.get(work.cause_kind, ("", ""))
    if not address or ("{patient}" in address and work.patient_id is None):
        return None
    return address.format(cause=work.cause_id, patient=work.patient_id), words_of_it


def _clinic_id() -> int:
    clinic_id = current().clinic_id
    assert clinic_id is not None, "WORK_LIST belongs to staff"
    return clinic_id


def _list(errors: dict[str, str]) -> str:
    """Everybody's open work, or only one's own with `?mine=1`."""
    mine = current().id
    only_mine = request.args.get("mine") == "1"
    groups = [
        (name, [row for row in queries.open_work(model) if not only_mine or row.owner_id == mine])
        for name, model in KINDS.items()
    ]
    return render_template(
        "worklist/list.html",
        groups=groups,
        people=queries.people([row for _, rows in groups for row in rows]),
        staff={person.id: person.name for person in access.staff_of(_clinic_id(), *LISTED)},
        only_mine=only_mine,
        mine=mine,
        now=now(),
        typed=request.form,
        errors=errors,
    )


def _shift(errors: dict[str, str]) -> str:
    mine = current().id
    assert mine is not None, "WORK_LIST belongs to staff"
    own = shift.of(user_id=mine, zone=access.zone_of(_clinic_id()), moment=now())
    return render_template(
        "worklist/shift.html",
        shift=own,
        people=queries.people([*own.alerts, *own.calls, *own.tasks]),
        staff={person.id: person.name for person in access.staff_of(_clinic_id(), *LISTED)},
        mine=mine,
        now=now(),
        typed=request.form,
        errors=errors,
    )


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
        ask_numbers=numbers.to_ask_of(contacts, now()),
        outcomes=OUTCOMES,
        about=_about(work),
        typed=typed,
        errors=errors,
    )
