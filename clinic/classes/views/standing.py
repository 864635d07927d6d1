"""One standing seat: moved to another class, given up, and taken back within half an hour."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clinic.access import queries as access
from clinic.access.guards import requires
from clinic.access.permissions import Permission
from clinic.classes import move_offers, placement, queries, standing
from clinic.classes.errors import CannotSeat, PassesOver, TooLateToUndo
from clinic.classes.models import Member, MemberState
from clinic.classes.views.blueprint import DAYS, bp
from clinic.extensions import now
from clinic.viewer import current


@bp.get("/seats/<int:member_id>")
@requires(Permission.OFFER_SEAT)
def standing_seat(member_id: int) -> ResponseReturnValue:
    return _page(member_id, {}, {})


@bp.post("/seats/<int:member_id>/move")
@requires(Permission.OFFER_SEAT)
def move_seat(member_id: int) -> ResponseReturnValue:
    """Agreed by telephone: the new seat first, then the old one goes on. Or offered: the old one stays."""
    member, typed = _member(member_id), request.form
    choices, _ = placement.moves_for(member, now())
    line = next((line for one in choices for _, line in one.lines if one.key == typed.get("choice")), None)
    if line is None:
        return _page(member_id, typed, {"choice": "Choose one of the classes that suit"}), 422
    reason = typed.get("out_of_turn", "").strip() or None
    by_text = typed.get("how") == "text"
    about: dict[str, Any] = {"member_id": member_id, "to_class_id": line.class_id}
    about |= {"by": current(), "now": now()}
    try:
        if by_text:
            move_offers.make(**about, out_of_turn=reason)
        else:
            standing.move(**about, on=line.from_date, out_of_turn=reason)
    except PassesOver as problem:
        return _page(member_id, typed, {"out_of_turn": problem.text}), 422
    except CannotSeat as problem:
        return _page(member_id, typed, {"choice": problem.text}), 422
    offered = "Offered by text. The old seat stays theirs unless they say 1."
    flash(offered if by_text else "Moved. The old seat goes to who is next.", "success")
    return redirect(url_for(".placement", episode_id=member.episode_id))


@bp.post("/seats/<int:member_id>/leave")
@requires(Permission.OFFER_SEAT)
def give_up_seat(member_id: int) -> ResponseReturnValue:
    """At the person's wish; it goes to who is next, and for half an hour may be taken back if it is free."""
    member = _member(member_id)
    if member.state is not MemberState.LEFT:
        today = access.local(member.clinic_id, now()).date()
        standing.leave(member_id=member_id, on=today, reason="own_wish", by=current(), now=now())
    flash("The seat is given up and goes to who is next.", "success")
    return redirect(url_for(".standing_seat", member_id=member_id))


@bp.post("/seats/<int:member_id>/take-back")
@requires(Permission.OFFER_SEAT)
def take_seat_back(member_id: int) -> ResponseReturnValue:
    member = _member(member_id)
    try:
        standing.undo_leave(member_id=member_id, by=current(), now=now())
    except TooLateToUndo as problem:
        flash(problem.text, "error")
        return redirect(url_for(".standing_seat", member_id=member_id))
    flash("The seat is theirs again.", "success")
    return redirect(url_for(".placement", episode_id=member.episode_id))


def _member(member_id: int) -> Member:
    return queries.find_member(member_id) or abort(404)


def _page(member_id: int, typed: Any, errors: dict[str, str]) -> str:
    member = _member(member_id)
    left = member.state is MemberState.LEFT
    choices, rejected = ([], []) if left else placement.moves_for(member, now())
    return render_template(
        "classes/standing_seat.html",
        member=member,
        episode=queries.find_episode(member.episode_id),
        left=left,
        choices=choices,
        by_phone={one.key: move_offers.why_by_phone(member, one.lines[0][0].weekday) for one in choices},
        offers=queries.open_offers(member.episode_id),
        rejected=rejected,
        names=DAYS,
        typed=typed,
        errors=errors,
    )
