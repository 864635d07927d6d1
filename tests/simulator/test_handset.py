"""The page of handsets, with plain requests: what JavaScript adds is looked at in the browser suite."""

import re

import requests

from tests.simulator.rig import PATIENT, until


def page(rig, **query):
    return requests.get(rig.url, params=query, timeout=5).text


def piece(rig, label):
    phone = rig.handle.simulator.phones.search(label)[0]
    return requests.get(f"{rig.url}/phones/{phone.id}", timeout=5).text


def write(rig, headers=None, **form):
    phone = rig.handle.simulator.phones.search("Okafor")[0]
    url = f"{rig.url}/phones/{phone.id}/replies"
    return requests.post(url, data=form, headers=headers, allow_redirects=False, timeout=5)


def test_named_phones_are_there_from_the_start_the_duty_phone_too(rig):
    assert re.findall(r"<h2[^>]*>([^<]+)", page(rig)) == ["Mrs Okafor", "Duty"]


def test_a_phone_nobody_named_appears_with_its_first_text(rig):
    rig.text("Welcome", to="+447700900777")
    until(rig.settled)
    assert "+447700900777</h2>" in page(rig) and "Welcome" in page(rig)


def test_a_delivered_text_is_read_on_its_phone_only(rig):
    rig.text("Tuesday 10:30?\nReply 1")
    until(rig.settled)
    assert "Tuesday 10:30?\nReply 1" in piece(rig, "Okafor")
    assert "Tuesday" not in piece(rig, "Duty")


def test_a_reply_by_the_plain_form_reaches_the_clinic_and_comes_back_to_the_phone(rig, clinic):
    answer = write(rig, body="  DONE, thanks ", q="Oka")

    assert answer.status_code == 303 and answer.headers["Location"] == "/?q=Oka#phone-1"
    until(lambda: clinic.received)
    assert clinic.received[0].form["Body"] == "DONE, thanks"
    assert "DONE, thanks" in piece(rig, "Okafor")


def test_a_quick_button_sends_its_word_whatever_is_in_the_box(rig, clinic):
    write(rig, body="half a sen", quick="PAIN 7")
    until(lambda: clinic.received)
    assert clinic.received[0].form["Body"] == "PAIN 7"


def test_an_empty_reply_sends_nothing(rig, clinic):
    assert write(rig, body="   ").status_code == 303
    assert rig.settled() and clinic.received == []


def test_a_text_is_shown_and_never_run(rig):
    write(rig, body="<script>alert(1)</script>")
    assert "<script>alert" not in page(rig)
    assert "&lt;script&gt;alert(1)" in page(rig)


def test_sixty_phones_are_searched_by_name_and_by_number(rig):
    named = [{"number": f"+4477009002{number:02}", "label": f"Patient {number}"} for number in range(60)]
    rig.sim("POST", "phones", named)
    rig.handle.name_phones((("+447700900242", "Patient 42, renamed"),))

    assert re.findall(r"<h2[^>]*>([^<]+)", page(rig, q="patient 42")) == ["Patient 42, renamed"]
    assert re.findall(r"<h2[^>]*>([^<]+)", page(rig, q="07700 900 242")) == ["Patient 42, renamed"]
    assert re.findall(r"<h2[^>]*>([^<]+)", page(rig, q="%")) == []


def test_the_page_asks_for_changes_by_the_number_of_the_last_text(rig):
    newest = int(re.search(r'data-newest="(\d+)"', page(rig))[1])
    rig.text()
    until(rig.settled)

    changes = requests.get(f"{rig.url}/changes?after={newest}", timeout=5).json()
    assert changes == {"newest": newest + 1, "phones": [1]}
    assert requests.get(f"{rig.url}/changes?after={newest + 1}", timeout=5).json()["phones"] == []


def test_reading_changes_nothing(rig):
    before = rig.handle.simulator.phones.newest()
    page(rig)
    assert (rig.handle.simulator.phones.newest(), rig.accepts()) == (before, [])


def test_another_site_cannot_write_as_somebody_or_script_a_fault(rig, clinic):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert write(rig, headers=elsewhere, body="2").status_code == 403
    assert requests.post(f"{rig.url}/_sim/faults", json=[], headers=elsewhere, timeout=5).status_code == 403
    assert rig.settled() and clinic.received == []


def test_scripts_run_by_nonce_only_and_nothing_is_stored(rig):
    answer = requests.get(rig.url, timeout=5)
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r'<script[^>]*nonce="([^"]+)"', answer.text)[1]
    assert (
        f"script-src 'nonce-{nonce}'" in policy and "default-src 'none'" in policy and "unsafe" not in policy
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert nonce not in requests.get(rig.url, timeout=5).text


def test_each_box_and_button_says_whose_phone_it_is(rig):
    html = piece(rig, "Okafor")
    assert re.search(r'<label for="body-1">Reply <span class="hidden">from Mrs Okafor</span>', html)
    assert 'Send <span class="hidden">from Mrs Okafor</span>' in html
    assert re.findall(r'name="quick" value="([^"]+)"', html) == ["1", "2", "DONE", "PAIN 7"]


def test_a_number_of_the_phone_is_in_no_address(rig):
    assert PATIENT not in "".join(re.findall(r'(?:href|action|src)="([^"]*)"', page(rig)))


def test_the_phone_texted_last_is_found_first(rig):
    rig.text(to="+447700900001")
    until(rig.settled)
    assert re.findall(r"<h2[^>]*>([^<]+)", page(rig)) == ["Duty", "Mrs Okafor"]
