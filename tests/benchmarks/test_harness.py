"""The benchmarks' own judge: a missed limit fails, a floor and its subject run in turn."""

import subprocess
import sys
from itertools import count

from benchmarks import __main__ as bench
from benchmarks.harness import Line, interleaved, report


def test_a_limit_holds_on_itself_and_is_missed_beyond(capsys):
    assert report([Line("share", 0.5, 0.5), Line("statements", 4, 4, at_least=False)]) == 0
    assert report([Line("share", 0.49, 0.5)]) == 1
    assert report([Line("statements", 5, 4, at_least=False)]) == 1
    assert capsys.readouterr().out.count("MISSED") == 2


def test_what_has_no_limit_is_shown_and_not_judged(capsys):
    assert report([Line("rate", 1)]) == 0
    assert "shown only" in capsys.readouterr().out


def test_floor_and_subject_run_in_turn_and_the_median_share_is_told():
    done, ticks = [], count()
    pair = interleaved(
        lambda: done.append("floor"),
        lambda: done.append("subject"),
        units=10,
        rounds=3,
        clock=lambda: float(next(ticks)),
    )
    assert done == ["floor", "subject"] + ["floor", "subject", "subject", "floor", "floor", "subject"]
    assert (pair.floor_per_second, pair.subject_per_second, pair.share) == (10, 10, 1)


def test_every_benchmark_is_found_and_an_unknown_one_refused():
    assert "triage" in bench.names()
    assert not {"mutation", "soak", "harness"} & set(bench.names())
    assert bench.main(["nonsense"]) == 2


def test_the_triage_benchmark_runs_to_its_verdict():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.triage", "700"], capture_output=True, text=True, check=False
    )
    assert run.returncode in (0, 1), run.stderr
    assert "deciding, share of the floor" in run.stdout
