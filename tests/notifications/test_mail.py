import socketserver
import threading

import pytest

from clinic.notifications.mail import Mailer
from clinic.notifications.outcomes import Accepted, Later, Refused, Unknown
from tests.notifications.test_gateway import parcel


class Server(socketserver.StreamRequestHandler):
    """Just enough SMTP; `answers` says what the recipient and the data get."""

    def handle(self):
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            word = line.split()[0].upper().decode() if line.split() else ""
            if word == "RCPT":
                self.say(self.server.recipient)
            elif word == "DATA":
                self.take_data()
                if self.server.data is None:
                    return
                self.say(self.server.data)
            else:
                self.say("221 bye" if word == "QUIT" else "250 ok")

    def take_data(self):
        self.say("354 go on")
        lines = []
        for line in iter(self.rfile.readline, b".\r\n"):
            lines.append(line)
        self.server.taken.append(b"".join(lines))

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


@pytest.fixture
def smtp():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Server)
    server.daemon_threads, server.taken = True, []
    server.recipient, server.data = "250 ok", "250 taken"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def send(app, port):
    config = app.extensions["upright_config"].model_copy(update={"smtp_url": f"smtp://127.0.0.1:{port}"})
    body = "Larkfield: an alert is waiting\nTake it by 10:15."
    return Mailer(config, timeout=2).send(parcel(channel="email", to="duty@clinic.invalid", body=body))


@pytest.mark.parametrize(
    ("recipient", "data", "outcome"),
    [
        ("250 ok", "250 taken", Accepted(None)),
        ("550 nobody", "250 taken", Refused("550")),
        ("451 greylisted", "250 taken", Later("greylisted")),
        ("250 ok", "554 no", Refused("554")),
        ("250 ok", "421 busy", Later("not_now")),
    ],
)
def test_what_the_mail_server_says_decides(app, smtp, recipient, data, outcome):
    smtp.recipient, smtp.data = recipient, data
    assert send(app, smtp.server_address[1]) == outcome


def test_a_server_that_goes_silent_after_the_words_may_have_taken_them(app, smtp):
    smtp.data = None
    assert isinstance(send(app, smtp.server_address[1]), Unknown)
    assert len(smtp.taken) == 1


def test_no_server_is_tried_later(app):
    assert send(app, 1) == Later("no_connection")


def test_the_demo_keeps_its_mail_in_files(app):
    config = app.extensions["upright_config"]
    assert Mailer(config, timeout=1).send(parcel(channel="email", to="a@b.invalid")) == Accepted(None)
    assert b"a@b.invalid" in (config.instance_dir / "mail" / f"{parcel().public_id}.eml").read_bytes()
