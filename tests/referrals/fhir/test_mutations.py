"""A good Bundle with random things put in random places: never 5xx, never a planted word."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from tests.referrals.fhir.bundles import SR, resource
from tests.referrals.fhir.hostile import PLANTED, PLANTED_NAME, planted

ROUNDS, SEEDS = 120, (1, 2)
WORDS = [
    "0000",
    "+44",
    "#",
    "urn:uuid:",
    "Patient/",
    "//x",
    "HealthcareService/1",
    "flags.cancer",
    "unknown",
    "explained",
    "2026-02-31",
]
STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**17, 1.5, 1e308, -1e308, "", " ", "x" * 3000, PLANTED_NAME),
    *WORDS,
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "²³", "٣" * 10, "\u202e\u0301", "' OR 1=1 --"),
    *([], {}, [[]], [None], [{}], {"": ""}, {"a": {}}, {"reference": "#"}, {"reference": 3}),
    *({"coding": [{"system": [], "code": {}}]}, {"value": {}, "code": []}, {"extension": [{"url": "x"}]}),
    *([{"valueBoolean": "x"}], [{"valueInteger": 10**17}]),
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Every path of a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, below in inner for one in places(below, (*path, key)))]


def retold(document: Any, random: Random) -> Any:
    """Only texts and numbers exchanged for others of their kind: much of it still is R4."""
    document = deepcopy(document)
    for _ in range(random.randint(1, 2)):
        leaves = [path for path in places(document) if isinstance(at(document, path), str | int | float)]
        path = random.choice([one for one in leaves if one[-1] not in ("resourceType", "method", "linkId")])
        old = at(document, path)
        alike = [one for one in STRANGE if type(one) is type(old)]
        at(document, path[:-1])[path[-1]] = random.choice(alike)
    return document


def at(document: Any, path: tuple) -> Any:
    for step in path:
        document = document[step]
    return document


def mutated(document: Any, random: Random) -> Any:
    """One to four changes: something strange, something missing, something from elsewhere."""
    document = deepcopy(document)
    for _ in range(random.randint(1, 4)):
        paths = [path for path in places(document) if path]
        path = random.choice(paths)
        holder = at(document, path[:-1])
        match random.randint(0, 3):
            case 0:
                del holder[path[-1]]
            case 1:
                holder[path[-1]] = deepcopy(at(document, random.choice(paths)))
            case _:
                holder[path[-1]] = deepcopy(random.choice(STRANGE))
        if not document:
            break
    return document


@pytest.mark.parametrize("seed", SEEDS)
def test_no_mutation_of_a_bundle_is_a_crash(place, seed):
    place.app.config["FHIR_RATE"] = "100000 per minute"
    random, found = Random(seed), []
    for number in range(ROUNDS):
        good = planted()
        resource(good, SR)["identifier"][0]["value"] = f"{seed}-{number}"
        document = random.choice([mutated, retold])(good, random)
        answer = place.mine.post(document, random.choice(["/fhir", "/fhir/$triage"]))
        if answer.status_code >= 500 or answer.mimetype != "application/fhir+json":
            found.append((number, answer.status_code))
        if answer.status_code != 200 and any(word in answer.text for word in PLANTED):
            found.append((number, "repeats what was sent"))
    assert found == []
