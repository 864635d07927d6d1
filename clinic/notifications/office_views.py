"""The post office looked at from behind: its health, every patient's texts, every text with its sample."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.columns import config
from clinic.extensions import now
from clinic.notifications import gallery, gauges, language, per_patient, queries
from clinic.notifications.why import WHY
from clinic.notifications.wording import LANGUAGES
from clinic.viewer import current

bp = Blueprint("post_office", __name__, template_folder="templates")


@bp.get("/messages/health")
@requires(Permission.SEE_MESSAGES)
def health() -> ResponseReturnValue:
    """What waits, what was refused and why, how soon the provider answers, what was set aside."""
    moment = now()
    return render_template(
        "notifications/health.html",
        read=gauges.read(moment),
        due=gauges.due_by_purpose(moment),
        parked=gauges.parked(),
        troubles=gauges.troubles(moment),
        per_second=config().sms_per_second,
        why=WHY,
        moment=moment,
    )


@bp.get("/messages/patients")
@requires(Permission.SEE_MESSAGES)
def patients() -> ResponseReturnValue:
    rows = per_patient.page(now(), before=request.args.get("before", type=int))
    older = rows[-1][0].id if len(rows) == per_patient.A_PAGE else None
    return render_template(
        "notifications/patients.html", rows=rows, kinds=list(per_patient.KINDS), why=WHY, older=older
    )


@bp.get("/messages/texts")
@requires(Permission.SEE_MESSAGES)
def texts() -> ResponseReturnValue:
    """For a clinician to read and sign."""
    groups = gallery.by_purpose()
    return render_template("notifications/texts.html", groups=groups, counts=gallery.counts(groups))


@bp.post("/messages/thread/<int:patient_id>/language")
@requires(Permission.ANSWER_PATIENT)
def choose_language(patient_id: int) -> ResponseReturnValue:
    """The language of this patient's texts, as she asked."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES or queries.patient(patient_id) is None:
        abort(404)
    language.choose(patient_id=patient_id, language=chosen, by=current())
    flash(f"From the next text on: {LANGUAGES[chosen]}.", "success")
    return redirect(url_for("notifications.thread", patient_id=patient_id))
