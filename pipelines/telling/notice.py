"""When something is looked for: after runs and releases, and between them. What is found goes into the outbox.

The moment is always given, so that a fieldwork of weeks can be lived through in seconds.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from instruments.faults import EnvironmentFault, fault_kind
from pipelines.load import Study
from pipelines.lock import Waiting, no_message
from pipelines.store import Store
from pipelines.telling.after_restore import note_that_it_caught_up, worth_telling
from pipelines.telling.changes import events_between
from pipelines.telling.delivery import PURPOSE, Delivered, deliver, put_for_all, telling_of
from pipelines.telling.event import Event, Place, event_of
from pipelines.telling.looking import late_sources, look, still_failing
from pipelines.telling.outbox import Noticed, Outbox
from pipelines.telling.state import WHOLE_RUN, PullReport, RunReport, State, after_pull, after_run


def now() -> dt.datetime:
    """Return the moment by the clock of the machine; what looks or tells is given one."""
    return dt.datetime.now(dt.UTC)


def notice(
    study: Study, moment: dt.datetime, report: RunReport | None = None, on_wait: Waiting = no_message
) -> list[Event]:
    """Look at tables and files, and put what happened since the last look into the outbox.

    The first look of all finds no events but failures, blocked validations and late exports: what was there before
    somebody wanted to be told is not told.

    Args:
        study: The study, which tells somebody.
        moment: The moment.
        report: What a run did, after one.
        on_wait: Told whom it waits for.

    Returns:
        What happened.
    """
    store = Store(study.warehouse)

    def after(last: State | None) -> State:
        seen = after_run(look(study, store, last, moment), report or RunReport())
        return replace(seen, failing=still_failing(study, store, seen.failing))

    has_run = report is not None and WHOLE_RUN in report.done and not report.failed
    return _noticed(study, after, on_wait, has_run=has_run)


def notice_late(study: Study, moment: dt.datetime, on_wait: Waiting = no_message) -> list[Event]:
    """Look at the exports only, and put late ones into the outbox; cheap enough to do every minute."""

    def after(last: State | None) -> State:
        at = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
        return replace(last or State(at), at=at, late=late_sources(study, moment))

    return _noticed(study, after, on_wait)


def notice_failure(study: Study, moment: dt.datetime, error: BaseException) -> list[Event]:
    """Put the failure of a run that could not begin into the outbox, without a look at the tables."""
    report = RunReport(failed=(Place(fault=fault_kind(error)),))
    at = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
    return _noticed(study, lambda last: after_run(replace(last or State(at), at=at), report), no_message)


def notice_pull(study: Study, moment: dt.datetime, report: PullReport) -> list[Event]:
    """Put what came of fetching responses into the outbox.

    Args:
        study: The study, which tells somebody.
        moment: The moment.
        report: What came of it.
    """
    at = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
    return _noticed(study, lambda last: after_pull(replace(last or State(at), at=at), report), no_message)


def tell(
    study: Study,
    moment: dt.datetime,
    report: RunReport | PullReport | None = None,
    error: BaseException | None = None,
) -> list[str]:
    """Notice what happened, tell it, and say what a person at a terminal should know of the telling itself.

    What stands in the way of telling is said, and never stands in the way of what is told of.

    Args:
        study: The study; of one that tells nobody nothing is noticed.
        moment: The moment.
        report: What a run did or what came of fetching responses, after one.
        error: Why a run could not begin.
    """

    def noticed_and_told() -> list[str]:
        if error is not None:
            notice_failure(study, moment, error)
        elif isinstance(report, PullReport):
            notice_pull(study, moment, report)
        else:
            notice(study, moment, report)
        return problems(deliver(study, moment))

    return _unless_something_stands_in_the_way(study, noticed_and_told)


def begin_to_notice(study: Study, moment: dt.datetime) -> list[str]:
    """Look for the first time, unless somebody has: what comes after it is told. Say what stood in the way of it."""

    def looked() -> list[str]:
        if Outbox(study.warehouse).noticed() is None:
            notice(study, moment)
        return []

    return _unless_something_stands_in_the_way(study, looked)


def _unless_something_stands_in_the_way(study: Study, do: Callable[[], list[str]]) -> list[str]:
    if study.spec.tell is None:
        return []
    try:
        return do()
    except EnvironmentFault as fault:
        return [f"nobody was told: {fault}"]
    except OSError as fault:
        return [f"nobody was told: the outbox cannot be written ({fault.strerror or type(fault).__name__})"]


def problems(delivered: Delivered) -> list[str]:
    """Say what came between a study and those who should be told, a sentence each."""
    found = [f"nobody was told: {delivered.problem}"] if delivered.problem else []
    return found + [
        f"messages to {recipient} were given up: {n}; sensemaking tell STUDY --status says why, --again tries them"
        for recipient, n in delivered.given_up.items()
    ]


def send_test(study: Study, moment: dt.datetime) -> int:
    """Put a test message into the outbox for every recipient; return how many."""
    telling, outbox = telling_of(study), Outbox(study.warehouse)
    with outbox.alone(PURPOSE):
        return put_for_all(outbox, telling, event_of("test", study.name, moment.isoformat(timespec="microseconds"), []))


def _noticed(
    study: Study, after: Callable[[State | None], State], on_wait: Waiting, *, has_run: bool = False
) -> list[Event]:
    telling, outbox = telling_of(study), Outbox(study.warehouse)
    with outbox.alone(PURPOSE, on_wait):
        last = outbox.noticed()
        for event in last.events if last else ():
            put_for_all(outbox, telling, event)
        state = after(last.state if last else None)
        before = _comparable(last.state if last else State(state.at), state)
        changes = events_between(study.name, before, state, telling.limits, list(study.spec.waves))
        found = worth_telling(outbox, changes)
        if last is None or changes or replace(state, at=last.state.at) != last.state:
            outbox.remember(Noticed(state, tuple(found)))
        for event in found:
            put_for_all(outbox, telling, event)
        if found:
            outbox.remember(Noticed(state))
        if has_run and not state.blocked:
            note_that_it_caught_up(outbox)
        outbox.keep_room()
        return found


def _comparable(before: State, state: State) -> State:
    """Return what was known before; of tables that nobody had looked at, what is known now, so that nothing is told."""
    if before.has_tables or not state.has_tables:
        return before
    seen = {"rates": state.rates, "reliabilities": state.reliabilities, "releases": state.releases}
    return replace(before, **seen, has_tables=True)
