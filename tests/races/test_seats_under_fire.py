"""P3: never one seat too many and every seat filled, with many clients at once; five times; and a control."""

import pytest

from tests.races.arms import ARMS, at_the_door, guard_off
from tests.races.harness import SUITE, Size

pytestmark = pytest.mark.both_databases
TIMES = 5


@pytest.mark.parametrize("arm", ARMS)
def test_the_seats_are_right_after(app, arm):
    assert [ARMS[arm](app, SUITE, seed).problems for seed in range(TIMES)] == [[]] * TIMES


def test_without_the_guard_the_same_harness_overbooks(app, database, monkeypatch):
    guard_off(monkeypatch.setattr, database.kind)
    assert at_the_door(app, Size(clients=2, classes=1), 1).after.over != []
