"""Messages for staff: how the post office is, every text and why not, one text now (demo), an answer."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.columns import config
from clinic.extensions import now
from clinic.notifications import by_hand, office_views, queries, webhooks
from clinic.notifications.by_hand import CannotSend
from clinic.notifications.models import MessageState
from clinic.notifications.why import WHY
from clinic.notifications.wording import LANGUAGES
from clinic.viewer import current

bp = Blueprint("notifications", __name__, template_folder="templates")
blueprints = (bp, office_views.bp, webhooks.bp)


@bp.get("/messages")
@requires(Permission.SEE_MESSAGES)
def ledger() -> ResponseReturnValue:
    """Every text of the clinic, newest first, under the health of the queue."""
    state = request.args.get("state") if request.args.get("state") in list(MessageState) else None
    patient_id, before = request.args.get("patient", type=int), request.args.get("before", type=int)
    rows = queries.ledger(state=state, patient_id=patient_id, before=before)
    return render_template(
        "notifications/ledger.html",
        status=queries.status(now()),
        rows=rows,
        people=queries.people(rows),
        why=WHY,
        state=state,
        patient_id=patient_id,
        states=[word.value for word in MessageState],
        older=rows[-1].id if len(rows) == queries.LEDGER_PAGE else None,
        may_send_now=config().demo,
    )


@bp.post("/messages/<int:message_id>/send-now")
@requires(Permission.ANSWER_PATIENT)
def send_now(message_id: int) -> ResponseReturnValue:
    """One planned text now, ignoring its hours only; not outside the demo."""
    if not config().demo:
        abort(404)
    if queries.message(message_id) is None:
        abort(404)
    try:
        state = by_hand.send_now(message_id=message_id, by=current())
    except CannotSend as problem:
        flash(str(problem), "error")
    else:
        flash(f"Done: the text is now {state.value}.", "success")
    return redirect(url_for(".ledger"))


@bp.get("/messages/thread/<int:patient_id>")
@requires(Permission.SEE_MESSAGES)
def thread(patient_id: int) -> ResponseReturnValue:
    return _thread_page(patient_id, {}, {})


@bp.post("/messages/thread/<int:patient_id>")
@requires(Permission.ANSWER_PATIENT)
def answer(patient_id: int) -> ResponseReturnValue:
    """A staff member's own words to one person: seen first, then sent."""
    patient = queries.patient(patient_id) or abort(404)
    body, step = request.form.get("body", "").strip(), request.form.get("step")
    errors = by_hand.problems(body, patient.clinic_id)
    if errors:
        return _thread_page(patient_id, request.form, errors), 422
    if step != "send":
        return _thread_page(patient_id, request.form, {}, preview=by_hand.preview(body, patient.clinic_id))
    try:
        by_hand.write(patient_id=patient_id, body=body, by=current(), now=now())
    except CannotSend as problem:
        return _thread_page(patient_id, request.form, {"body": str(problem)}), 422
    flash("The text is on its way.", "success")
    return redirect(url_for(".thread", patient_id=patient_id))


def _thread_page(
    patient_id: int,
    typed: object,
    errors: dict[str, str],
    preview: by_hand.Preview | None = None,
) -> str:
    patient = queries.patient(patient_id) or abort(404)
    return render_template(
        "notifications/thread.html",
        patient=patient,
        lines=queries.thread(patient_id),
        typed=typed,
        errors=errors,
        preview=preview,
        languages=LANGUAGES,
    )
