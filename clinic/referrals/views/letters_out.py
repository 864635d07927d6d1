"""The clinic's side of letters: what has not arrived, by age; one letter's way; how practices get theirs."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.referrals import letters, letters_reading, letters_sending, letters_sheet, letters_words
from clinic.referrals.models import Letter
from clinic.referrals.paper import Route, Step
from clinic.referrals.views.blueprint import bp
from clinic.referrals.views.letters import pdf_answer
from clinic.viewer import current
from clinic.worklist import queries as worklist

ROUTES = (
    (Route.PORTAL.value, "Here: they sign in, or their system collects them"),
    (Route.FILE_DROP.value, "As files in their own folder"),
    (Route.POST.value, "Printed and posted by us"),
)
HANDLED = {"posted": Step.POSTED, "told": Step.TOLD}


@bp.get("/letters-out")
@requires(Permission.SEE_PATIENT)
def letters_out() -> ResponseReturnValue:
    rows = letters_reading.on_the_way()
    groups = [
        ("To print and post", [r for r in rows if r.route is Route.POST]),
        ("Could not be put into the practice's folder", [r for r in rows if r.tries]),
        ("Nobody at the practice has opened it", [r for r in rows if r.route is Route.PORTAL]),
    ]
    return render_template(
        "referrals/letters_out.html",
        groups=groups,
        people=worklist.people(rows),
        practice_name=letters_sending.practice_name,
        title_of=letters_words.title,
        at=now(),
    )


@bp.get("/letters-out/<int:letter_id>")
@requires(Permission.SEE_PATIENT)
def letter_out(letter_id: int) -> ResponseReturnValue:
    row = _letter(letter_id)
    letters_reading.opened(letter=row, by=current())
    way = letters_reading.way_of(row)
    return render_template(
        "referrals/letter_out.html",
        letter=row,
        way=way,
        to=letters_sending.practice_name(way) if way else "the practice",
        title=letters_words.title(row.kind),
        copy=letters.five_lines(row),
        parts=letters_sheet.paragraphs(row.body.partition("\n\n")[2]),
        readers=letters_reading.readers(row),
        routes=dict(ROUTES),
    )


@bp.get("/letters-out/<int:letter_id>/letter.pdf")
@requires(Permission.SEE_PATIENT)
def letter_out_pdf(letter_id: int) -> ResponseReturnValue:
    row = _letter(letter_id)
    letters_reading.opened(letter=row, by=current(), how=Step.DOWNLOADED)
    return pdf_answer(row)


@bp.post("/letters-out/<int:letter_id>")
@requires(Permission.SEE_PATIENT)
def letter_handled(letter_id: int) -> ResponseReturnValue:
    """Posted, or told by telephone: its task is closed with it."""
    row = _letter(letter_id)
    how = HANDLED.get(request.form.get("how", ""))
    if how is None:
        abort(400)
    letters_reading.handled(letter=row, how=how, by=current())
    flash("Written down, with your name and the time.", "success")
    return redirect(url_for(".letters_out"))


@bp.get("/letters-out/practices")
@requires(Permission.MANAGE_USERS)
def letter_routes() -> ResponseReturnValue:
    return _routes_page({})


@bp.post("/letters-out/practices")
@requires(Permission.MANAGE_USERS)
def letter_routes_post() -> ResponseReturnValue:
    clinic_id = current().clinic_id or 0
    known = {str(one.id): one for one in access.organisations_of(clinic_id)}
    practice = known.get(request.form.get("practice", ""))
    route = request.form.get("route", "")
    if practice is None or route not in set(Route):
        return _routes_page({"route": "Choose how the letters go"}), 422
    letters_sending.choose_route(
        clinic_id=clinic_id, organisation_id=practice.id, route=Route(route), by=current()
    )
    flash(f"From now on, for {practice.name}: {dict(ROUTES)[route].lower()}.", "success")
    return redirect(url_for(".letter_routes"))


def _routes_page(errors: dict[str, str]) -> str:
    clinic_id = current().clinic_id or 0
    rows = [(one, letters_sending.route_of(clinic_id, one.id)) for one in access.organisations_of(clinic_id)]
    return render_template("referrals/letter_routes.html", rows=rows, routes=ROUTES, errors=errors)


def _letter(letter_id: int) -> Letter:
    return letters_reading.letter_by_id(letter_id) or abort(404)
