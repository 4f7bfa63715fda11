"""When the weekly letter is due, and how it gets into the outbox: once a week for everybody who wants it."""

import datetime as dt
from zoneinfo import ZoneInfo

from instruments.faults import UsageError
from pipelines.load import Study
from pipelines.store import Store
from pipelines.telling.after_restore import is_of_before
from pipelines.telling.delivery import PURPOSE, put_for_all, telling_of
from pipelines.telling.event import Event
from pipelines.telling.letter.gathering import gather, waves_in_field
from pipelines.telling.outbox import Outbox

DAYS_OF_A_WEEK = 7


def last_due(study: Study, moment: dt.datetime) -> dt.datetime:
    """Return the last moment, not later than now, for which the study says that a letter is written."""
    asked, zone = telling_of(study).letter, ZoneInfo(study.spec.schedule.time_zone)
    local = moment.astimezone(zone)
    day = local.date() - dt.timedelta(days=(local.weekday() - asked.day) % DAYS_OF_A_WEEK)
    due = dt.datetime.combine(day, asked.at, zone)
    return due if due <= local else dt.datetime.combine(day - dt.timedelta(days=DAYS_OF_A_WEEK), asked.at, zone)


def put_letter(study: Study, moment: dt.datetime, *, is_asked_for: bool = False) -> int:
    """Put the letter of the week into the outbox when it is due and was not put there before.

    Args:
        study: The study, which tells somebody.
        moment: Now.
        is_asked_for: Whether a person asks for it, be a wave in the field or not.

    Returns:
        How many messages are new.

    Raises:
        UsageError: When a person asks for it, and nobody is to get it.
    """
    telling, outbox = telling_of(study), Outbox(study.warehouse)
    readers = {name: each.language for name, each in telling.recipients.items() if each.letter}
    if not readers and is_asked_for:
        raise UsageError("nobody gets the letter; write letter: true beside a recipient with mail in study.yaml")
    due = last_due(study, moment)
    if not readers or not (is_asked_for or waves_in_field(study, due.date())):
        return 0
    year, week, _ = due.isocalendar()
    event = Event("letter", study.name, due.astimezone(dt.UTC).isoformat(), week=f"{year}-W{week:02}")
    with outbox.alone(PURPOSE):
        there = {each.recipient for each in outbox.messages() if each.event.key == event.key}
        if set(readers) <= there or (not is_asked_for and is_of_before(outbox, event)):
            return 0
        return _put(study, outbox, event, readers, due)


def _put(study: Study, outbox: Outbox, event: Event, readers: dict[str, str], due: dt.datetime) -> int:
    from pipelines.telling.letter.content import write_letter  # noqa: PLC0415 - typst is loaded only to write

    letter = gather(study, Store(study.warehouse), due, due.date())
    names = {language: f"{study.name}-{event.week}-{language}" for language in sorted(set(readers.values()))}
    for language, name in names.items():
        written = write_letter(study, letter, language)
        outbox.attach(f"{name}.pdf", written.pdf)
        outbox.attach(f"{name}.txt", written.text.encode())
    attachments = {reader: names[language] for reader, language in readers.items()}
    return put_for_all(outbox, telling_of(study), event, attachments)
