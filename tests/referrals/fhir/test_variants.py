"""What other good systems send is taken and understood."""

from sqlalchemy import select

from clinic.referrals.models import Referral
from tests.referrals.fhir.bundles import issues
from tests.referrals.fhir.variants import VARIANTS


def said(case: dict, path: str):
    """A fact of a case; `tests.NAME.KEY` looks into the test of that name."""
    first, *rest = path.split(".")
    if first == "tests":
        found = next((test for test in case["tests"] if test["name"] == rest[0]), None)
        return found if found is None or len(rest) == 1 else found[rest[1]]
    return case.get(first, {}).get(rest[0])


def test_the_variants_are_many():
    assert len(VARIANTS) >= 40


def test_every_variant_is_taken_and_understood(place):
    place.app.config["FHIR_RATE"] = "100000 per minute"
    found = []
    for number, (name, variant) in enumerate(VARIANTS.items()):
        document = variant.make()
        for one in document["entry"]:
            if one["resource"]["resourceType"] == "ServiceRequest":
                one["resource"]["identifier"][0]["value"] = f"V-{number}"
        answer = place.mine.post(document)
        if answer.status_code != 200:
            found.append(f"{name}: {answer.status_code} {issues(answer)}")
            continue
        (row,) = place.look(select(Referral).where(Referral.sender_value == f"V-{number}"))
        for path, value in variant.case.items():
            if said(row.case, path) != value:
                found.append(f"{name}: {path} is {said(row.case, path)}")
        for key, value in variant.person.items():
            if row.person.get(key) != value:
                found.append(f"{name}: {key} is {row.person.get(key)}")
    assert found == []
