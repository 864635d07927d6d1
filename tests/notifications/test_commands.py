import json

import pytest

from clinic.notifications.models import MessageState

STATUS = {
    "states",
    "due",
    "oldest_due_seconds",
    "open_unknown",
    "refused",
    "not_sent",
    "callback_delay_seconds",
    "trouble_since",
}


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (["plan"], {"planned", "sweeps"}),
        (["deliver"], {"batch", "claimed", "accepted", "refused", "later", "unknown", "suppressed"}),
        (["reconcile"], {"given_back", "doubtful", "found", "handed_over", "resend", "open", "silent"}),
        (["status"], STATUS),
    ],
)
def test_each_pass_prints_its_counts_and_nothing_else(app, command, keys):
    ran = app.test_cli_runner().invoke(args=["messages", *command])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout).keys() == keys


def test_a_claim_is_bounded_by_the_lease_whatever_is_asked(app):
    ran = app.test_cli_runner().invoke(args=["messages", "deliver", "--batch", "9999", "--in-flight", "4"])
    assert json.loads(ran.stdout)["batch"] == 40


@pytest.mark.parametrize("option", ["--batch", "--in-flight"])
def test_nothing_at_all_is_no_batch(app, option):
    assert app.test_cli_runner().invoke(args=["messages", "deliver", option, "0"]).exit_code == 2


def test_status_counts_every_state(app):
    ran = app.test_cli_runner().invoke(args=["messages", "status"])
    assert json.loads(ran.stdout)["states"] == {state.value: 0 for state in MessageState}
