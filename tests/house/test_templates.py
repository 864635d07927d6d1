"""A typo in a template fails here; in service, undefined names chain, because the NHS macros count on it.

What a template may name: what every page has, what a view hands it by keyword, and what it or the template it
stands in sets. Pages under test are stricter still (tests/strict_templates.py).
"""

import ast
import fnmatch
from collections import defaultdict
from pathlib import Path

import pytest
from jinja2 import ChainableUndefined, Environment, StrictUndefined, UndefinedError, meta, nodes

from clinic.app import create_app
from clinic.config import Config
from tests import servers
from tests.strict_templates import StrictInOurTemplates

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [path for path in (ROOT / "clinic").glob("**/templates") if "simulator" not in path.parts]
TEMPLATES = {
    str(path.relative_to(folder)): path for folder in FOLDERS for path in sorted(folder.rglob("*.html"))
}
ANYTHING = "**"


@pytest.fixture(scope="module")
def app():
    return create_app(
        Config.for_tests(database_url="sqlite://", instance_dir=servers.folder() / "instance-templates")
    )


@pytest.fixture(scope="module")
def everywhere(app) -> set[str]:
    """The names every page has: Flask's, the globals, and what context processors add."""
    from clinic.viewer import acting_as, system

    context: dict = {}
    with app.test_request_context("/"), acting_as(system("templates")):
        app.update_template_context(context)
    return set(app.jinja_env.globals) | set(context) | {"request", "session", "g", "config"}


def handed_over() -> dict[str, set[str]]:
    """By template, the keywords of every `render_template("name", ...)`; `**` when they cannot be read."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "clinic").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node).startswith("render") and node.args:
                for name in literals(node.args[0]):
                    found[name] |= {keyword.arg or ANYTHING for keyword in node.keywords}
    return found


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def literals(node: ast.AST) -> set[str]:
    """The template's name, both of `a if x else b`, or all that an f-string can name."""
    if isinstance(node, ast.JoinedStr):
        pattern = "".join(p.value if isinstance(p, ast.Constant) else "*" for p in node.values)
        return set(fnmatch.filter(TEMPLATES, pattern)) or {pattern}
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def stands_in(env: Environment, source: str) -> set[str]:
    """The templates this one extends or includes."""
    return {name for name in meta.find_referenced_templates(env.parse(source)) if name in TEMPLATES}


def set_at_top(env: Environment, source: str) -> set[str]:
    """Names that the template itself sets or imports; blocks see those too."""
    tree = env.parse(source)
    imported = {
        pair[-1] if isinstance(pair, tuple) else pair
        for n in tree.find_all(nodes.FromImport)
        for pair in n.names
    }
    imported |= {n.target for n in tree.find_all(nodes.Import)}
    return imported | {n.name for n in tree.find_all(nodes.Name) if n.ctx == "store"}


def allowed_names(
    env: Environment, sources: dict[str, str], handed: dict[str, set[str]]
) -> dict[str, set[str]]:
    """What may be named in each template; what a page is handed flows to what it extends and includes.

    What the template above sets or imports is seen in a page's blocks.
    """
    own = {name: set_at_top(env, text) for name, text in sources.items()}
    allowed = {name: set(handed.get(name, ())) | own[name] for name in sources}
    links = [(name, other) for name, text in sources.items() for other in stands_in(env, text)]
    for _ in sources:
        for name, other in links:
            allowed[other] |= allowed[name]
            allowed[name] |= own.get(other, set())
    return allowed


def unknown_names(env: Environment, sources: dict[str, str], handed: dict, everywhere: set[str]) -> dict:
    allowed = allowed_names(env, sources, handed)
    found = {}
    for name, text in sources.items():
        missing = meta.find_undeclared_variables(env.parse(text)) - everywhere - allowed[name]
        if missing and ANYTHING not in allowed[name]:
            found[name] = sorted(missing)
    return found


def test_no_template_names_what_nobody_gives(app, everywhere: set[str]) -> None:
    sources = {name: path.read_text() for name, path in TEMPLATES.items()}
    assert unknown_names(app.jinja_env, sources, handed_over(), everywhere) == {}


def test_the_lint_sees_a_typo(app, everywhere: set[str]) -> None:
    sources = {"page.html": "{{ patient }}{{ pateint }}{{ url_for('x') }}{% set x = 1 %}{{ x }}"}
    assert unknown_names(app.jinja_env, sources, {"page.html": {"patient"}}, everywhere) == {
        "page.html": ["pateint"]
    }


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_under_strict_undefined(app, name: str) -> None:
    strict = app.jinja_env.overlay(undefined=StrictUndefined)
    strict.compile(TEMPLATES[name].read_text(), name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_a_view_or_a_template_names_exists(app, name: str) -> None:
    named = meta.find_referenced_templates(app.jinja_env.parse(TEMPLATES[name].read_text()))
    for other in filter(None, named):
        app.jinja_env.get_template(other)


def test_every_template_a_view_renders_exists(app) -> None:
    known = {name for name in handed_over() if name.endswith(".html")}
    assert sorted(known - set(app.jinja_env.list_templates()) - simulators()) == []


def simulators() -> set[str]:
    return {path.name for path in (ROOT / "clinic/simulator/templates").glob("*.html")}


def test_a_missing_value_fails_in_our_template_and_chains_in_the_nhs_ones(tmp_path, monkeypatch) -> None:
    from jinja2 import ChoiceLoader, FileSystemLoader

    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    (theirs / "macro.html").write_text("{% macro tag(p) %}[{{ p.text }}{{ p.a.b }}]{% endmacro %}")
    (ours / "good.html").write_text('{% from "macro.html" import tag %}{{ tag({}) }}')
    (ours / "bad.html").write_text("{{ patient.nmae }}")
    monkeypatch.setattr("tests.strict_templates.OURS", f"{ours}/")
    loader = ChoiceLoader([FileSystemLoader(ours), FileSystemLoader(theirs)])
    env = Environment(loader=loader, undefined=StrictInOurTemplates, autoescape=True)
    assert env.get_template("good.html").render() == "[]"
    with pytest.raises(UndefinedError, match="nmae"):
        env.get_template("bad.html").render(patient={})
    assert issubclass(StrictInOurTemplates, ChainableUndefined)
