from datetime import timedelta

from clinic import wiring
from clinic.extensions import db, now
from clinic.notifications import delivery
from clinic.notifications.models import Message
from clinic.viewer import system
from clinic.worklist import services as worklist
from clinic.worklist.models import Alert


def raise_one(post):
    return worklist.raise_alert(
        kind="red_flag",
        patient_id=post.patient("Christabel"),
        cause_kind="inbound",
        cause_id=1,
        clinic_id=post.clinic_id,
        organisation_id=None,
        due_at=now() + timedelta(minutes=30),
        by=system("test"),
    )


def test_duty_hears_of_an_alert_by_text_and_e_mail_without_a_patients_data(wired):
    wired.tables.EVENTS["alert_raised"] = wiring.EVENTS["alert_raised"]
    raise_one(wired)
    assert delivery.deliver()["accepted"] == 2
    told = {m.channel: (m.sent_to, m.body) for m in wired.messages()}
    assert told["sms"][0] == "+447700900999"
    assert told["email"][0] == "duty@riverside.invalid"
    for _, body in told.values():
        assert "Christabel" not in body and "red" not in body


def test_an_alert_nobody_closed_is_told_again_once(wired):
    wired.tables.EVENTS["alert_raised"] = wiring.EVENTS["alert_raised"]
    wired.tables.EVENTS["alert_escalated"] = wiring.EVENTS["alert_escalated"]
    raise_one(wired)
    late = now() + timedelta(hours=1)
    for _ in range(2):
        worklist.escalate_due(moment=late, by=system("test"))
    texts = [m.text for m in db.session.scalars(db.select(Message).order_by(Message.id))]
    assert sorted(texts) == ["alert_duty", "alert_duty", "alert_escalated", "alert_escalated"]
    assert db.session.scalars(db.select(Alert.escalated_at)).one() == late
