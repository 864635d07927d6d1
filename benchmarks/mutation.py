"""Mutation testing of the referrals' rules: `python -m benchmarks.mutation [MODULE ...] [--sample N]`.

Changes one thing at a time in a rule (a comparison, a constant, a condition, a returned value) and runs the
rules' own tests against the changed rule. A change that no test notices is a survivor, printed with its line.
Each runs in a forked child of a warm parent: the golden decisions first, the other tests only if these agree.
"""

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import hypothesis.strategies  # noqa: F401  loaded here once, for every child
import jsonschema_rs  # noqa: F401
import pytest

from clinic.protocol.load import protocol
from tests.referrals.rules import worked_cases

RULES = Path(__file__).parents[1] / "clinic" / "referrals" / "rules"
MODULES = (
    "band", "case", "completeness", "dates", "decision", "fields", "flag_states", "falls", "gates",
    "measures", "notes", "phase", "questions", "triage",
)  # fmt: skip
TESTS = (
    "rules/test_worked_cases", "rules/test_dates", "rules/test_completeness", "rules/test_case_schema",
    "rules/test_mutants_case", "rules/test_gates", "rules/test_decision", "test_triage_command",
    "rules/test_properties",
)  # fmt: skip
OTHERS = {  # rules the engine does not run, with the tests that hold them
    "deciding": ("rules/test_mutants_deciding",),
    "explain": ("rules/test_mutants_explain",),
    "merging": ("rules/test_mutants_merging", "test_merging"),
    "moves": ("rules/test_mutants_moves", "test_merging"),
    "reviews": ("rules/test_reviews",),
}
TIME_LIMIT_S = 120

_SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,),
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


def mutants(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """Every single change of a module, as (line, what, changed tree)."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    skipped = _not_behaviour(tree)
    for index, node in enumerate(nodes):
        if id(node) in skipped:
            continue
        for what, change in _changes(node):
            changed = copy.deepcopy(tree)
            change(list(ast.walk(changed))[index])
            yield getattr(node, "lineno", 0), what, ast.fix_missing_locations(changed)


def _not_behaviour(tree: ast.Module) -> set[int]:
    """Docstrings, annotations and decorators: changing them changes nothing a test should see."""
    found: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST | None] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts.append(node.value)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts += node.decorator_list
        if isinstance(node, ast.FunctionDef):
            parts += [node.returns, *(one.annotation for one in node.args.args + node.args.kwonlyargs)]
        if isinstance(node, ast.AnnAssign):
            parts.append(node.annotation)
        for part in filter(None, parts):
            found.update(id(inner) for inner in ast.walk(part))
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], None]]]:
    def set_(name: str, value: object) -> Callable[[Any], None]:
        return lambda found: setattr(found, name, value)

    if isinstance(node, ast.Compare):
        for swap in _SWAPS.get(type(node.ops[0]), ()):
            yield f"{type(node.ops[0]).__name__} to {swap.__name__}", set_("ops", [swap(), *node.ops[1:]])
        for place in range(1, len(node.ops)):
            for swap in _SWAPS.get(type(node.ops[place]), ()):
                ops = [*node.ops[:place], swap(), *node.ops[place + 1 :]]
                yield f"{type(node.ops[place]).__name__} to {swap.__name__}", set_("ops", ops)
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _SWAPS:
        swap = _SWAPS[type(node.op)][0]
        yield f"{type(node.op).__name__} to {swap.__name__}", set_("op", swap())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} to {not node.value}", set_("value", not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{node.value} to {node.value + 1}", set_("value", node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield f"{node.value[:30]!r} changed", set_("value", node.value + "x")
    elif isinstance(node, ast.If | ast.IfExp):
        yield "condition turned round", set_("test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield "returns None", set_("value", ast.Constant(None))
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield f"{node.id} to {_NAMES[node.id]}", set_("id", _NAMES[node.id])


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one rule from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(self, name: str, path: object, target: object = None):
        return (
            importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.name else None
        )

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)


def survives(module: str, tree: ast.Module) -> bool:
    """True when every test passes although the rule is changed."""
    child = os.fork()
    if child == 0:
        signal.alarm(TIME_LIMIT_S)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            os._exit(_run_tests(module, tree))
        except BaseException:  # the child must never go on as a second parent
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _run_tests(module: str, tree: ast.Module) -> int:
    sys.meta_path.insert(0, _Changed(f"clinic.referrals.rules.{module}", RULES / f"{module}.py", tree))
    if module in OTHERS:
        return _pytest(OTHERS[module])
    from tests.referrals.rules.golden import decisions, golden_file

    book = protocol("2026-11")
    kept = [json.loads(line) for line in golden_file(book).read_text(encoding="utf-8").splitlines()]
    if decisions(book) != kept:
        return 1
    return _pytest(TESTS)


def _pytest(tests: tuple[str, ...]) -> int:
    options = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider"]
    options += ["-k", "not loads_no_app and not flask_finds"]
    for test in tests:
        if failed := int(pytest.main([*options, f"tests/referrals/{test}.py"])):
            return min(failed, 100)
    return 0


def main(names: tuple[str, ...], sample: int | None, seed: int) -> int:
    """Print every survivor and the rate; 1 when under 95 of 100 are noticed.

    `sample` takes that many changes of each module, drawn by `seed`, where all of them would take hours.
    """
    cases = list(worked_cases.worked_cases())
    worked_cases.worked_cases = lambda: iter(cases)  # type: ignore[assignment]  read once, not in every child
    started, total, survivors = time.monotonic(), 0, 0
    for name in names or (*MODULES, *OTHERS):
        found = list(mutants((RULES / f"{name}.py").read_text(encoding="utf-8")))
        if sample is not None and sample < len(found):
            found = random.Random(f"{seed}:{name}").sample(found, sample)
        for line, what, tree in found:
            total += 1
            if survives(name, tree):
                survivors += 1
                print(f"survivor: {name}.py line {line}: {what}", flush=True)
        print(f"{name}: {total} changes so far, {survivors} unnoticed", flush=True)
    rate = 100 * (total - survivors) / total
    print(f"{total} changes, {rate:.1f} % noticed, in {time.monotonic() - started:.0f} s")
    return int(rate < 95)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--sample", type=int, help="changes of each module; all of them when not given")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(main(tuple(options.modules), options.sample, options.seed))
