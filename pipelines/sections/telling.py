"""Who is told of what happens to a study, and by which way."""

import datetime as dt
import ipaddress
import re
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from instruments.spec_file import BrokenRuleError, Name, Spec
from pipelines.sections.publishing import DashboardLanguage
from pipelines.sections.schedule import WEEKDAYS

EventKind = Literal[
    "failed_run",
    "blocked_validation",
    "late_export",
    "falling_response_rate",
    "drifting_reliability",
    "changed_question",
    "finished_release",
    "recovered",
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_this_machine(host: str) -> bool:
    """Tell whether a host name or address is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def known_address(text: str) -> str:
    """Return an e-mail address without a name beside it, or raise ValueError."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError("expected an e-mail address alone, such as fieldwork@example.org")
    return text


class MailServer(Spec):
    """The server that takes mail; its password is no part of any specification.

    Attributes:
        host: Name of the server.
        port: Its port; 587 for starttls and 465 for tls at most providers.
        security: ``starttls`` or ``tls``; ``none`` only for a server on this machine.
        sender: Address that messages come from.
        user: Name that the server knows the sender by; left out, nobody signs in.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str
    user: str | None = None

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        return known_address(text)

    @model_validator(mode="after")
    def _is_private(self) -> Self:
        if self.security == "none" and not is_this_machine(self.host):
            message = "mail to another machine must be encrypted; write starttls or tls"
            raise BrokenRuleError(message, "security")
        return self


class Recipient(Spec):
    """One person, role or program that is told.

    Attributes:
        mail: E-mail address; best that of a role.
        webhook: Address that takes a JSON document by POST, https; ``secret`` where the address itself is a secret and
            stands with the passwords.
        events: What they are told of; left out: of everything.
        letter: Whether they get the weekly letter of fieldwork; needs mail.
        language: Language of their messages and letters.
    """

    mail: str | None = None
    webhook: str | None = None
    events: tuple[EventKind, ...] | None = None
    letter: bool = False
    language: DashboardLanguage = "en"

    @field_validator("mail")
    @classmethod
    def _is_an_address(cls, text: str | None) -> str | None:
        return text if text is None else known_address(text)

    @field_validator("webhook")
    @classmethod
    def _is_private(cls, text: str | None) -> str | None:
        return text if text is None or text == "secret" else known_webhook(text)

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        if (self.mail is None) == (self.webhook is None):
            raise ValueError("give mail or webhook, one of them")
        if self.letter and self.mail is None:
            raise BrokenRuleError("the letter goes by mail; give mail", "letter")
        return self


def known_webhook(text: str) -> str:
    """Return the address of a webhook, or raise ValueError where it is none or others could listen."""
    parts = urlsplit(text)
    is_plain = parts.scheme == "http" and is_this_machine(parts.hostname or "")
    if not parts.hostname or parts.username or not (parts.scheme == "https" or is_plain):
        raise ValueError("expected an address that begins with https:// and holds neither name nor password")
    return text


class Limits(Spec):
    """From where on something is told.

    Attributes:
        response_rate_behind_by: By how much fewer of the invited have answered than in the wave before on the same day
            in the field, where that is beyond chance, or than at the last run; share of the invited, 0 to 1.
        reliability_differs_by: By how much alpha or omega of a scale differs from the wave before, where their 95 %
            intervals do not overlap, or from the last run, 0 to 1.
        least_invited: Groups with fewer invited are never told of by rate.
        least_answers: Reliabilities of fewer responses are not compared.
    """

    response_rate_behind_by: float = Field(default=0.05, gt=0, le=1)
    reliability_differs_by: float = Field(default=0.1, gt=0, le=1)
    least_invited: int = Field(default=20, ge=1)
    least_answers: int = Field(default=50, ge=2)


class Letter(Spec):
    """When the weekly letter of fieldwork is written; only while a wave is or was in the field within the week.

    Attributes:
        weekday: Day of the week.
        at: Time of that day, in the time zone of the schedule.
        goals: Respondent group → share of the invited who should answer, 0 to 1.
    """

    weekday: Weekday = "mon"
    at: dt.time = dt.time(7)
    goals: dict[Name, float] = {}

    @field_validator("at", mode="before")
    @classmethod
    def _is_a_time(cls, value: object) -> object:
        if isinstance(value, dt.time):
            return value
        try:
            return dt.time.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as error:
            raise ValueError('expected a time of day such as "07:00"') from error

    @field_validator("goals")
    @classmethod
    def _are_shares(cls, goals: dict[Name, float]) -> dict[Name, float]:
        for group, share in goals.items():
            if not 0 < share <= 1:
                raise BrokenRuleError("expected a share of the invited, more than 0 and at most 1", group)
        return goals

    @property
    def day(self) -> int:
        """The day of the week as a number, Monday 0."""
        return (WEEKDAYS.index(self.weekday) - 1) % len(WEEKDAYS)


class Telling(Spec):
    """Who is told of what happens to a study.

    Attributes:
        mail: The server that takes mail; needed as soon as a recipient has mail.
        recipients: Who is told, by name.
        limits: From where on something is told.
        letter: When the weekly letter is written, and what it compares with.
        most_attempts: How often a message is tried before it is given up.
        first_wait_seconds: Wait after the first attempt that failed; each wait is twice the one before, at most a day.
        keep_days: Days for which messages that were told are kept; of older ones no more than what tells them apart.
    """

    mail: MailServer | None = None
    recipients: dict[Name, Recipient] = Field(min_length=1)
    limits: Limits = Limits()
    letter: Letter = Letter()
    most_attempts: int = Field(default=10, ge=1, le=100)
    first_wait_seconds: float = Field(default=60, gt=0, le=86400)
    keep_days: int = Field(default=90, ge=14, le=3650)

    @model_validator(mode="after")
    def _has_a_server(self) -> Self:
        by_mail = [name for name, each in self.recipients.items() if each.mail is not None]
        if by_mail and self.mail is None:
            raise ValueError(f"{by_mail[0]} is told by mail; say under mail which server takes it")
        return self
