"""Who may import what, beyond what `lint-imports` can say."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "clinic").glob("*/rules/*.py"))
PROTOCOL = tuple(f"clinic.protocol.{part}." for part in ("model", "exercise_model", "numbers"))
HEAVY = {"ortools", "highspy", "numpy", "fpdf", "fhir.resources", "pandas", "matplotlib", "playwright"}
FRAMEWORKS = {"flask", "sqlalchemy", "celery", "twilio", "redis", "werkzeug", "jinja2"}
CLOCKS = {"now", "today", "utcnow", "monotonic", "time_ns", "perf_counter"}


def loaded_after(statement: str) -> set[str]:
    """The modules a fresh Python holds after one import statement."""
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_by(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def foreign(path: Path, source: str) -> set[str]:
    """What a rule imports beside the standard library, the protocol's model and its sibling rules."""
    room = module_of(path).split(".rules")[0]
    allowed = (f"{room}.rules.", *PROTOCOL)
    names = imported_by(ast.parse(source))
    return {
        n for n in names if n.split(".")[0] not in sys.stdlib_module_names and not f"{n}.".startswith(allowed)
    }


def clocks(source: str) -> set[str]:
    """Calls that ask what time it is; `now` has to be an argument."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS}


def test_there_are_rules_to_look_at() -> None:
    assert len(RULES) > 10


@pytest.mark.parametrize("path", RULES, ids=module_of)
def test_a_rule_imports_only_the_standard_library_the_protocol_and_its_siblings(path: Path) -> None:
    assert foreign(path, path.read_text()) == set()


@pytest.mark.parametrize("path", RULES, ids=module_of)
def test_a_rule_never_asks_what_time_it_is(path: Path) -> None:
    assert clocks(path.read_text()) == set()


def test_the_guards_see_a_framework_a_higher_room_and_a_clock() -> None:
    rule = ROOT / "clinic/referrals/rules/phase.py"
    bad = (
        "import flask\nfrom clinic.classes.rules import capacity\nfrom datetime import date\nx = date.today()"
    )
    assert foreign(rule, bad) == {"flask", "clinic.classes.rules.capacity"}
    assert clocks(bad) == {"today"}


def test_importing_every_rule_loads_no_framework() -> None:
    loaded = loaded_after("import " + ", ".join(module_of(path) for path in RULES))
    assert "clinic.protocol.model" in loaded
    assert loaded & FRAMEWORKS == set()


def test_start_up_imports_no_solver_and_no_fhir_resources() -> None:
    loaded = loaded_after("import clinic.app, clinic.__main__, clinic.wiring")
    assert "flask" in loaded
    assert loaded & HEAVY == set()


def test_a_pure_command_loads_no_application_no_database_and_no_worker() -> None:
    loaded = loaded_after("import clinic.referrals.commands, clinic.notifications.commands")
    assert loaded & {"clinic.app", "clinic.config", "clinic.extensions", "sqlalchemy", "celery"} == set()
