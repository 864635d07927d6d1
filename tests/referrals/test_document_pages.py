"""Documents on the referrer's form: optional, kept with the draft, only downloaded, by who may see it."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import request
from sqlalchemy import func, select

from clinic.audit import AuditEvent
from clinic.extensions import db, now
from clinic.referrals import attachments, drafts, form
from clinic.referrals.models import Draft, Referral
from clinic.referrals.paper import Attachment
from clinic.viewer import acting_as, system
from tests.referrals.browsing import Person, fill
from tests.referrals.factories import a_referral, a_world
from tests.referrals.test_attachments_content import PDF, a_jpeg, a_png


@pytest.fixture
def gp(app, world) -> Person:
    return Person(app, world.gp)


def add(person: Person, content: bytes, name: str = "report.pdf") -> None:
    person.get(person.url)
    person.post(data={"file": (BytesIO(content), name)})


def kept() -> list[Attachment]:
    db.session.expire_all()
    return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


@pytest.fixture
def with_report(world, gp) -> Person:
    """At the documents of a form just begun, with one report."""
    with acting_as(world.gp):
        draft = drafts.start(clinic_id=world.clinic.id, by=world.gp)
    gp.get(f"/refer/{draft.id}/documents")
    add(gp, PDF)
    return gp


@pytest.fixture
def sent(world) -> Attachment:
    """A report that came with a referral."""
    referral = a_referral(world).referral
    found = attachments.document("report.pdf", PDF)
    return attachments.keep(referral=referral, documents=[found], by=world.gp)[0]


def test_a_form_without_documents_asks_no_more_than_before(gp):
    fill(gp)
    assert "Add a document" in gp.text
    gp.post()
    assert db.session.scalar(select(func.count()).select_from(Referral)) == 1
    assert len(form.ESSENTIAL) == 15


def test_a_document_stays_with_the_draft_and_goes_with_the_referral(gp):
    fill(gp)
    gp.get(gp.url.replace("/check", "/documents"))
    add(gp, PDF)
    assert [(row.draft_id is not None, row.referral_id) for row in kept()] == [(True, None)]
    gp.get(gp.url.replace("/documents", "/check"))
    assert "report.pdf" in gp.text
    gp.post()
    (row,) = kept()
    referral = db.session.scalars(select(Referral)).one()
    assert (row.draft_id, row.referral_id, row.patient_id) == (None, referral.id, referral.patient_id)


def test_a_document_can_be_removed_before_sending(with_report):
    (row,) = kept()
    with_report.post(f"{with_report.url}/{row.public_id}/remove")
    assert "The document is removed." in with_report.page
    assert kept() == []


def test_a_removed_draft_takes_its_documents_along(with_report):
    with_report.post(with_report.url.replace("/documents", "/remove"))
    assert db.session.scalars(select(Draft)).all() == []
    assert kept() == []


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ a program", "report.pdf", "Only PDF, JPEG and PNG"),
        (PDF + b"PK\x03\x04", "report.pdf", "something is appended"),
        (b"", "report.pdf", "The file is empty"),
        (b"%PDF-" + b"x" * (5 * 1024 * 1024), "big.pdf", "larger than 5 MB"),
    ],
)
def test_what_is_no_document_is_refused_beside_the_field_and_the_rest_stays(with_report, content, name, said):
    add(with_report, content, name)
    assert with_report.status == 422
    assert said in with_report.text
    assert "report.pdf" in with_report.text
    assert len(kept()) == 1


def test_no_file_chosen_is_said(with_report):
    with_report.post(data={"file": (BytesIO(b""), "")})
    assert (with_report.status, "Choose a file" in with_report.text) == (422, True)


def test_the_same_file_twice_is_one_and_there_are_five_at_most(with_report):
    add(with_report, PDF, "again.pdf")
    for n in range(1, attachments.MOST):
        add(with_report, a_png(2, n), f"{n}.png")
    assert len(kept()) == attachments.MOST
    assert "Add this file" not in with_report.text
    with_report.post(data={"file": (BytesIO(a_jpeg()), "six.jpg")})
    assert with_report.status == 422
    assert len(kept()) == attachments.MOST


def test_another_referrer_of_the_same_practice_has_no_hand_in_the_draft(app, world, with_report):
    stranger = Person(app, world.other_gp)
    stranger.get(with_report.url)
    assert stranger.status == 404


def test_staff_and_sender_download_it_and_every_time_is_a_row_of_the_audit(app, world, gp, sent):
    row, desk = sent, Person(app, world.coordinator)
    reference = db.session.scalars(select(Referral.public_id)).one()
    desk.get(f"/inbox/{reference}")
    assert "Documents sent with it report.pdf" in desk.text
    for person, url in ((desk, f"/inbox/documents/{row.public_id}"),) * 2 + (
        (gp, f"/referrals/documents/{row.public_id}"),
    ):
        answer = person.client.get(url)
        assert (answer.status_code, answer.data, answer.content_type) == (200, PDF, "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "report" not in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    downloads = select(func.count()).where(AuditEvent.action == "attachment.downloaded")
    assert db.session.scalar(downloads) == 3


def test_nobody_else_finds_it(app, world, sent):
    row = sent
    for viewer, url in (
        (world.other_gp, f"/referrals/documents/{row.public_id}"),
        (a_world("Elsewhere").coordinator, f"/inbox/documents/{row.public_id}"),
        (world.gp, f"/inbox/documents/{row.public_id}"),
        (world.coordinator, f"/referrals/documents/{row.public_id}"),
    ):
        assert Person(app, viewer).client.get(url).status_code == 404


def test_neither_bytes_nor_name_lie_open_in_the_database(with_report):
    row = db.session.connection().exec_driver_sql("SELECT content, name FROM attachments").one()
    assert b"%PDF" not in bytes(row[0])
    assert "report" not in row[1]


def test_a_file_never_touches_the_disk_on_its_way_in(app):
    """Werkzeug's own stream would be a temporary file from half a megabyte on."""
    big = {"file": (BytesIO(b"x" * 2_000_000), "big.pdf")}
    with app.test_request_context("/", method="POST", data=big):
        assert type(request.files["file"].stream) is BytesIO


def test_a_draft_nobody_came_back_to_takes_its_documents_along(with_report):
    with time_machine.travel(now() + drafts.KEPT + timedelta(days=1)), acting_as(system("retention")) as by:
        assert drafts.remove_old(by=by) == 1
    assert kept() == []
