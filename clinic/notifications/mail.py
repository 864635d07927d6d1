"""E-mail through the same outbox: to duty contacts, users and practices, never with a patient's data."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from clinic.config import Config
from clinic.notifications.outcomes import Accepted, Later, Outcome, Parcel, Refused, Unknown


class Mailer:
    """`SMTP_URL` is smtp://user:password@host:587 (STARTTLS) or smtps://...; in demo none means files."""

    def __init__(self, config: Config, *, timeout: float) -> None:
        self._config = config
        self._timeout = timeout

    def send(self, parcel: Parcel) -> Outcome:
        """Hand over one e-mail; its first line is the subject. Never raises."""
        mail = self._write(parcel)
        if not self._config.smtp_url:
            return self._drop(mail, parcel) if self._config.demo else Refused("no_smtp")
        try:
            server = self._connect()
        except smtplib.SMTPAuthenticationError:
            return Later("mail_server_refuses_us")
        except (OSError, smtplib.SMTPException):
            return Later("no_connection")
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code = max(code for code, _ in refused.recipients.values())
            return Refused(str(code)) if code >= 500 else Later("greylisted")
        except smtplib.SMTPResponseException as answer:
            return Refused(str(answer.smtp_code)) if answer.smtp_code >= 500 else Later("not_now")
        except (OSError, smtplib.SMTPException) as problem:
            return Unknown(type(problem).__name__)
        finally:
            server.close()
        return Accepted(None)

    def _connect(self) -> smtplib.SMTP:
        url = urlsplit(self._config.smtp_url)
        if url.scheme == "smtps":
            tls = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                url.hostname or "", url.port or 465, timeout=self._timeout, context=tls
            )
        else:
            server = smtplib.SMTP(url.hostname or "", url.port or 587, timeout=self._timeout)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        return server

    def _write(self, parcel: Parcel) -> EmailMessage:
        mail = EmailMessage()
        subject, _, rest = parcel.body.partition("\n")
        mail["From"], mail["To"], mail["Subject"] = self._config.mail_from, parcel.to, subject[:120]
        mail["Message-ID"] = f"<{parcel.public_id}.{parcel.attempt}@upright>"
        mail.set_content(rest or parcel.body)
        return mail

    def _drop(self, mail: EmailMessage, parcel: Parcel) -> Outcome:
        """The demo's letter box: a file in `instance/mail/`."""
        folder = self._config.instance_dir / "mail"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / f"{parcel.public_id}.eml").write_bytes(bytes(mail))
        return Accepted(None)
