"""Two meetings with the patient: the phone screen (only what is missing) and the first assessment."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.desk import forms
from clinic.desk.home_life import HOME, TAGS, keep
from clinic.extensions import db, now, transaction
from clinic.patients import numbers
from clinic.patients import queries as patients
from clinic.protocol.exercise_library import library
from clinic.protocol.load import protocol
from clinic.referrals import answers, assessments, engine
from clinic.referrals.decisions import Incomplete, NotAllowed
from clinic.referrals.models import Episode
from clinic.referrals.rules.case import CaseErrors, parse_case
from clinic.referrals.rules.completeness import missing_questions, what_would_change
from clinic.referrals.rules.words import Band, Phase
from clinic.referrals.states import CannotMove
from clinic.viewer import current

bp = Blueprint("care", __name__, template_folder="templates")
CONFIRMED = (
    ("phase", {phase.value for phase in Phase}, "Confirm the phase"),
    ("band", {band.value for band in Band}, "Confirm the supervision band"),
)


def _episode(episode_id: int) -> tuple[Episode, date]:
    episode = db.first_or_404(select(Episode).where(Episode.id == episode_id))
    return episode, access.local(episode.clinic_id, now()).date()


@bp.get("/episodes/<int:episode_id>/phone-screen")
@requires(Permission.SCREEN)
def screen(episode_id: int) -> ResponseReturnValue:
    return _screen_page(episode_id, {}, {})


@bp.post("/episodes/<int:episode_id>/phone-screen")
@requires(Permission.SCREEN)
def screen_post(episode_id: int) -> ResponseReturnValue:
    """Store what was answered, with its source and date, and decide anew (F15)."""
    episode, today = _episode(episode_id)
    facts, errors = forms.screen_answers(request.form, [q.path for q in _questions(episode, today)])
    source = request.form.get("source", "")
    if source not in ("patient", "carer"):
        errors["source"] = "Choose who answered"
    if not facts and not errors:
        errors["source"] = "Answer at least one question, or go back without saving"
    if not errors:
        try:
            new = answers.rerun(
                episode_id=episode_id, facts=facts, source=source, answered_on=today, by=current()
            )
        except engine.CannotDecide as problem:
            errors = {forms.field_name(e.path): e.text for e in problem.errors.errors}
    if errors:
        return _screen_page(episode_id, request.form, errors), 422
    urgent = _act_now(new.answer)
    flash("The answers are kept and the suggestion is new.", "success")
    for words in urgent:
        flash(f"Act today, before you ring off: {words}", "error")
    return redirect(url_for("desk.patient", patient_id=episode.patient_id))


def _act_now(answer: dict[str, Any]) -> list[str]:
    """What the answers just given make urgent, in the words of the rule."""
    return [
        flag["tell_referrer"]
        for flag in answer["flags"]
        if flag["state"] == "yes" and flag["urgency"] in ("emergency", "same_day")
    ]


def _questions(episode: Episode, today: date) -> Any:
    return missing_questions(engine.suggestion(episode.clinic_id, episode.case, today))


def _screen_page(episode_id: int, typed: Any, errors: dict[str, str]) -> str:
    episode, today = _episode(episode_id)
    parsed = parse_case({**episode.case, "as_of": today.isoformat()}, today=today)
    book = protocol(access.clinic(episode.clinic_id).protocol or today)
    changes = [] if isinstance(parsed, CaseErrors) else what_would_change(parsed, book)
    return render_template(
        "desk/phone_screen.html",
        episode=episode,
        questions=_questions(episode, today),
        changes=[change for change in changes if change.matters],
        kind_of=forms.kind_of,
        field_name=forms.field_name,
        choices=forms.CHOICES,
        ask_numbers=numbers.to_ask_of(patients.contacts(episode.patient_id), now()),
        typed=typed,
        errors=errors,
    )


@bp.get("/episodes/<int:episode_id>/assessment")
@requires(Permission.ASSESS)
def assessment(episode_id: int) -> ResponseReturnValue:
    return _assessment_page(episode_id, {}, {})


@bp.post("/episodes/<int:episode_id>/assessment")
@requires(Permission.ASSESS)
def assessment_post(episode_id: int) -> ResponseReturnValue:
    """Tests, band and phase confirmed, gates, what was taught, what the home has."""
    episode, today = _episode(episode_id)
    errors: dict[str, str] = {}
    on = today
    try:
        on = forms.whole_date(request.form, "on", today=today)
    except ValueError as problem:
        errors["on"] = str(problem)
    results, wrong = forms.test_results(request.form, on)
    errors |= wrong
    for name, known, words in CONFIRMED:
        if request.form.get(name) not in known:
            errors[name] = words
    if not errors:
        errors = _record(episode, on, results)
    if errors:
        return _assessment_page(episode_id, _typed(), errors), 422
    flash("The assessment is kept. A class can be offered now.", "success")
    return redirect(url_for("desk.patient", patient_id=episode.patient_id))


@transaction()
def _record(episode: Episode, on: date, results: list[dict[str, Any]]) -> dict[str, str]:
    """One transaction: the home's facts first, so that the plan made from the teaching knows them."""
    form, by = request.form, current()
    facts = {"progress.stabilised": True} if form.get("stabilised") else {}
    try:
        with transaction():
            keep(
                episode=episode,
                home=_known(form.getlist("home"), dict(HOME)),
                tags=_known(form.getlist("tags"), dict(TAGS)),
                standing=bool(form.get("standing")),
                by=by,
            )
            assessments.record(
                episode_id=episode.id,
                assessed_on=on,
                tests=results,
                phase=form["phase"],
                band=form["band"],
                released=form.getlist("released"),
                taught=_known(form.getlist("taught"), library(on).exercises),
                reason=form.get("reason", "").strip() or None,
                note=form.get("note", "").strip() or None,
                facts=facts,
                by=by,
            )
    except Incomplete as problem:
        return {problem.field: str(problem)}
    except (NotAllowed, CannotMove) as problem:
        return {"band": str(problem)}
    except engine.CannotDecide as problem:
        return {"tug": "; ".join(e.text for e in problem.errors.errors)}
    return {}


def _known(ticked: list[str], known: Container[str]) -> list[str]:
    """Only what the page offers; a form can be sent with anything."""
    return [word for word in ticked if word in known]


def _typed() -> dict[str, Any]:
    """What was typed, lists kept as lists, so that nothing is lost."""
    many = ("released", "taught", "home", "tags")
    return {**request.form.to_dict(), **{name: request.form.getlist(name) for name in many}}


def _assessment_page(episode_id: int, typed: dict[str, Any], errors: dict[str, str]) -> str:
    episode, today = _episode(episode_id)
    suggested = engine.suggestion(episode.clinic_id, episode.case, today)
    book = library(today)
    if not typed:
        typed = {"on-day": today.day, "on-month": today.month, "on-year": today.year}
        typed |= {"home": episode.wishes.get("home", []), "tags": episode.wishes.get("tags", [])}
    cell = book.cell(suggested.phase.value.value, suggested.band.value.value)
    return render_template(
        "desk/assessment.html",
        episode=episode,
        suggested=suggested.to_json(),
        tests=forms.TESTS,
        cell=[one for one in cell if not one.class_only],
        already={
            tick.exercise_id: book.exercises[tick.exercise_id].name
            for tick in assessments.taught(episode_id)
            if tick.exercise_id in book.exercises
        },
        home=HOME,
        tags=TAGS,
        typed=typed,
        errors=errors,
    )
