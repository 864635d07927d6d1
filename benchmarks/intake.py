"""P12, intake: a referral Bundle through `POST /fhir` against JSON parsed and one committed insert.

The whole of it: key, rate limit, structure, codes, references, the case read and validated, the suggestion,
patient, referral, episode, decision, receipt and audit rows, the answer. Every Bundle is a new person's. The
floor is a Flask route too; both through the same test client, in turn, on a server that keeps its commits.
Beside it, shown only, what is left of the same floor when the FHIR library validates and as many rows are
written by plain psycopg: nobody who takes a Bundle in does less. CPU is the process's own time.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

from flask import Flask

from benchmarks.booking import counted
from benchmarks.drill.machines import Postgres
from benchmarks.floors import fhir_rows, json_insert
from benchmarks.harness import Line, report
from clinic.access import services as access
from clinic.app import create_app
from clinic.viewer import acting_as
from tests import servers
from tests.referrals.factories import TEST, a_world
from tests.referrals.fhir import bundles

SHARE, GROWTH = 0.25, 12.0
ROUNDS, EACH = 9, 12
ROWS = 14  # of one new person's Bundle, audit rows included
MEDIA = "application/fhir+json"
Post = Callable[[bytes], object]


def main() -> int:
    keeper = servers.keep()
    try:
        with Postgres.on_this_disk() as database:
            return report(measure(create_app(database.config()), database.superuser_url))
    finally:
        if keeper.stdin:
            keeper.stdin.close()


def measure(app: Flask, floor_url: str) -> list[Line]:
    """Every line of the promise, and what is shown beside it."""
    ours = _poster(app)
    plain, connection = json_insert.app_on(floor_url)
    validating, second = fhir_rows.app_on(floor_url, ROWS)
    theirs, least = _floor(plain), _floor(validating)
    fresh = _bodies()
    for size in (4, 8, 40):
        ours(next(fresh)(size))  # the FHIR library is warm, the statements are compiled
    shares, of_least, growths, rates = [], [], [], []
    cpu: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        took = {
            (post, size): _took(post, [next(fresh)(size) for _ in range(EACH)])
            for post, size in ((theirs, 8), (least, 8), (ours, 8), (ours, 4), (ours, 40))
        }
        shares.append(took[theirs, 8].wall / took[ours, 8].wall)
        of_least.append(took[least, 8].cpu / took[ours, 8].cpu)
        growths.append(took[ours, 40].wall / took[ours, 4].wall)
        rates.append(EACH / took[ours, 8].wall)
        for what, post in (("the floor", theirs), ("library and rows", least), ("a Bundle", ours)):
            cpu[what].append(took[post, 8].cpu / EACH * 1000)
    connection.close()
    second.close()
    with app.app_context(), counted() as seen:
        ours(next(fresh)(8))
    return [
        Line("a Bundle, of JSON parsed and one committed insert", statistics.median(shares), SHARE),
        Line("40 entries, times the cost of 4", statistics.median(growths), GROWTH, at_least=False),
        Line("statements of a Bundle of 8", len(seen)),
        Line("Bundles a second, one client", statistics.median(rates)),
        Line("CPU, of the FHIR library and as many rows", statistics.median(of_least)),
        *(Line(f"ms of CPU: {what}", statistics.median(each)) for what, each in cpu.items()),
    ]


def _floor(app: Flask) -> Post:
    client = app.test_client()

    def post(body: bytes) -> None:
        assert client.post("/", data=body, content_type=MEDIA).status_code == 200

    return post


def _poster(app: Flask) -> Post:
    """Posts a Bundle with a practice's key and insists on 200."""
    app.config["FHIR_RATE"] = "1000000 per minute"
    with app.app_context(), acting_as(TEST):
        key = access.add_client(name="Bench", organisation=a_world().practice, by=TEST)
    client, headers = app.test_client(), {"Authorization": f"Bearer {key}", "Content-Type": MEDIA}

    def post(body: bytes) -> None:
        answer = client.post("/fhir", data=body, headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:2000]

    return post


class Took(NamedTuple):
    """Seconds: the clock's, and the process's own."""

    wall: float
    cpu: float


def _took(post: Post, bodies: list[bytes]) -> Took:
    started, worked = time.perf_counter(), time.process_time()
    for body in bodies:
        post(body)
    return Took(time.perf_counter() - started, time.process_time() - worked)


def _bodies() -> Iterator[Callable[[int], bytes]]:
    """One new person after another, each as a Bundle of as many entries as asked for."""
    numbers = _nhs_numbers()
    for n in count(1):
        document = bundles.bundle(f"BENCH-{n}")
        person = document["entry"][bundles.PATIENT]["resource"]
        person["identifier"][0]["value"] = next(numbers)
        person["name"][0] |= {"family": f"Okafor{_letters(n)}", "given": ["Ada"]}
        person["telecom"][0]["value"] = f"07700 900{n % 1000:03}"
        yield lambda size, document=document: json.dumps(_of_size(document, size)).encode()


def _of_size(document: dict[str, Any], size: int) -> dict[str, Any]:
    """4: request, patient, condition, role; 8: the whole of it; more: with observations of other years."""
    entries = document["entry"]
    if size == 4:
        role = entries[bundles.ROLE]["resource"]
        inside = {"practitioner": bundles.PRACTITIONER, "organization": bundles.ORGANISATION}
        role["contained"] = [{"id": name, **entries[n]["resource"]} for name, n in inside.items()]
        role.update({name: {"reference": f"#{name}"} for name in inside})
        document["entry"] = entries[:size]
    tested = entries[bundles.TUG]["resource"]
    for n in range(len(entries), size):
        older = {**tested, "effectiveDateTime": f"20{n % 20:02}-05-0{n % 9 + 1}"}
        document["entry"].append(bundles.entry(n, older))
    return document


def _letters(n: int) -> str:
    """Another surname for everybody: who shares one is compared with all who do."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(n))


def _nhs_numbers() -> Iterator[str]:
    """Numbers of the test range that pass the check digit."""
    for n in count(100_000):
        digits = f"999{n:06d}"
        check = 11 - sum(int(d) * (10 - place) for place, d in enumerate(digits)) % 11
        if check != 10:
            yield f"{digits}{0 if check == 11 else check}"


if __name__ == "__main__":
    sys.exit(main())
