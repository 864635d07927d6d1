"""The closed sets of words the case and the decision are written in."""

from enum import StrEnum


class Outcome(StrEnum):
    """What is suggested, in the order in which the first that applies wins."""

    DO_NOT_ENROL = "do_not_enrol"
    ASK = "ask"
    CLINICIAN_REVIEW = "clinician_review"
    HOLD = "hold"
    ONE_TO_ONE = "one_to_one"
    ASSESS_FIRST = "assess_first"
    SUGGEST_CLASS = "suggest_class"


class Phase(StrEnum):
    """How far healing has come, by the calendar from the anchor date."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Band(StrEnum):
    """How much help a person needs in class: never a prediction of falls (NICE NG249)."""

    LOW = "low"
    INTERMEDIATE = "intermediate"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0, 1, 2: more help is higher."""
        return _BAND_RANK[self]


_BAND_RANK = {Band.LOW: 0, Band.INTERMEDIATE: 1, Band.HIGH: 2}


class FlagState(StrEnum):
    """What is known of one red flag; yes beats review beats unknown beats no."""

    YES = "yes"
    REVIEW = "review"
    UNKNOWN = "unknown"
    NO = "no"


class Urgency(StrEnum):
    """How fast somebody outside must act on a red flag."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    URGENT = "urgent"
    ROUTINE = "routine"


class GateName(StrEnum):
    """The five doors that stay closed until something opens them."""

    GROUP_START = "group_start"
    PRONE = "prone"
    BONE_LOADING = "bone_loading"
    IMPACT = "impact"
    TAUGHT = "taught"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class Site(StrEnum):
    VERTEBRAL = "vertebral"
    HIP = "hip"
    WRIST = "wrist"
    OTHER = "other"


class Cause(StrEnum):
    FALL = "fall"
    LIFTING = "lifting"
    NONE = "none"
    OTHER_LOW_TRAUMA = "other_low_trauma"
    HIGH_TRAUMA = "high_trauma"


class ConfirmedBy(StrEnum):
    XRAY = "xray"
    CT = "ct"
    MRI = "mri"
    DXA_VFA = "dxa_vfa"
    NOT_CONFIRMED = "not_confirmed"


class DatedBy(StrEnum):
    PHYSIOTHERAPIST = "physiotherapist"
    IMAGING = "imaging"
    REFERRER = "referrer"
    PATIENT = "patient"


class Trend(StrEnum):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class TestName(StrEnum):
    TIMED_UP_AND_GO = "timed_up_and_go_s"
    CHAIR_STAND = "chair_stand_30s"
    GAIT_SPEED = "gait_speed_m_s"
    TANDEM_STANCE = "tandem_stance_s"


class Release(StrEnum):
    """The exercise gates a physiotherapist may open by name."""

    PRONE = "prone"
    BONE_LOADING = "bone_loading"
    IMPACT = "impact"


EXPLAINED = "explained"
