"""The soak's table, as a page for people who did not run it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.drill.judge import BREACHES

FAULTS = ("kills", "stops", "database", "disk", "redis", "web", "clock")
ENDS = ("messages", "accepted", "stopped", "dropped", "handed_over", "needless")
COLUMNS = ("seed", *ENDS, *FAULTS, *BREACHES, "drained_s", "settled_s")
WORDS = """# The soak: promise P1, seed by seed

`make soak` writes this page. Real processes throughout: three dispatchers at a time and a Celery worker with
two beats on a Redis of their own, a PostgreSQL that keeps its commits, the web process for callbacks, and a
provider with a journal of every text it took. Lease, timeout and grace are a twentieth of the real ones.

| column | is |
|---|---|
| accepted | texts the provider took, by its journal |
| stopped | not sent, with the reason: the patient said STOP, the provider refused it |
| dropped | posts that the provider lost without a word: nobody can know whether it has them |
| handed_over | nobody can know: on the call list, in time. `needless`: the provider has it after all |
| kills | dispatchers killed with SIGKILL, most at a named point between two promises |
| stops | dispatchers stopped (SIGSTOP) between two promises for longer than their lease, then woken |
| database | SIGKILL to PostgreSQL, which is started again |
| disk | PostgreSQL's disk full for some seconds (needs root on Linux, else it is left out and said so) |
| redis | Redis emptied, killed and started empty |
| web | the web process killed while callbacks arrive |
| clock | a dispatcher whose clock is wrong, and put right while it runs (needs Debian's `libfaketime`) |
| lost | must be 0, as all that follow: neither sent nor explained |
| twice | taken twice by the provider |
| stale | taken after its expiry |
| wrong | to a number that was changed or stopped |
| untrue | the record says otherwise than the provider |
| late | two minutes after all was well something that was due still waited |
| drained_s, settled_s | seconds after all was well until nothing waited, until nothing was in doubt |

Throughout, the provider throttles, fails before and after accepting, resets, hangs, answers garbage, lists
late or not at all, and loses, repeats, reverses and delays its callbacks, at rates that differ by seed.

Why so many calls? There is a kill for every twenty texts. Each leaves in doubt what that dispatcher had
begun: with four threads at most nine texts. Those that the provider had are found again; those that had
not left become calls, since nobody can tell them from texts whose answer was lost. So do those that the
provider dropped.

"""


def totals(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The sums of everything that is counted."""
    known = list(rows)
    return {"seeds": len(known)} | {
        name: sum(row.get(name, 0) for row in known) for name in (*ENDS, *FAULTS, *BREACHES)
    }


def page(rows: Iterable[Mapping[str, Any]], naive: Mapping[str, Mapping[str, int]]) -> str:
    """Markdown: what each column is, a row a seed, the sums, and what the naive senders did."""
    known = sorted(rows, key=lambda row: row["seed"])
    commits = ", ".join(sorted({row["commit"] for row in known}))
    table = [_line(COLUMNS), _line(["---"] * len(COLUMNS))]
    table += [_line([row.get(name, 0) for name in COLUMNS]) for row in known]
    table.append(_line([{"seed": "all", **totals(known)}.get(name, "") for name in COLUMNS]))
    caught = [f"- {name}: {_words(found)}" for name, found in naive.items()]
    control = "\n\nThe same harness on two senders as they are usually written:\n\n" + "\n".join(caught)
    return WORDS + f"Commit {commits}.\n\n" + "\n".join(table) + (control if naive else "") + "\n"


def _words(found: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in found.items()) or "passed: the harness is blind"


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
