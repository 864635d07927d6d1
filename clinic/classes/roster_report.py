"""A proposal for other programs and in words: ids, classes and reasons, never a person's name."""

from __future__ import annotations

from datetime import date
from typing import Any

from clinic.classes.models import ExerciseClass
from clinic.classes.roster_plan import Proof
from clinic.classes.roster_proposal import ClassChange, Left, Placed, Proposal, Tally
from clinic.classes.rules.placement import DAY_NAMES, NOON
from clinic.classes.rules.roster_help import SEATS, Help
from clinic.classes.rules.roster_model import Aim

TIERS = {1: "Urgent", 2: "Routine"}
COUNTED = {
    Aim.SEATED: "have a seat",
    Aim.SEATED_BY_WAIT: "points for the longest wait among who has a seat",
    Aim.TWO_A_WEEK: "have two a week",
    Aim.TWO_BY_WAIT: "points for the longest wait among who has two",
    Aim.OWN_LEVEL: "steps from their own level, over everybody",
}


def as_json(proposal: Proposal) -> dict[str, Any]:
    """The whole proposal; the same waiting list and timetable give the same answer to the last letter."""
    helps = [_help(proposal, one) for one in proposal.helps]
    return {
        "waiting": len(proposal.placed) + len(proposal.left),
        "has_offer": sorted(episode.id for episode in proposal.today.answering),
        "proved": proposal.plan.proved,
        "goals": [_goal(proof) for proof in proposal.plan.proofs],
        "tiers": {name: [_tally(one) for one in tallies] for name, tallies in proposal.compared.items()},
        "placed": [_placed(one) for one in proposal.placed],
        "cannot_be_placed": [_left(one) for one in proposal.left],
        "classes": [_class(one) for one in proposal.classes],
        "would_help_most": helps[0] if helps else None,
        "would_help_too": helps[1:],
        "wrong": proposal.wrong,
    }


def in_words(proposal: Proposal) -> list[str]:
    """A few lines for whoever typed the command."""
    said = [tier_words(one) for one in proposal.compared["proposal"]]
    said += [proof_words(proposal)]
    said += [f"Most help: {help_words(proposal, one)}" for one in proposal.helps[:1]]
    if not proposal.placed and not proposal.left:
        said = ["Nobody waits for a seat."]
    if proposal.today.answering:
        said.append(f"{len(proposal.today.answering)} more have an offer that waits for an answer.")
    return said + proposal.wrong


def tier_words(tally: Tally) -> str:
    """Urgent: 3 of 4 would have a seat, 2 of them two a week."""
    name = TIERS.get(tally.tier, f"Tier {tally.tier}")
    return f"{name}: {tally.seated} of {tally.people} would have a seat, {tally.two} of them two a week."


def proof_words(proposal: Proposal) -> str:
    """Whether this is the best there is and, where that is not proved, how much better it could be."""
    if proposal.plan.proved:
        return "Proved: with today's classes and seats no arrangement is better."
    open_goals = [one for one in proposal.plan.proofs if not one.proved]
    first = next((one for one in open_goals if one.goal.aim in {Aim.SEATED, Aim.TWO_A_WEEK}), None)
    if first is None:
        return "How many have seats is proved; who of them comes first, and how near the level, is not."
    name = TIERS.get(first.goal.tier or 0, f"tier {first.goal.tier}").lower()
    whose = f"{name} people: {first.reached} {COUNTED[first.goal.aim]}"
    return f"The best found in the time given. Not proved for {whose}, and at most {first.at_most} could."


def help_words(proposal: Proposal, one: Help) -> str:
    """More seats in a class that is full, or one class more, and how many it would seat."""
    cls = one.option.cls
    if one.option.kind == SEATS:
        row = proposal.today.rows[cls.id]
        what = f"{cls.free_standing} more seats in {row.name}"
    else:
        part = "morning" if cls.wall_time < NOON else "afternoon"
        level = f"phase {cls.level.phase.lstrip('P')}, {cls.level.band} supervision"
        where = proposal.today.venues[cls.venue]
        what = (
            f"a class on a {DAY_NAMES[cls.weekday]} {part} at {where} for {level} ({cls.free_standing} seats)"
        )
    more = f", and give {len(one.second)} a second session" if one.second else ""
    return f"{what} would seat {len(one.first)} of the {len(proposal.left)} left over{more}."


def _goal(proof: Proof) -> dict[str, Any]:
    return {
        "tier": proof.goal.tier,
        "goal": proof.goal.aim.value,
        "counts": COUNTED[proof.goal.aim],
        "reached": proof.reached,
        "at_most": proof.at_most,
        "proved": proof.proved,
    }


def _tally(one: Tally) -> dict[str, int]:
    return {"tier": one.tier, "people": one.people, "seated": one.seated, "two_a_week": one.two}


def _who(one: Placed | Left) -> dict[str, Any]:
    entry = one.entry
    return {"episode": one.episode.id, "tier": entry.tier, "referred_on": entry.referred_on.isoformat()}


def _seat(row: ExerciseClass, begins: date) -> dict[str, Any]:
    return {**_called(row), "from": begins.isoformat()}


def _called(row: ExerciseClass) -> dict[str, Any]:
    when = {"weekday": row.weekday, "time": f"{row.wall_time:%H:%M}"}
    return {"class": row.id, "name": row.name, **when, "venue": row.venue.name}


def _placed(one: Placed) -> dict[str, Any]:
    seats = [_seat(row, begins) for row, begins in one.seats]
    return {**_who(one), "seats": seats, "because": list(one.because)}


def _left(one: Left) -> dict[str, Any]:
    why = [{"class": row.id, "reasons": list(reasons)} for row, reasons in one.by_class]
    return {**_who(one), "because": one.because, "classes": why}


def _class(one: ClassChange) -> dict[str, Any]:
    row = one.row
    level = {"phase": row.level_phase, "band": row.level_band}
    count = {"capacity": row.capacity, "today": row.taken, "proposed": one.after}
    return {**_called(row), **level, **count, "added": [person.episode.id for person in one.added]}


def _help(proposal: Proposal, one: Help) -> dict[str, Any]:
    cls = one.option.cls
    new = one.option.kind != SEATS
    return {
        "kind": one.option.kind,
        "class": None if new else int(cls.id),
        "weekday": cls.weekday,
        "time": f"{cls.wall_time:%H:%M}",
        "venue": proposal.today.venues[cls.venue],
        "phase": cls.level.phase,
        "band": cls.level.band,
        "seats": cls.free_standing,
        "would_seat": [proposal.today.people[person][1].id for person in one.first],
        "second_session": [proposal.today.people[person][1].id for person in one.second],
        "text": help_words(proposal, one),
    }
