"""A BaRS message is the same referral in another envelope."""

from sqlalchemy import func, select

from clinic.referrals.models import Referral
from tests.referrals.fhir.bundles import bundle, message, where

PATH = "/fhir/$process-message"


def parts(answer) -> list[dict]:
    return [one["resource"] for one in answer.get_json()["entry"]]


def test_a_message_is_received_and_answered_with_the_referral(place):
    answer = place.mine.post(message(), PATH)
    header, request, outcome = parts(answer)
    assert (answer.status_code, header["response"]) == (200, {"identifier": "m-1", "code": "ok"})
    assert place.mine.get(f"/fhir/ServiceRequest/{request['id']}").status_code == 200
    assert [i["severity"] for i in outcome["issue"]][0] == "information"


def test_a_red_flag_comes_first_in_a_message_too(place):
    _, _, outcome = parts(place.mine.post(message(flags__cord_or_nerve=True), PATH))
    assert outcome["issue"][0]["details"]["coding"][0]["code"] == "RF2"
    assert outcome["issue"][0]["severity"] == "error"


def test_a_message_that_came_before_is_a_duplicate_in_either_envelope(place):
    place.mine.post(message(), PATH)
    again = place.mine.post(message(), PATH)
    assert (again.status_code, again.get_json()["issue"][0]["code"]) == (409, "duplicate")
    assert place.mine.post(bundle()).status_code == 200
    assert place.look(select(func.count()).select_from(Referral)) == [1]


def test_a_transaction_is_no_message_and_an_update_is_not_taken(place):
    assert place.mine.post(bundle(), PATH).status_code == 422
    update = message()
    update["entry"][0]["resource"]["reason"]["coding"][0]["code"] = "update"
    assert where(place.mine.post(update, PATH)) == ["Bundle.entry[0].resource.reason"]
    booking = message()
    booking["entry"][0]["resource"]["eventCoding"]["code"] = "booking-request"
    assert where(place.mine.post(booking, PATH)) == ["Bundle.entry[0].resource.eventCoding"]
    bare = message()
    del bare["entry"][0]
    assert where(place.mine.post(bare, PATH)) == ["Bundle.entry[0].resource"]
