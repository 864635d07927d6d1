"""The same referral sent many times at once is one referral."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from clinic.referrals.models import Episode, IntakeReceipt, Referral
from tests.referrals.fhir.bundles import SR, bundle
from tests.referrals.fhir.conftest import Sender

SENDERS = 12


@pytest.mark.both_databases
def test_one_bundle_sent_at_once_by_many_is_one_referral(place):
    def send(turn: int):
        return Sender(place.app.test_client(), place.mine.key).post(bundle(), X_Request_ID=f"r-{turn % 3}")

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(SENDERS)))
    responses = [answer.get_json()["entry"][SR]["response"] for answer in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(response["status"] for response in responses).count("201 Created") == 1
    assert len({response["location"] for response in responses}) == 1
    counts = [place.look(select(func.count()).select_from(model))[0] for model in (Referral, Episode)]
    assert counts == [1, 1]
    assert place.look(select(func.count()).select_from(IntakeReceipt)) == [SENDERS]


@pytest.mark.both_databases
def test_of_many_withdrawals_with_one_etag_one_holds(place):
    location = place.mine.post(bundle()).get_json()["entry"][SR]["response"]["location"]
    public_id = location.split("/")[1]
    body = {
        "resourceType": "ServiceRequest",
        "id": public_id,
        "status": "revoked",
        "intent": "order",
        "subject": {"reference": "Patient/1"},
    }

    def withdraw(_: int) -> int:
        sender = Sender(place.app.test_client(), place.mine.key)
        return sender.put(body, f"/fhir/ServiceRequest/{public_id}", If_Match='W/"1"').status_code

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = sorted(pool.map(withdraw, range(SENDERS)))
    assert answers == [200] + [412] * (SENDERS - 1)
