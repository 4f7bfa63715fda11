"""``sensemaking tell`` as the command line shows it: what happened, who was told, what waits, what was given up."""

from typing import Any

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.load import Study
from pipelines.telling.delivery import deliver, telling_of, try_again
from pipelines.telling.letter.sending import put_letter
from pipelines.telling.notice import notice, now, problems, send_test
from pipelines.telling.outbox import Message, Outbox
from pipelines.telling.secrets import read_tell_secrets

SHOWN = 50


def tell_now(study: Study, *, is_test: bool, again: bool) -> dict[str, Any]:
    """Notice and deliver, the weekly letter too when it is due; or send a test message to every recipient.

    Returns:
        The kinds of events noticed, and what came of the messages.

    Raises:
        UsageError: When the study tells nobody, or its file of secrets is not as expected.
        EnvironmentFault: When others can read that file.
    """
    read_tell_secrets(study.folder, list(telling_of(study).recipients))
    moment = now()
    n_again = try_again(study) if again else 0
    if is_test:
        send_test(study, moment)
        kinds = ["test"]
    else:
        kinds = [event.kind for event in notice(study, moment, on_wait=printing.say)]
        kinds += ["letter"] if put_letter(study, moment) else []
    done = deliver(study, moment, printing.say)
    failed = _failed_tests(study) if is_test else []
    return {
        "noticed": kinds,
        "tried_again": n_again,
        "told": done.n_told,
        "waiting": done.n_waiting,
        "given_up": done.given_up,
        "notes": [*problems(done), *failed],
    }


def _failed_tests(study: Study) -> list[str]:
    """Say of every test message that waits why it was not told."""
    waiting = [each for each in Outbox(study.warehouse).messages() if each.status == "waiting" and each.attempts]
    return [
        f"{each.recipient} was not told: {each.attempts[-1][1]}; mend the section tell in study.yaml, or the server, "
        "and try again; what waits is in: sensemaking tell STUDY --status"
        for each in waiting
        if each.event.kind == "test"
    ]


def print_told(document: dict[str, Any]) -> None:
    """Print what was noticed and told."""
    noticed = ", ".join(kind.replace("_", " ") for kind in document["noticed"]) or "nothing new"
    messages = counted(document["told"], "message")
    printing.print_lines([f"Noticed: {noticed}", f"Told: {messages}; {document['waiting']} waiting"])
    for note in document["notes"]:
        printing.say(f"note: {note}")


def status_document(study: Study) -> dict[str, Any]:
    """Return what became of every message that is kept, newest event first; of recipients the name only."""
    telling_of(study)
    outbox = Outbox(study.warehouse)
    rows = [_row(each) for each in outbox.messages()[::-1]]
    return {"messages": rows, "n_told_before": len(outbox.told_before())}


def print_status(document: dict[str, Any]) -> None:
    """Print what became of the newest messages."""
    rows = document["messages"]
    columns = ("noticed_at", "kind", "recipient", "status", "attempts", "last_outcome", "next_at")
    printing.print_rows("Messages", columns, ([each[name] for name in columns] for each in rows[:SHOWN]))
    if len(rows) > SHOWN:
        printing.say(f"note: {len(rows) - SHOWN} older ones are not listed; --json has all")
    if document["n_told_before"]:
        messages = counted(document["n_told_before"], "message")
        printing.say(f"note: of {messages} told earlier no more is kept than what tells them apart")


def _row(message: Message) -> dict[str, Any]:
    last = message.attempts[-1][1] if message.attempts else None
    return {
        "noticed_at": message.event.at,
        "kind": message.event.kind,
        "recipient": message.recipient,
        "status": message.status.replace("_", " "),
        "attempts": len(message.attempts),
        "last_outcome": last,
        "next_at": message.next_at if message.status == "waiting" and message.next_at else None,
        "id": message.identity,
    }
