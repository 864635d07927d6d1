"""The placement page: which classes suit, why not the others, and the offer."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import offers, places, queries
from clinic.classes import placement as placing
from clinic.classes.errors import CannotSeat, OfferIsClosed, PassesOver, WhichDay
from clinic.classes.views.blueprint import DAYS, bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/episodes/<int:episode_id>/classes")
@requires(Permission.OFFER_SEAT)
def placement(episode_id: int) -> ResponseReturnValue:
    return _page(episode_id, {}, {})


@bp.post("/episodes/<int:episode_id>/offer")
@requires(Permission.OFFER_SEAT)
def offer(episode_id: int) -> ResponseReturnValue:
    """Hold the seats of one choice and text the offer; a class that filled meanwhile is said plainly."""
    typed = request.form
    try:
        lines = placing.lines_for(typed.get("choice", ""), episode_id, now())
        offers.make(
            episode_id=episode_id,
            lines=lines,
            by=current(),
            now=now(),
            out_of_turn=typed.get("out_of_turn", "").strip() or None,
        )
    except LookupError:
        return _page(episode_id, typed, {"choice": "Choose one of the classes that suit"}), 422
    except PassesOver as problem:
        return _page(episode_id, typed, {"out_of_turn": problem.text}), 422
    except CannotSeat as problem:
        return _page(episode_id, typed, {"choice": problem.text}), 422
    flash("Offered. The seats are held until the answer, or until the offer ends.", "success")
    return redirect(url_for("classes.placement", episode_id=episode_id))


@bp.post("/episodes/<int:episode_id>/visit")
@requires(Permission.OFFER_SEAT)
def book_visit(episode_id: int) -> ResponseReturnValue:
    """One session, agreed by telephone; past who waits longer only with a physiotherapist's reason."""
    typed = request.form
    wanted, reason = typed.get("session", ""), typed.get("out_of_turn", "").strip() or None
    session = queries.find_session(int(wanted)) if wanted.isdigit() else None
    if queries.find_episode(episode_id) is None:
        abort(404)
    if session is None:
        return _page(episode_id, typed, {"session": "Choose one of the sessions that suit"}), 422
    about = {"session_id": session.id, "episode_id": episode_id}
    try:
        places.book_visit(**about, out_of_turn=reason, by=current(), now=now())
    except PassesOver as problem:
        return _page(episode_id, typed, {"why_first": problem.text}), 422
    except CannotSeat as problem:
        return _page(episode_id, typed, {"session": problem.text}), 422
    flash("Booked for this once. The reminder is planned.", "success")
    return redirect(url_for("classes.placement", episode_id=episode_id))


@bp.post("/offers/<int:offer_id>/answer")
@requires(Permission.OFFER_SEAT)
def answer_offer(offer_id: int) -> ResponseReturnValue:
    """What the person said by telephone: all, one day, no, or we take it back."""
    row = queries.find_offer(offer_id) or abort(404)
    said, by, moment = request.form.get("said", ""), current(), now()
    try:
        if said == "yes":
            offers.accept(offer_id=offer_id, by=by, now=moment, tell=True)
        elif said == "no":
            offers.decline(offer_id=offer_id, by=by, now=moment, tell=True)
        elif said == "withdraw":
            offers.withdraw(offer_id=offer_id, by=by, now=moment)
        elif said.isdigit():
            offers.take_day(offer_id=offer_id, weekday=int(said), by=by, now=moment, tell=True)
        else:
            raise WhichDay
        flash("Done. The confirmation is on its way.", "success")
    except (OfferIsClosed, CannotSeat) as problem:
        flash(problem.text, "error")
    except WhichDay:
        flash("Choose what the person said.", "error")
    return redirect(url_for("classes.placement", episode_id=row.episode_id))


@bp.post("/episodes/<int:episode_id>/wishes")
@requires(Permission.OFFER_SEAT)
def wishes(episode_id: int) -> ResponseReturnValue:
    """When and where the person can come; the suggestions follow."""
    form = request.form
    placing.record_wishes(
        episode_id=episode_id,
        days=[int(day) for day in form.getlist("days") if day.isdigit() and int(day) < 7],
        venues=[int(venue) for venue in form.getlist("venues") if venue.isdigit()],
        sessions=1 if form.get("sessions") == "1" else 2,
        also=form.getlist("also"),
        by=current(),
    )
    flash("Kept. The suggestions follow what the person wishes.", "success")
    return redirect(url_for("classes.placement", episode_id=episode_id))


def _page(episode_id: int, typed: Any, errors: dict[str, str]) -> str:
    try:
        page = placing.for_episode(episode_id, now())
    except LookupError:
        abort(404)
    wished = page.episode.wishes or {}
    return render_template(
        "classes/placement.html",
        page=page,
        names=DAYS,
        days=[(str(number), name) for number, name in enumerate(DAYS)],
        venues=[(str(venue.id), venue.name) for venue in page.venues],
        also=placing.ALSO,
        wished={
            "days": [str(day) for day in wished.get("days", [])],
            "venues": [str(venue) for venue in wished.get("venues", [])],
            "sessions": str(wished.get("sessions", 2)),
            "also": wished.get("also", []),
        },
        typed=typed,
        errors=errors,
    )
