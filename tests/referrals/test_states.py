"""One writer of an episode's state; every open state has a date; every move is written down."""

import ast
from datetime import date
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from clinic.audit import AuditEvent
from clinic.extensions import db, transaction
from clinic.referrals import states
from clinic.referrals.models import EndReason, Episode, State, StateChange
from clinic.referrals.rules import moves
from clinic.viewer import acting_as
from tests.referrals.factories import a_referral

ROOT = Path(__file__).resolve().parents[2]
MONDAY = "2026-11-23 10:00:00+00:00"


def moved(world, *path: State, **more) -> Episode:
    received = a_referral(world)
    with acting_as(world.physiotherapist):
        episode = db.session.get_one(Episode, received.referral.episode_id)
        for state in path:
            states.move(episode, state, by=world.physiotherapist, **more)
        return episode


def test_the_table_names_every_state_and_no_other():
    assert set(moves.MOVES) == set(moves.NEXT) == set(State)
    assert set().union(*moves.MOVES.values()) <= set(State)


def test_every_state_can_be_reached_and_every_open_one_can_end():
    assert set().union(*moves.MOVES.values()) == set(State)
    assert all(State.ENDED in moves.MOVES[state] for state in State if state is not State.ENDED)


@time_machine.travel(MONDAY, tick=False)
def test_a_move_sets_the_next_step_and_a_working_day_for_it(world):
    episode = moved(world, State.ON_HOLD)
    assert (episode.next_step, episode.next_on) == ("review_hold", date(2026, 12, 21))


@time_machine.travel("2026-11-28 10:00:00+00:00", tick=False)
def test_a_next_date_is_never_on_a_day_the_clinic_is_closed(world):
    assert moved(world, State.WITH_REFERRER).next_on == date(2026, 12, 7)  # not Saturday the 5th


def test_a_move_is_written_down_with_who_and_why_and_audited(world):
    episode = moved(world, State.WITH_REFERRER, reason="asked", note="Which level?")
    with acting_as(world.coordinator):
        change = db.session.scalars(select(StateChange).order_by(StateChange.id.desc())).first()
        assert (change.before, change.after, change.reason) == (
            State.BEING_DECIDED,
            State.WITH_REFERRER,
            "asked",
        )
        assert change.note == "Which level?"
        assert change.by == world.physiotherapist.label
        event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert (event.action, event.about_id, event.details["after"]) == (
            "episode.moved",
            episode.id,
            "with_referrer",
        )


def test_a_move_raises_the_version_and_an_old_version_is_refused(world):
    episode = moved(world, State.ON_HOLD)
    assert episode.version == 2
    with acting_as(world.coordinator), transaction(), pytest.raises(states.CannotMove):
        states.locked(episode.id, version=1)


def test_a_move_that_does_not_exist_is_refused(world):
    with pytest.raises(states.CannotMove):
        moved(world, State.IN_CLASS)


def test_an_end_needs_a_reason_and_nothing_else_has_one(world):
    with pytest.raises(ValueError, match="coded reason"):
        moved(world, State.ENDED)
    with pytest.raises(ValueError, match="coded reason"):
        moved(world, State.ON_HOLD, ended_reason=EndReason.DIED)


def test_an_ended_episode_has_no_next_date_and_can_be_reopened(world):
    episode = moved(world, State.ENDED, ended_reason=EndReason.MOVED)
    assert (episode.next_on, episode.ended_reason) == (None, EndReason.MOVED)
    with acting_as(world.physiotherapist):
        states.move(episode, State.WAITING, by=world.physiotherapist, reason="reopened")
        assert (episode.ended_reason, episode.ended_on) == (None, None)
        assert episode.next_on is not None


def test_the_house_is_told_of_each_move_and_of_the_end(world, app_context, monkeypatch):
    heard = []
    events = app_context.app.extensions["upright_wiring"].EVENTS
    for name in ("episode_moved", "episode_ended"):
        monkeypatch.setitem(events, name, (lambda name=name, **facts: heard.append((name, facts)),))
    episode = moved(world, State.ON_HOLD)
    with acting_as(world.physiotherapist):
        states.move(episode, State.ENDED, by=world.physiotherapist, ended_reason=EndReason.DIED)
    assert heard == [
        ("episode_moved", {"episode_id": episode.id}),
        ("episode_moved", {"episode_id": episode.id}),
        ("episode_ended", {"episode_id": episode.id, "reason": "died"}),
    ]


def test_staying_with_another_date_is_not_a_move(world):
    received = a_referral(world)
    with acting_as(world.coordinator):
        episode = db.session.get_one(Episode, received.referral.episode_id)
        states.plan_next(episode, by=world.coordinator, next_on=date(2027, 1, 4), next_step="phone_screen")
        assert (episode.next_on, episode.next_step) == (date(2027, 1, 4), "phone_screen")
        assert len(db.session.scalars(select(StateChange)).all()) == 1


# --- nobody else writes the state ---


def writers(source: str) -> list[str]:
    """Statements that give an episode a state: an attribute, a constructor, an UPDATE or setattr."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) else []:
            for part in ast.walk(target):
                if isinstance(part, ast.Attribute) and part.attr == "state" and _is_episode(part.value, node):
                    found.append(ast.unparse(node))
        if isinstance(node, ast.Call):
            words = ast.unparse(node)
            makes = words.startswith(("Episode(", "models.Episode(")) and "state=" in words
            updates = ".values(" in words and "update(Episode)" in words and "state" in words
            sets = words.startswith("setattr(") and "'state'" in words and "pisode" in words
            if makes or updates or sets:
                found.append(words)
    return found


def _is_episode(owner: ast.expr, statement: ast.stmt) -> bool:
    """Named like an episode, or given one of the words of its State."""
    value = getattr(statement, "value", None)
    return "episode" in ast.unparse(owner).lower() or (
        value is not None and ast.unparse(value).startswith(("State.", "models.State."))
    )


def test_no_other_module_writes_an_episodes_state():
    files = sorted((ROOT / "clinic").rglob("*.py"))
    assert len(files) > 50
    guilty = {
        str(path.relative_to(ROOT)): found
        for path in files
        if path.name != "states.py" and (found := writers(path.read_text()))
    }
    assert guilty == {}


@pytest.mark.parametrize(
    "source",
    [
        "episode.state = State.ENDED",
        "place.episode.state = x",
        "row.state = State.WAITING",
        "a.b, episode.state = 1, 2",
        "setattr(episode, 'state', x)",
        "db.session.execute(update(Episode).where(x).values(state='ended'))",
        "Episode(state=State.WAITING)",
    ],
)
def test_the_guard_sees_such_a_writer(source):
    assert writers(source)


def test_the_guard_is_satisfied_by_the_one_writer():
    assert writers((ROOT / "clinic/referrals/states.py").read_text())
