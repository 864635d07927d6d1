"""The eleven red flags: how each is asked, how fast it is, and what the referrer is told."""

from dataclasses import dataclass

from clinic.referrals.rules.words import Urgency


@dataclass(frozen=True, slots=True)
class Flag:
    """One red flag. `question` is for a clinician, `patient_question` for the phone.

    `emergency_first`: not knowing it is asked about before anything else, the same working day (A18).
    `explainable`: a named clinician may have explained a long-standing symptom (A19).
    """

    id: str
    key: str
    question: str
    patient_question: str
    urgency: Urgency
    tell_referrer: str
    stops: bool = False
    emergency_first: bool = False
    explainable: bool = False

    @property
    def path(self) -> str:
        """Where its answer stands in a case."""
        return f"flags.{self.key}"


FLAGS: tuple[Flag, ...] = (
    Flag(
        "RF1",
        "cauda_equina",
        "New or worse since the fracture: bladder or bowel change, saddle numbness, weakness of both "
        "legs, or sexual dysfunction",
        "Since you hurt your back, is there anything new or worse with passing water or opening your "
        "bowels, any numbness between your legs, weakness in both legs, or a change in sexual feeling?",
        Urgency.EMERGENCY,
        "Send to the emergency department now, with a request for MRI: possible cauda equina syndrome. "
        "Not for class.",
        stops=True,
        emergency_first=True,
    ),
    Flag(
        "RF2",
        "cord_or_nerve",
        "New or worse since the fracture: weakness, numbness, change of walking, or leg pain",
        "Since you hurt your back, is there any new or worse weakness, numbness or tingling, pain down a"
        " leg, or a change in how you walk?",
        Urgency.SAME_DAY,
        "Same-day emergency department or spinal team: possible pressure on the cord or a nerve. Not for"
        " class.",
        stops=True,
        emergency_first=True,
    ),
    Flag(
        "RF3",
        "cancer",
        "Known cancer, or new since the fracture: weight loss, night pain, anaemia, raised calcium, or "
        "pain at several sites",
        "Have you ever had cancer? Since you hurt your back, have you lost weight without trying, or had"
        " pain that wakes you at night or pain in several places?",
        Urgency.URGENT,
        "Do not enrol. Urgent suspected-cancer work-up including myeloma; if cancer is known, ring the "
        "metastatic cord compression coordinator.",
        stops=True,
    ),
    Flag(
        "RF4",
        "infection",
        "New or worse since the fracture: fever, rigors, immune suppression, injected drugs, recent "
        "infection or procedure, or raised CRP",
        "Since you hurt your back, have you had a fever, shivering, an infection or an operation, or "
        "started a medicine that lowers your defences?",
        Urgency.SAME_DAY,
        "Same-day medical assessment for spinal infection. Not for class.",
        stops=True,
        emergency_first=True,
    ),
    Flag(
        "RF5",
        "unstable_fracture",
        "High-energy injury, burst fracture or retropulsion, unstable fracture, or restrictions by a surgeon",
        "Did you break your back in a heavy accident, or has a surgeon told you that it is unstable or "
        "that there are things you must not do?",
        Urgency.URGENT,
        "The spinal team must first state in writing that the fracture is stable and that exercise is safe.",
        stops=True,
        emergency_first=True,
    ),
    Flag(
        "RF6",
        "severe_pain",
        "New or worse since the fracture: severe or uncontrolled pain, or pain not better after six weeks",
        "Is your back pain severe, getting worse, or no better than six weeks ago?",
        Urgency.ROUTINE,
        "Pain review and a new image; consider whether a cement procedure would help. We resume when the"
        " pain is controlled.",
        explainable=True,
    ),
    Flag(
        "RF7",
        "blackouts",
        "New or worse since the fracture: blackouts, drop attacks or unexplained loss of consciousness",
        "Have you blacked out, fainted or dropped to the ground without warning?",
        Urgency.URGENT,
        "Cardiac or falls clinic before group exercise.",
        explainable=True,
    ),
    Flag(
        "RF8",
        "heart_or_pressure",
        "New, worse or not under control: angina, heart failure, heart rhythm, blood pressure of 180/100"
        " or more, pulse over 100, diabetes, severe aortic stenosis, recent embolism or heart attack",
        "Do you have new or worse chest pain, breathlessness, a racing heart, or blood pressure or "
        "diabetes that is not under control?",
        Urgency.URGENT,
        "Please treat and confirm control, then tell us: the place in the queue is kept.",
        explainable=True,
    ),
    Flag(
        "RF9",
        "not_this_fracture",
        "The fracture is not confirmed by imaging, or is caused by another disease (osteopenia, or no "
        "DXA yet, is in scope)",
        "Has a doctor told you that your back bone is not broken, or that another illness broke it?",
        Urgency.ROUTINE,
        "Please send the imaging report, or tell us what caused the fracture. On hold until then.",
        explainable=True,
    ),
    Flag(
        "RF10",
        "cannot_follow",
        "Cannot follow instructions even with support, no consent or capacity decision, or acute delirium",
        "Even with somebody helping you, would it be hard for you to follow an exercise shown to you?",
        Urgency.ROUTINE,
        "We can offer one-to-one or carer-supported exercise: who can consent or come along?",
        explainable=True,
    ),
    Flag(
        "RF11",
        "dizziness_or_sight",
        "New or worse since the fracture: dizziness on standing, or an uncontrolled balance or sight problem",
        "Do you get dizzy when you stand up, or have new or worse trouble with your balance or your sight?",
        Urgency.ROUTINE,
        "Lying and standing blood pressure and a review of medicines, please.",
        explainable=True,
    ),
)

BY_ID = {flag.id: flag for flag in FLAGS}
BY_KEY = {flag.key: flag for flag in FLAGS}
