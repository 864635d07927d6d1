"""The same referral as other good systems send it; each is taken, and says something that must be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.referrals.fhir.bundles import (
    ANSWERS,
    CONDITION,
    ORGANISATION,
    PATIENT,
    SR,
    TUG,
    answers,
    bundle,
    entry,
    no_flags,
    observation,
    resource,
    url,
)
from tests.referrals.fhir.shapes import (
    CASE,
    arms,
    blood_pressure,
    change,
    contained,
    extensions,
    more,
    nested,
    only_flags,
    restful,
    yes_no,
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """A Bundle, and what the stored case or person must say: dotted paths and values."""

    make: Callable[[], Json]
    case: dict[str, Any]
    person: dict[str, Any]


def variant(make: Callable[[Json], Any], case: Json | None = None, **person: Any) -> Variant:
    def made() -> Json:
        document = bundle()
        make(document)
        return document

    return Variant(made, case or {}, person)


VARIANTS: dict[str, Variant] = {
    "everything contained": variant(contained, {"fracture.site": "vertebral"}, family_name="Okafor"),
    "addresses and ids": variant(restful, {"fracture.levels": ["T12"]}, given_name="Grace"),
    "extensions, narrative, profiles": variant(extensions, family_name="Okafor"),
    "a plan": variant(change(SR, intent="plan")),
    "a proposal": variant(change(SR, intent="proposal")),
    "an original order": variant(change(SR, intent="original-order")),
    "an urgent request": variant(change(SR, priority="asap")),
    "a requester by name only": variant(change(SR, requester={"display": "Dr Shah"})),
    "a requesting organisation": variant(change(SR, requester={"reference": url(ORGANISATION)})),
    "our clinic by name": variant(change(SR, performer=[{"display": "Some other service"}])),
    "patients put, not posted": variant(
        lambda d: d["entry"][PATIENT].update(
            request={
                "method": "PUT",
                "url": "Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018",
            }
        )
    ),
    "a name in one text": variant(
        change(PATIENT, name=[{"text": "Grace Ada Okafor"}]), given_name="Grace Ada"
    ),
    "several names, one old": variant(
        change(
            PATIENT,
            name=[
                {"use": "maiden", "family": "Eze", "given": ["Grace"]},
                {"use": "official", "family": "Okafor", "given": ["Grace", "Ada"]},
            ],
        ),
        given_name="Grace Ada",
        family_name="Okafor",
    ),
    "a landline and an e-mail": variant(
        change(
            PATIENT,
            telecom=[
                {"system": "email", "value": "g@x.example"},
                {"system": "phone", "value": "tel:0113 496 0123"},
            ],
        ),
        landline="+441134960123",
    ),
    "an address and no phone": variant(
        lambda d: (
            resource(d, PATIENT).pop("telecom"),
            change(PATIENT, address=[{"line": ["1 Birch Lane"], "postalCode": "ZZ99 3WZ"}])(d),
        ),
        address="1 Birch Lane",
        postcode="ZZ99 3WZ",
    ),
    "a daughter's phone": variant(
        lambda d: (
            resource(d, PATIENT).pop("telecom"),
            change(
                PATIENT,
                contact=[
                    {
                        "relationship": [{"text": "daughter"}],
                        "name": {"family": "Okafor", "given": ["Ify"]},
                        "telecom": [{"system": "phone", "value": "07700 900456"}],
                    }
                ],
            )(d),
        ),
        mobile="+447700900456",
        carer={"name": "Ify Okafor", "relationship": "daughter", "authority": "not recorded"},
    ),
    "an NHS number with spaces": variant(
        lambda d: resource(d, PATIENT)["identifier"][0].update(value="999 000 0018"), nhs_number="9990000018"
    ),
    "no NHS number": variant(lambda d: resource(d, PATIENT).pop("identifier"), family_name="Okafor"),
    "a diagnosis in words": variant(
        change(CONDITION, code={"text": "Wedge fracture of L1"}, bodySite=[]),
        {"fracture.site": "vertebral", "fracture.levels": ["L1"]},
    ),
    "a month of onset": variant(change(CONDITION, onsetDateTime="2026-07"), {"fracture.date": "2026-07"}),
    "more diagnoses": variant(
        more(
            {
                "resourceType": "Condition",
                "subject": {"reference": url(PATIENT)},
                "code": {"text": "Osteoporosis"},
            }
        ),
        {"fracture.site": "vertebral"},
    ),
    "blood pressure and pulse": variant(
        more(blood_pressure(), observation("8867-4", valueQuantity={"value": 72, "unit": "/min"})),
        {"observations.systolic": 150, "observations.diastolic": 85, "observations.pulse": 72},
    ),
    "a chair stand with arms": variant(more(arms(True)), {"tests.chair_stand_30s.used_arms": True}),
    "a gait speed": variant(
        more(observation("83172-7", valueQuantity={"value": 0.9, "code": "m/s"})),
        {"tests.gait_speed_m_s.value": 0.9},
    ),
    "a stance tried and not managed": variant(
        more(
            observation(
                "tandem_stance_s", CASE, dataAbsentReason={"coding": [{"system": CASE, "code": "unable"}]}
            )
        ),
        {"tests.tandem_stance_s.unable": True},
    ),
    "a test not done": variant(
        more(observation("66247-8", dataAbsentReason={"coding": [{"code": "not-performed"}]}))
    ),
    "a frailty score by our own code": variant(
        more(observation("frailty.clinical_frailty_scale", CASE, valueInteger=4)),
        {"frailty.clinical_frailty_scale": 4},
    ),
    "an observation entered in error": variant(
        more(observation("83172-7", status="entered-in-error", valueQuantity={"value": 0.1, "code": "m/s"})),
        {"tests.gait_speed_m_s": None},
    ),
    "a code we do not read": variant(more(observation("90265-0", valueQuantity={"value": 21, "code": "%"}))),
    "questions in groups": variant(nested, {"pain.rest": 2}),
    "flags as coded no": variant(
        only_flags(yes_no("N", "http://terminology.hl7.org/CodeSystem/v2-0136")), {"flags.infection": False}
    ),
    "flags as SNOMED no": variant(
        only_flags(yes_no("373067005", "http://snomed.info/sct")), {"flags.infection": False}
    ),
    "flags as asked, not known": variant(
        only_flags(yes_no("asked-unknown", "http://terminology.hl7.org/CodeSystem/data-absent-reason")),
        {"flags.infection": None},
    ),
    "flags as written no": variant(
        only_flags(answers(**dict.fromkeys(no_flags(), "No"))), {"flags.infection": False}
    ),
    "an image and its report": variant(
        more(
            {
                "resourceType": "DiagnosticReport",
                "status": "final",
                "code": {"text": "X-ray of the spine"},
                "subject": {"reference": url(PATIENT)},
                "conclusion": "Wedge fracture of T12",
            }
        )
    ),
    "an explained flag": variant(
        only_flags(answers(**{**no_flags(), "flags__heart_or_pressure": "explained"})),
        {"flags.heart_or_pressure": "explained"},
    ),
    "questions of another form": variant(
        lambda d: resource(d, ANSWERS)["item"].append(
            {"linkId": "7.2", "answer": [{"valueString": "likes tea"}]}
        ),
        {"pain.rest": 2},
    ),
    "what only our staff can say": variant(
        lambda d: resource(d, ANSWERS)["item"].extend(answers(progress__released="impact")),
        {"progress.released": None},
    ),
    "consent, medicines, an attachment": variant(
        more(
            {
                "resourceType": "Consent",
                "status": "active",
                "scope": {"text": "referral"},
                "category": [{"text": "referral"}],
                "patient": {"reference": url(PATIENT)},
                "policyRule": {"text": "local"},
            },
            {
                "resourceType": "MedicationStatement",
                "status": "active",
                "medicationCodeableConcept": {"text": "Alendronic acid"},
                "subject": {"reference": url(PATIENT)},
            },
            {
                "resourceType": "DocumentReference",
                "status": "current",
                "content": [{"attachment": {"contentType": "text/plain", "data": "SGVsbG8="}}],
            },
        )
    ),
    "a moment late in the evening": variant(
        change(TUG, effectiveDateTime="2026-07-01T23:30:00Z"), {"tests.timed_up_and_go_s.on": "2026-07-02"}
    ),
    "entries in another order": variant(lambda d: d["entry"].reverse(), {"pain.rest": 2}),
    "a whole 40 entries": variant(
        lambda d: d["entry"].extend(
            entry(n, observation("8867-4", valueQuantity={"value": 70, "code": "/min"})) for n in range(8, 40)
        ),
        {"observations.pulse": 70},
    ),
}
