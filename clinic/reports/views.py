"""The rule book in plain language, past decisions beside today's, and how suggestions are used."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires, signed_in
from clinic.access.permissions import Permission
from clinic.extensions import now
from clinic.protocol.compare import compare as compare_books
from clinic.protocol.model import Protocol
from clinic.referrals import fact_words, phrases
from clinic.reports import decisions, overview, rule_book, trail_views
from clinic.reports.number_words import threshold
from clinic.viewer import current

bp = Blueprint("reports", __name__, template_folder="templates")
blueprints = (bp, trail_views.bp)
PERIODS = (30, 90, 365)  # days


@bp.get("/protocol")
@signed_in
def protocol() -> ResponseReturnValue:
    viewer = current()
    return _book(rule_book.in_force(viewer, rule_book.today_of(viewer, now())))


@bp.get("/protocol/<book_id>")
@signed_in
def protocol_version(book_id: str) -> ResponseReturnValue:
    return _book(_named(book_id))


@bp.get("/protocol/<before>/to/<after>")
@signed_in
def compare(before: str, after: str) -> ResponseReturnValue:
    """Two versions, criterion by criterion."""
    old, new = _named(before), _named(after)
    return render_template(
        "reports/compare.html",
        before=old,
        after=new,
        changes=compare_books(old, new),
        threshold=threshold,
    )


@bp.get("/episodes/<int:episode_id>/decisions")
@requires(Permission.SEE_PATIENT)
def episode_decisions(episode_id: int) -> ResponseReturnValue:
    page = decisions.read(episode_id, by=current()) or abort(404)
    return render_template("reports/decisions.html", page=page, words=phrases, facts=fact_words)


@bp.get("/reports")
@requires(Permission.SEE_INBOX)
def suggestions() -> ResponseReturnValue:
    viewer, moment = current(), now()
    assert viewer.clinic_id is not None
    wanted = request.args.get("days", "")
    days = int(wanted) if wanted.isdigit() and int(wanted) in PERIODS else PERIODS[1]
    first = rule_book.today_of(viewer, moment) - timedelta(days=days)
    began = datetime.combine(first, time(), access.zone_of(viewer.clinic_id))
    found = overview.since(began, first)
    return render_template(
        "reports/suggestions.html", found=found, days=days, periods=PERIODS, first=first, hasty=overview.HASTY
    )


def _named(book_id: str) -> Protocol:
    return rule_book.named(book_id) or abort(404)


def _book(book: Protocol) -> str:
    today = rule_book.today_of(current(), now())
    return render_template(
        "reports/protocol.html",
        book=book,
        others=rule_book.others(book),
        sections=rule_book.sections(book),
        standing=rule_book.standing(book, today),
        is_overdue=rule_book.is_overdue,
        threshold=threshold,
        day=today,
    )
