"""Letters out as DocumentReference and PDF, documents in by the same and by Binary: own organisation only."""

from base64 import b64decode, b64encode

import pytest
from sqlalchemy import select

from clinic.access import services as access
from clinic.extensions import db
from clinic.referrals.fhir.attached import AS_SENT, KEPT
from clinic.referrals.models import Episode, IntakeReceipt, Letter, Referral
from clinic.referrals.paper import Attachment, LetterDelivery, LetterStep
from clinic.viewer import acting_as, system
from tests.referrals.factories import TEST, accept
from tests.referrals.fhir.bundles import bundle, entry, issues
from tests.referrals.fhir.conftest import Sender
from tests.referrals.letter_box import a_surgery, registered_with
from tests.referrals.pdf_text import read
from tests.referrals.test_attachments_content import PDF, a_jpeg, a_png

REPORT = b64encode(PDF).decode()


def attached(document: dict, *more: dict, value: str = "A-1") -> dict:
    """A Bundle with a DocumentReference of one attachment, and other resources behind it."""
    found = bundle(value)
    reference = {
        "resourceType": "DocumentReference",
        "status": "current",
        "description": "Imaging report",
        "content": [{"attachment": document}],
    }
    for resource in (reference, *more):
        found["entry"].append(entry(len(found["entry"]), resource))
    return found


def told(answer) -> list[str]:
    return [issue["diagnostics"] for issue in issues(answer)]


def test_the_pdf_of_a_letter_is_fetched_as_json_and_as_the_file_itself(place):
    place.mine.post(bundle())
    (letter,) = place.look(select(Letter))
    document = place.mine.get(f"/fhir/DocumentReference/{letter.public_id}").get_json()
    text, pdf = (content["attachment"] for content in document["content"])
    assert b64decode(text["data"]).decode() == letter.body
    assert (pdf["contentType"], pdf["title"]) == ("application/pdf", "Referral received")
    address = "/fhir" + pdf["url"].partition("/fhir")[2]
    wrapped = place.mine.get(address).get_json()
    raw = place.mine.get(address, Accept="application/pdf")
    assert raw.content_type == "application/pdf"
    assert raw.headers["Content-Disposition"].startswith("attachment;")
    assert raw.headers["Content-Security-Policy"].startswith("sandbox")
    assert b64decode(wrapped["data"]) == raw.data
    assert "Grace Okafor" in read(raw.data).text


def test_another_organisation_finds_neither_document_nor_pdf_nor_list(place):
    place.mine.post(bundle())
    (letter,) = place.look(select(Letter))
    for address in (f"DocumentReference/{letter.public_id}", f"Binary/{letter.public_id}"):
        assert place.theirs.get(f"/fhir/{address}").status_code == 404
        assert place.theirs.get(f"/fhir/{address}", Accept="application/pdf").status_code in (404, 406)
    assert place.theirs.get("/fhir/DocumentReference?date=ge2026-01-01").get_json()["total"] == 0
    assert place.mine.browser.get(f"/fhir/Binary/{letter.public_id}").status_code == 401


def test_fetching_is_written_down_once_a_client_and_ends_the_letters_way(place):
    place.mine.post(bundle())
    (letter,) = place.look(select(Letter))
    for _ in range(2):
        place.mine.get(f"/fhir/Binary/{letter.public_id}")
        place.mine.get("/fhir/DocumentReference?date=ge2026-01-01")
    (step,) = place.look(select(LetterStep))
    assert (step.step, step.user_id) == ("collected", None)
    assert step.client_id is not None
    (way,) = place.look(select(LetterDelivery))
    assert way.arrived_at is not None


def test_a_registered_practice_that_did_not_refer_finds_its_letters_by_day(place):
    public_id = place.mine.post(bundle()).get_json()["entry"][0]["response"]["location"].split("/")[1]
    with place.app.app_context(), acting_as(system("tests")):
        row = db.session.scalars(select(Referral)).one()
        registered_with(row.patient, place.world.other_practice)
        accept(place.world, row)
    (found,) = place.theirs.get("/fhir/DocumentReference?date=ge2026-01-01").get_json()["entry"]
    resource = found["resource"]
    assert resource["subject"]["identifier"]["value"] == "9990000018"
    assert place.theirs.get(f"/fhir/DocumentReference/{resource['id']}").get_json() == resource
    assert place.theirs.get(f"/fhir/ServiceRequest/{public_id}").status_code == 404
    assert place.theirs.get(f"/fhir/DocumentReference?subject=Patient/{public_id}").get_json()["total"] == 0


def test_a_key_alone_makes_a_practice_one_that_collects(place):
    """Nobody signs in there, but its system fetches: nothing has to be posted."""
    with place.app.app_context(), acting_as(TEST):
        surgery = a_surgery(place.world)
        key = access.add_client(name="Records", organisation=surgery, by=TEST)
    place.mine.post(bundle())
    with place.app.app_context(), acting_as(system("tests")):
        row = db.session.scalars(select(Referral)).one()
        registered_with(row.patient, surgery)
        accept(place.world, row)
    sender = Sender(place.app.test_client(), key)
    assert sender.get("/fhir/DocumentReference?date=ge2026-01-01").get_json()["total"] == 1


@pytest.mark.parametrize("day", ["2026-13-01", "ge", "x", "lt2026-01-01"])
def test_a_day_that_is_none_is_said(place, day):
    assert place.mine.get(f"/fhir/DocumentReference?date={day}").status_code == 400


@pytest.mark.both_databases
def test_a_document_comes_with_its_data_or_with_a_binary_of_the_bundle(place):
    picture = {"resourceType": "Binary", "contentType": "image/png", "data": b64encode(a_png()).decode()}
    sent = attached({"contentType": "application/pdf", "data": REPORT, "title": "X-ray.pdf"}, picture)
    sent["entry"][8]["resource"]["content"].append({"attachment": {"url": sent["entry"][9]["fullUrl"]}})
    answer = place.mine.post(sent)
    assert answer.status_code == 200
    assert told(answer).count(KEPT) == 2
    kept = place.look(select(Attachment).order_by(Attachment.id))
    assert [(row.name, row.kind) for row in kept] == [("X-ray.pdf", "pdf"), ("Imaging report.png", "png")]
    (referral,) = place.look(select(Referral))
    assert {row.referral_id for row in kept} == {referral.id}


def test_a_binary_nobody_names_is_kept_too(place):
    found = bundle()
    data = b64encode(a_jpeg()).decode()
    found["entry"].append(entry(8, {"resourceType": "Binary", "contentType": "image/jpeg", "data": data}))
    assert KEPT in told(place.mine.post(found))
    assert [row.kind for row in place.look(select(Attachment))] == ["jpeg"]


@pytest.mark.parametrize(
    "document",
    [
        {"contentType": "application/pdf", "data": b64encode(b"MZ a program").decode()},
        {"contentType": "application/pdf", "data": b64encode(PDF + b"PK\x03\x04").decode()},
        {"contentType": "image/png", "data": b64encode(a_png(60_000, 60_000)).decode()},
        {"contentType": "text/plain", "data": "SGVsbG8="},
        {"contentType": "application/pdf"},
    ],
)
def test_what_cannot_be_kept_never_refuses_the_referral_and_is_told(place, document):
    answer = place.mine.post(attached(document))
    assert answer.status_code == 200
    assert any(words.endswith(AS_SENT) for words in told(answer))
    assert place.look(select(Attachment)) == []


def test_a_wrong_type_does_not_matter_and_the_name_says_what_it_is(place):
    place.mine.post(attached({"contentType": "image/png", "data": REPORT, "title": "../scan.exe"}))
    assert [(row.kind, row.name) for row in place.look(select(Attachment))] == [("pdf", "scan.pdf")]


def test_documents_are_content_so_the_same_identifier_with_others_is_a_conflict(place):
    first = attached({"data": REPORT})
    place.mine.post(first)
    assert place.mine.post(first).status_code == 200
    other = attached({"data": b64encode(a_png()).decode()})
    for changed in (other, bundle()):  # another one, none at all
        answer = place.mine.post(changed)
        assert (answer.status_code, answer.get_json()["issue"][0]["code"]) == (409, "conflict")
    assert [row.kind for row in place.look(select(Attachment))] == ["pdf"]
    assert len(place.look(select(IntakeReceipt))) == 2  # the two that were answered 200


def test_a_further_document_comes_with_an_identifier_of_its_own_and_joins(place):
    place.mine.post(attached({"data": REPORT}))
    later = attached({"data": b64encode(a_png()).decode()})
    later["entry"][0]["resource"]["identifier"][0]["value"] = "A-2"
    assert place.mine.post(later).status_code == 200
    assert [row.kind for row in place.look(select(Attachment).order_by(Attachment.id))] == ["pdf", "png"]
    assert len(place.look(select(Episode))) == 1


def test_six_documents_are_five(place):
    pages = [{"attachment": {"data": b64encode(a_png(2, n)).decode()}} for n in range(1, 7)]
    sent = attached({"data": ""})
    sent["entry"][8]["resource"]["content"] = pages
    answer = place.mine.post(sent)
    assert len(place.look(select(Attachment))) == 5
    assert any(words.startswith("More than 5 documents.") for words in told(answer))


def test_trying_stores_no_document(place):
    assert place.mine.post(attached({"data": REPORT}), "/fhir/$triage").status_code == 200
    assert place.look(select(Attachment)) == []
