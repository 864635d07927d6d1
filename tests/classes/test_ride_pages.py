"""Writing down a ride, putting it right and ending it, through the pages."""

import pytest
import time_machine

from clinic.classes import queries, seats, standing
from clinic.classes.takes import StandingTake
from clinic.extensions import transaction
from clinic.viewer import acting_as
from tests import factories
from tests.classes.factories import BY, NOW, TODAY, a_class, a_clinic, a_person


@pytest.fixture
def ride(app, client):
    """The addresses of Ada's rides and of her first place's ride, for a coordinator who is signed in."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context(), acting_as(BY):
            clinic = a_clinic()
            ada, row = a_person(clinic), a_class(clinic)
            with transaction():
                seats.change(takes=[StandingTake(row.id, ada.id, TODAY)], by=BY, now=NOW)
                standing.settle(episode_id=ada.id, by=BY, now=NOW)
            place = queries.coming_places(ada.id, NOW)[0].id
            email, patient = factories.a_member_of_staff(clinic).email, ada.patient_id
        factories.sign_in(client, email)
        yield f"/patients/{patient}/rides", f"/places/{place}/ride"


def send(client, address, form_on=None, **typed):
    token = factories.csrf(client.get(form_on or address).text)
    return client.post(address, data={"csrf_token": token, **typed})


def test_a_ride_is_written_down_shown_and_ended(client, ride):
    rides, one = ride
    assert send(client, one, booked_with="Invented Taxis", pick_up="09:45").location == rides
    assert "Invented Taxis" in client.get(rides).text
    assert 'value="09:45"' in client.get(one).text
    send(client, f"{one}/cancel", form_on=rides)
    assert "Invented Taxis" not in client.get(rides).text


def test_what_was_typed_is_kept_when_the_driver_is_missing(client, ride):
    answer = send(client, ride[1], reference="R-77")
    assert (answer.status_code, "Enter who drives" in answer.text) == (422, True)
    assert "R-77" in answer.text


def test_another_clinics_place_has_no_ride_page(app, client, ride):
    with app.app_context(), acting_as(BY):
        stranger = factories.a_member_of_staff(factories.a_clinic("Second")).email
    other = factories.sign_in(app.test_client(), stranger)
    assert other.get(ride[1]).status_code == other.get(ride[0]).status_code == 404
