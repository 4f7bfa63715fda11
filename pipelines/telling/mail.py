"""A message by mail: encrypted on the way, with an identity by which a mail system knows it when it comes again."""

import contextlib
import datetime as dt
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from pipelines.sections.telling import MailServer
from pipelines.telling.wording import Told

TIMEOUT_SECONDS = 20
REFUSED_FROM = 500


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt.

    Attributes:
        status: ``told``; ``failed``, to be tried again; ``refused`` for good.
        what: In words of the software; nothing that a server says, which may repeat an address.
        is_of_channel: Whether other messages would fail the same way now.
    """

    status: Literal["told", "failed", "refused"]
    what: str
    is_of_channel: bool = False


def mail_of(server: MailServer, address: str, words: Told, identity: str, at: dt.datetime) -> EmailMessage:
    """Write a mail.

    Args:
        server: Who sends.
        address: Who gets it.
        words: What it says.
        identity: Of the message; the same whenever it is sent.
        at: When it was noticed, as its date.
    """
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = server.sender, address, words.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{identity}@{server.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.text)
    return mail


def send_mail(server: MailServer, password: str, mail: EmailMessage) -> Outcome:
    """Hand a mail over to the server.

    Args:
        server: The server.
        password: Of the sender; not used where the server has no ``user``.
        mail: The mail.

    Returns:
        ``told`` once the server has taken it; ``refused`` when it will never take this one.
    """
    try:
        connection = _connected(server, password)
    except smtplib.SMTPResponseException as error:
        return Outcome("failed", f"mail server: {type(error).__name__} {error.smtp_code}", is_of_channel=True)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("failed", f"mail server: {type(error).__name__}", is_of_channel=True)
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        return _answered(max(code for code, _ in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("failed", f"mail server: {type(error).__name__}", is_of_channel=True)
    else:
        # The mail is taken; whatever goes wrong while parting, sending it again would be a second one.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
        return Outcome("told", "taken by the mail server")
    finally:
        connection.close()


def _answered(code: int) -> Outcome:
    return Outcome("refused" if code >= REFUSED_FROM else "failed", f"mail server: {code}")


def _connected(server: MailServer, password: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.user is not None:
            connection.login(server.user, password)
    except (smtplib.SMTPException, OSError):
        connection.close()
        raise
    return connection
