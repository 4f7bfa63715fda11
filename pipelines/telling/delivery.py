"""The outbox → recipients: what is due is handed over, what failed waits longer, what nobody takes is given up."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from instruments.faults import EnvironmentFault, UsageError
from pipelines.load import Study
from pipelines.lock import Waiting, no_message
from pipelines.sections.telling import MailServer, Recipient, Telling
from pipelines.telling.after_restore import forget_restore
from pipelines.telling.event import Event
from pipelines.telling.mail import Outcome, mail_of, send_mail
from pipelines.telling.outbox import Message, Outbox, after_failure, after_outcome
from pipelines.telling.secrets import TellSecrets, read_tell_secrets
from pipelines.telling.wording import Told, document, told

PURPOSE = "telling people"


@dataclass(frozen=True)
class Delivered:
    """What came of a pass through the outbox.

    Attributes:
        n_told: Messages that were taken.
        n_waiting: Messages that wait, for the first time or for another attempt.
        given_up: Recipient → messages that were given up, now or before.
        problem: What stands in the way of all; empty for nothing.
    """

    n_told: int = 0
    n_waiting: int = 0
    given_up: dict[str, int] = field(default_factory=dict[str, int])
    problem: str = ""


def telling_of(study: Study) -> Telling:
    """Return whom a study tells.

    Raises:
        UsageError: When it tells nobody.
    """
    if study.spec.tell is None:
        raise UsageError("the study tells nobody; add the section tell to study.yaml, with recipients")
    return study.spec.tell


def deliver(study: Study, now: dt.datetime, on_wait: Waiting = no_message) -> Delivered:
    """Hand over every message that is due; each is tried once.

    Args:
        study: The study, which tells somebody.
        now: The moment.
        on_wait: Told whom it waits for.
    """
    telling, outbox = telling_of(study), Outbox(study.warehouse)
    with outbox.alone(PURPOSE, on_wait):
        due = [each for each in outbox.messages() if each.is_due(now)]
        problem, n_told = "", 0
        if due:
            try:
                secrets = read_tell_secrets(study.folder, list(telling.recipients))
            except (UsageError, EnvironmentFault) as error:
                problem = str(error)
            else:
                n_told = _hand_over(study, outbox, due, secrets, now)
        outbox.reduce(now - dt.timedelta(days=telling.keep_days))
        forget_restore(outbox, now - dt.timedelta(days=telling.keep_days))
        return _counted(outbox, n_told, problem)


def try_again(study: Study) -> int:
    """Let every message that was given up wait for another attempt; return how many."""
    outbox = Outbox(study.warehouse)
    with outbox.alone(PURPOSE):
        given_up = [each for each in outbox.messages() if each.status == "given_up"]
        for each in given_up:
            outbox.replace(replace(each, status="waiting", next_at="", attempts=()))
    return len(given_up)


def put_for_all(outbox: Outbox, telling: Telling, event: Event, attachments: dict[str, str] | None = None) -> int:
    """Put an event into the outbox for everybody who is told of it.

    Args:
        outbox: The outbox, held alone.
        telling: Who is told of what.
        event: What happened.
        attachments: Recipient → name of the file that goes with it, where only these are told.

    Returns:
        How many messages are new.
    """
    n_new = 0
    for name, recipient in telling.recipients.items():
        if name in attachments if attachments is not None else _wants(recipient, event):
            n_new += outbox.put(Message(event, name, attachment=(attachments or {}).get(name, "")))
    return n_new


def _wants(recipient: Recipient, event: Event) -> bool:
    return event.kind == "test" or recipient.events is None or event.kind in recipient.events


def _hand_over(study: Study, outbox: Outbox, due: list[Message], secrets: TellSecrets, now: dt.datetime) -> int:
    telling = telling_of(study)
    broken: set[str] = set()
    n_told = 0
    for message in due:
        recipient = telling.recipients.get(message.recipient)
        channel = "mail" if recipient is not None and recipient.mail is not None else message.recipient
        if channel in broken:
            continue
        if recipient is None:
            outcome = Outcome("refused", "study.yaml names no such recipient any more")
        else:
            outcome = _attempt(study, outbox, message, recipient, secrets)
        if outcome.is_of_channel:
            broken.add(channel)
        outbox.replace(_after(message, outcome, telling, now))
        n_told += outcome.status == "told"
    return n_told


def _attempt(study: Study, outbox: Outbox, message: Message, recipient: Recipient, secrets: TellSecrets) -> Outcome:
    event, server = message.event, telling_of(study).mail
    if recipient.mail is not None and server is not None:
        mail = _mail(study, outbox, message, recipient, server)
        return send_mail(server, secrets.smtp_password, mail)
    address = secrets.webhook_addresses.get(message.recipient) if recipient.webhook == "secret" else recipient.webhook
    if not address:
        return Outcome("failed", "webhook: its address stands neither in study.yaml nor with the secrets")
    said = document(study, event, recipient.language, message.identity)
    return post_to(address, secrets.webhook_tokens.get(message.recipient, ""), said, message.identity)


def _mail(study: Study, outbox: Outbox, message: Message, recipient: Recipient, server: MailServer) -> EmailMessage:
    words = told(study, message.event, recipient.language)
    if message.attachment:
        words = Told(words.subject, outbox.attached(f"{message.attachment}.txt").decode())
    at = dt.datetime.fromisoformat(message.event.at)
    mail = mail_of(server, recipient.mail or "", words, message.identity, at)
    if message.attachment:
        name = f"{message.attachment}.pdf"
        mail.add_attachment(outbox.attached(name), maintype="application", subtype="pdf", filename=name)
    return mail


def post_to(address: str, token: str, said: dict[str, object], identity: str) -> Outcome:
    """Post a document; the client is loaded only where something is posted."""
    from pipelines.telling.webhook import post  # noqa: PLC0415 - loading it takes as long as a short command

    return post(address, token, said, identity)


def _after(message: Message, outcome: Outcome, telling: Telling, now: dt.datetime) -> Message:
    if outcome.status == "failed":
        first_wait = dt.timedelta(seconds=telling.first_wait_seconds)
        return after_failure(message, now, outcome.what, first_wait, telling.most_attempts)
    return after_outcome(message, now, outcome.what, "told" if outcome.status == "told" else "given_up")


def _counted(outbox: Outbox, n_told: int, problem: str) -> Delivered:
    messages = outbox.messages()
    given_up = Counter(each.recipient for each in messages if each.status == "given_up")
    return Delivered(n_told, sum(each.status == "waiting" for each in messages), dict(given_up), problem)
