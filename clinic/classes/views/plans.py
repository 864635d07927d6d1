"""What a class trains: everybody may read it, a physiotherapist chooses."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission, may
from clinic.classes import queries, session_plan
from clinic.classes.errors import BadTimetable
from clinic.classes.models import ExerciseClass
from clinic.classes.rules.session_plan import FEWEST, MOST
from clinic.classes.views.blueprint import bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/classes/<int:class_id>/plan")
@requires(Permission.TAKE_REGISTER)
def class_plan(class_id: int) -> ResponseReturnValue:
    """Whoever may lead the class reads it; it names no patient."""
    return _page(_class(class_id), None, {})


@bp.post("/classes/<int:class_id>/plan")
@requires(Permission.ASSESS)
def choose_class_plan(class_id: int) -> ResponseReturnValue:
    row, wanted = _class(class_id), request.form.getlist("exercises")
    today = access.local(row.clinic_id, now()).date()
    try:
        session_plan.choose(class_id=row.id, exercise_ids=wanted, today=today, by=current())
    except BadTimetable as problem:
        return _page(row, wanted, {"exercises": str(problem)}), 422
    flash("What this class trains is kept.", "success")
    return redirect(url_for(".class_plan", class_id=row.id))


def _page(row: ExerciseClass, wanted: list[str] | None, errors: dict[str, str]) -> str:
    plan = session_plan.plan_of(row, access.local(row.clinic_id, now()).date())
    return render_template(
        "classes/session_plan.html",
        row=row,
        plan=plan,
        ticked=plan.chosen if wanted is None else wanted,
        chooses=may(current().role, Permission.ASSESS),
        fewest=FEWEST,
        most=MOST,
        errors=errors,
    )


def _class(class_id: int) -> ExerciseClass:
    return queries.find_class(class_id) or abort(404)
