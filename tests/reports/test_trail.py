"""An administrator reads who did what in her own clinic; no patient is named and no cell can run."""

import csv
import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic import audit
from clinic.extensions import at, transaction
from clinic.reports import trail
from clinic.viewer import acting_as, staff, system
from tests import factories

LONDON = ZoneInfo("Europe/London")
MIDNIGHT_AHEAD = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in the clinic


@pytest.fixture
def world(app, client):
    """An administrator signed in; three acts of her clinic, one of another."""
    with app.app_context(), acting_as(system("test")):
        clinic, other = factories.a_clinic(), factories.a_clinic("Second")
        admin = factories.a_member_of_staff(clinic, "admin")
        ids = {"admin": admin.id, "clinic": clinic.id, "other": other.id}
        email = admin.email
        with at(MIDNIGHT_AHEAD):
            for act, place in (("register.closed", clinic), ("letter.read", clinic), ("letter.read", other)):
                with transaction():
                    audit.record(act, by=system("nightly"), clinic_id=place.id, note="=1+1")
    factories.sign_in(client, email)
    return ids


def read(app, world, clinic="clinic", **wanted):
    by = staff(world["admin"], world[clinic], "admin")
    with app.app_context(), acting_as(by):
        return trail.read(wanted=trail.Wanted(**wanted), zone=LONDON, by=by)


def test_the_page_shows_who_and_what_and_links_to_the_file(client, world):
    page = client.get("/audit").text
    for words in ("register.closed", "system: nightly", "not sealed yet", "/audit.csv"):
        assert words in page


def test_another_clinics_acts_are_not_there(app, world):
    assert [line.act for line in read(app, world, act="letter.read")] == ["letter.read"]


def test_a_day_is_the_clinics_day(app, world):
    acts = ("register.closed", "letter.read")
    assert [line.act for line in read(app, world, day=date(2026, 7, 1))][::-1] == list(acts)
    assert read(app, world, day=date(2026, 6, 30)) == []


def test_one_persons_acts_are_found_by_her(app, world):
    assert {line.act for line in read(app, world, who=world["admin"])} == {"user.signed_in"}


def test_reading_is_a_row_of_the_trail(app, world):
    read(app, world)
    assert [line.act for line in read(app, world)][0] == "audit.read"


def test_older_rows_are_a_page_away(app, world):
    lines = read(app, world)
    assert read(app, world, before=lines[0].id)[0].id == lines[1].id


def test_the_file_holds_the_same_rows_and_no_formula(client, world):
    answer = client.get("/audit.csv?act=register.closed")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["when"], row["act"]) == ("2026-07-01T00:30:00+01:00", "register.closed")
    assert answer.headers["Content-Disposition"] == "attachment; filename=audit.csv"


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@x", "\t=1"])
def test_a_cell_that_could_run_is_inert(cell):
    assert trail.inert(cell) == f"'{cell}"


def test_a_day_that_is_no_day_is_said(client, world):
    answer = client.get("/audit?day=yesterday")
    assert (answer.status_code, "such as 2026-11-22" in answer.text) == (422, True)
