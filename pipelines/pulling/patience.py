"""How a platform's faults are waited out: tried again with growing pauses, as long as it asks for, and not for ever."""

import datetime as dt
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

from instruments.faults import EnvironmentFault, UsageError

TRIED = 6
LONGEST_PAUSE, LONGEST_ASKED = 60.0, 900.0
_TOO_MANY, _SERVER, _REFUSED, _REDIRECTED = 429, 500, 400, 300


class Refused(UsageError):
    """The platform does not know what it was asked for.

    Attributes:
        status: HTTP status.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Answer(Protocol):
    """What httpx and requests answer alike."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers, whatever the case of their names."""
        ...


AnswerT = TypeVar("AnswerT", bound=Answer)


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Clock:
    """Time as pulling meets it; tests have one that does not wait.

    Attributes:
        sleep: Waits so many seconds.
        now: Returns the time in UTC.
    """

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], dt.datetime] = _utc_now


def patiently(
    send: Callable[[], AnswerT], broken: tuple[type[Exception], ...], clock: Clock, place: str, secret: str
) -> AnswerT:
    """Send a request until it is answered.

    Args:
        send: Sends it once.
        broken: What it raises when the connection fails.
        clock: Waits between.
        place: Method and address without a query, for messages.
        secret: Where the token came from, for messages.

    Returns:
        An answer with a status below 300.

    Raises:
        EnvironmentFault: When the platform cannot be reached, is out of order, or refuses the token.
        Refused: When it does not know what it was asked for.
    """
    found = ""
    for number in range(TRIED):
        try:
            answer = send()
        except broken as error:
            # The error itself may hold an address or a header.
            found, pause = f"no connection ({type(error).__name__})", _pause(number)
        else:
            status = answer.status_code
            if status != _TOO_MANY and status < _SERVER:
                raise_if_refused(status, place, secret)
                return answer
            found = f"HTTP {status}"
            pause = _asked_pause(answer.headers, clock, place) or _pause(number)
        if number < TRIED - 1:
            clock.sleep(pause)
    raise EnvironmentFault(f"{place}: tried {TRIED} times, found {found}; pull again later, nothing is lost")


def raise_if_refused(status: int, place: str, secret: str) -> None:
    """Raise what a status between 300 and 499 means; nothing for one below.

    Raises:
        EnvironmentFault: For a token that is refused, or an answer from another address.
        Refused: For everything else.
    """
    if status in (401, 403):
        message = f"the platform refuses what {secret} holds (HTTP {status}); it has expired, or may not read this"
        raise EnvironmentFault(f"{place}: {message}: renew it there, and set it anew")
    if _REDIRECTED <= status < _REFUSED:
        raise EnvironmentFault(f"{place}: the platform points elsewhere (HTTP {status}); mend url in study.yaml")
    if status >= _REFUSED:
        raise Refused(status, f"{place}: the platform knows of no such thing (HTTP {status}); mend pull in study.yaml")


def _pause(number: int) -> float:
    """Return seconds: 1, 2, 4 … and up to half as much again, so that many who wait do not return together."""
    return min(LONGEST_PAUSE, 2.0**number) * random.uniform(1.0, 1.5)  # noqa: S311 - no secret depends on it


def _asked_pause(headers: Mapping[str, str], clock: Clock, place: str) -> float:
    """Return the seconds that the platform asks to wait; 0 where it does not say.

    Raises:
        EnvironmentFault: When it asks for more than a quarter of an hour.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return 0.0
    try:
        asked = float(text) if text.isdigit() else (parsedate_to_datetime(text) - clock.now()).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    if asked > LONGEST_ASKED:
        raise EnvironmentFault(f"{place}: the platform asks to wait {asked:.0f} seconds; pull again after that")
    return max(asked, 0.0)
