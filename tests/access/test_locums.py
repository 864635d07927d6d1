"""A locum's account ends by itself, and an invitation's link goes to the work address once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from clinic.access import services, sessions
from clinic.access.models import Role
from clinic.access.services import AccessProblem
from clinic.extensions import at, db, transaction
from clinic.notifications import invitations
from clinic.notifications.models import Message, MessageState
from clinic.notifications.outbox import NotDue
from clinic.viewer import acting_as, system
from tests import factories

BY = system("test")
NOON = datetime(2026, 7, 1, 11, tzinfo=UTC)
LAST = date(2026, 7, 3)
LAST_MINUTE = datetime(2026, 7, 3, 22, 59, tzinfo=UTC)  # one minute to midnight in the clinic
MIDNIGHT = datetime(2026, 7, 3, 23, 0, tzinfo=UTC)


@pytest.fixture
def clinic(app_context):
    return factories.a_clinic()


def invite(clinic, **more):
    with at(NOON):
        return services.add_user(
            email="lo@clinic.invalid", name="Lo Cum", role=Role.INSTRUCTOR, clinic=clinic, by=BY, **more
        )


def a_locum(clinic):
    return invite(clinic, password=factories.PASSWORD, last_day=LAST)[0]


def planned() -> list[Message]:
    with acting_as(BY):
        return list(db.session.scalars(select(Message).order_by(Message.id)))


@pytest.mark.parametrize(("moment", "inside"), [(LAST_MINUTE, True), (MIDNIGHT, False)])
def test_a_locum_signs_in_until_the_end_of_the_last_day(clinic, moment, inside):
    a_locum(clinic)
    with at(moment):
        found = services.authenticate(email="lo@clinic.invalid", password=factories.PASSWORD)
    assert (found is not None) is inside


def test_a_session_that_is_open_at_midnight_is_over(clinic):
    user = a_locum(clinic)
    with at(LAST_MINUTE):
        token = sessions.begin(user=user, by=BY)
        assert sessions.user_of(token) == user
    with at(MIDNIGHT):
        assert sessions.user_of(token) is None


def test_a_last_day_that_has_passed_is_refused(clinic):
    with pytest.raises(AccessProblem, match="last day has passed"):
        invite(clinic, last_day=date(2026, 6, 30))


def test_the_link_goes_to_the_work_address(clinic):
    user, token = invite(clinic)
    (message,) = planned()
    assert (message.channel, message.recipient_kind, message.recipient_id) == ("email", "user", user.id)
    assert message.facts["link"].endswith(f"/invitation/{token}")
    assert message.expires_at == user.invite_until


def test_somebody_with_a_password_is_sent_nothing(clinic):
    a_locum(clinic)
    assert planned() == []


def test_a_second_link_takes_the_place_of_the_first(clinic):
    user, _ = invite(clinic)
    with at(NOON):
        services.invite_again(user=user, by=BY)
    assert [message.state for message in planned()] == [MessageState.SUPERSEDED, MessageState.PLANNED]


def test_an_invitation_that_was_used_is_not_sent(clinic):
    user, token = invite(clinic)
    with at(NOON):
        services.accept_invitation(token=token, password="harbour violin teapot")
        assert invitations.facts([user.id]) == {user.id: NotDue("invitation_over")}


def test_no_token_stands_where_it_could_be_read(clinic):
    _, token = invite(clinic)
    with acting_as(BY), transaction():
        raw = db.session.execute(text("SELECT facts FROM messages")).scalars().all()
    assert raw
    assert token not in str(raw)
