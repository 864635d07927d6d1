"""Every kind of work that the house opens has a title and says what to do; nobody reads a coded word."""

import ast
from pathlib import Path

import pytest

from clinic.desk import said
from clinic.protocol import load
from clinic.referrals import phrases
from clinic.worklist import words

CODE = sorted((Path(__file__).parents[2] / "clinic").rglob("*.py"))
# functions that open work, by the place of the kind among their arguments
OPENERS = {
    "raise_alert": None,
    "open_task": None,
    "add_call": None,
    "alert": 0,
    "person": 0,
    "task": 0,
    "_danger": 1,
    "_rung": 1,
    "ring": 1,
    "ring_member": 1,
    "task_of_member": 1,
    "instead_of": 1,
    "ask_to_post": None,
    "_work": 1,
    "_alert": 1,
    "_call": None,
    "_open": 1,
    "_task": 1,
    "_ring": 1,
    "_told": 1,
    "_for_a_person": 2,
    "Drop": 0,  # a text that is not sent: only where somebody rings instead
}


def kinds_in(source: str) -> set[str]:
    """Kinds named in this module's calls of an opener: as text, or by a constant of the module."""
    tree = ast.parse(source)
    constants: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names, values = _flat(node.targets[0]), _flat(node.value)
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                    constants[name.id] = str(value.value)
    found = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        dropped = name == "Drop" and "call" not in [word.arg for word in call.keywords]
        if name in OPENERS and not dropped:
            given = [word.value for word in call.keywords if word.arg == "kind"]
            place = OPENERS[name]
            given += [] if place is None else call.args[place : place + 1]
            found |= {v.value for v in given if isinstance(v, ast.Constant) and isinstance(v.value, str)}
            found |= {constants[v.id] for v in given if isinstance(v, ast.Name) and v.id in constants}
    return found


def _flat(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def opened() -> set[str]:
    """Named in the code, and those put together there from a coded word."""
    made = {f"told_{change}" for change in phrases.CHANGE} | {"plan_more", "plan_easier"}
    made |= {"class_over_capacity", "session_over_capacity", "reassessment_due", "phase_review_due"}
    made |= {"post_letter", "letter_unread", "no_longer_wanted"}
    made |= {"book_ride", "change_ride", "cancel_ride", "book_interpreter"}
    programme = load.protocol().programme
    made |= {f"review_{n}_months" for n in (programme.first_review_month, programme.renewal_month)}
    made |= {f"heard_{kind}" for kind in said.KINDS}
    made |= {"undelivered", "refused", "unknown"}  # a message's states that end in a call
    made |= {
        "stopped",
        "wrong_number",
        "no_mobile",
        "no_consent",
        "wants_a_call",
        "wants_a_letter",
        "no_address",
    }
    return made.union(*(kinds_in(path.read_text()) for path in CODE))


def test_every_kind_of_work_has_words():
    assert sorted(opened() - set(words.table())) == []


def test_no_words_are_left_of_work_that_nobody_opens():
    assert sorted(set(words.table()) - opened()) == []


@pytest.mark.parametrize(("kind", "said"), words.table().items(), ids=list(words.table()))
def test_words_of_work_fit_a_list_and_a_line(kind, said):
    assert 4 <= len(said.title) <= 44 and said.title[0].isupper() and said.title[-1] != "."
    assert 4 <= len(said.do) <= 120 and said.do[-1] in ".?"


def test_the_house_sees_a_kind_without_words():
    source = 'NEW = "quite_new"\nworklist.add_call(kind=NEW)\nsaid.alert("unheard_of")'
    assert kinds_in(source) == {"quite_new", "unheard_of"}


def test_work_without_words_is_shown_by_its_name():
    assert words.of("quite_new").title == "Quite new"
