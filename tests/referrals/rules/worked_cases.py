"""Reads the worked cases: YAML a clinician writes, as raw cases the engine reads."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "cases"


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans, so that `yes`, `no` and `on` are words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in pairs if tag not in ("tag:yaml.org,2002:bool",)]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


@dataclass(frozen=True)
class WorkedCase:
    """One person: the raw facts, what is expected, and why."""

    name: str
    why: str
    raw: dict[str, Any]
    expect: dict[str, Any]


def steady_patient() -> dict[str, Any]:
    """The person every case starts from."""
    return yaml.load((FOLDER / "steady_patient.yaml").read_text(), _Loader)


def changed(raw: dict[str, Any], but: dict[str, Any]) -> dict[str, Any]:
    """A copy with the facts at dotted paths replaced."""
    raw = copy.deepcopy(raw)
    for path, value in but.items():
        section, _, name = path.partition(".")
        if name:
            raw.setdefault(section, {})[name] = value
        else:
            raw[section] = value
    return raw


def worked_cases() -> Iterator[WorkedCase]:
    """Every case of every file, in order."""
    steady = steady_patient()
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name == "steady_patient.yaml":
            continue
        for case in yaml.load(path.read_text(), _Loader):
            base = {} if case.get("from") == "nothing" else steady
            raw = changed(base, {"id": case["name"], **case["but"]})
            yield WorkedCase(case["name"], case["why"], raw, case["expect"])
