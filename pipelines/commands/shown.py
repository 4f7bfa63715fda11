"""``run`` and ``release`` as the command line shows them: progress while they work, a summary afterwards."""

from collections.abc import Callable
from dataclasses import asdict, astuple
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

from instruments.counted import counted
from instruments.faults import EnvironmentFault
from pipelines.assets.graph import Due, due_steps
from pipelines.assets.raw import begun_waves
from pipelines.commands import printing
from pipelines.commands.run import Outcome, run_study
from pipelines.commands.shown_withheld import withheld_lines
from pipelines.load import Study
from pipelines.lock import exclusive
from pipelines.release import preview, publish
from pipelines.release_draft import Draft, Released
from pipelines.release_gates import ReleaseRefused
from pipelines.store import Store
from pipelines.telling.looking import report_of_run
from pipelines.telling.notice import begin_to_notice, now, tell

MOST_NAMED = 5
T = TypeVar("T")


def run(study: Study, wave: str | None, select: str | None) -> Outcome:
    """Run what is out of date with a progress display; the first failure is raised after everything else was done."""
    displays: list[printing.StepProgress] = []

    def begin(due: list[Due]) -> None:
        displays.append(printing.StepProgress(len(due)))

    def step(name: str, part: str) -> None:
        displays[-1].advance(f"{name} {part}")

    try:
        outcome = run_study(study, wave, select, on_wait=printing.say, on_begin=begin, on_step=step)
    except DBAPIError:
        # Dagster's records, which are the first that a full disk stops.
        _say_notes(tell(study, now(), error=EnvironmentFault("Dagster's records")))
        raise
    except (EnvironmentFault, OSError) as error:
        _say_notes(tell(study, now(), error=error))
        raise
    finally:
        for display in displays:
            display.close()
    report = report_of_run(study, outcome.failures, ((name, part) for name, part, _ in outcome.steps))
    outcome.warnings += tell(study, now(), report)
    _say_notes(outcome.warnings)
    for name, part, error in outcome.failures[1:]:
        printing.say(f"{name} {part} failed too: {error}")
    if outcome.failures:
        raise outcome.failures[0][2]
    return outcome


def publish_current(study: Study, signed_off_by: str, seen: Draft | None = None, embargo_until: str = "") -> Released:
    """Publish the results when they are up to date.

    Args:
        study: The study.
        signed_off_by: Who answers for the release.
        seen: What was looked at before it was signed off.
        embargo_until: First day on which it may be shown, ISO; empty for at once.

    Raises:
        ReleaseRefused: When exports or specifications changed since the last run, or another gate is shut.
    """
    _say_notes(begin_to_notice(study, now()))
    released = _when_up_to_date(
        study, lambda store: publish(study, store, signed_off_by, printing.say, seen, embargo_until)
    )
    _say_notes(tell(study, now()))
    return released


def preview_current(study: Study) -> Draft:
    """Say what a release would hold, when the results are up to date; ReleaseRefused as ``publish_current``."""
    return _when_up_to_date(study, lambda store: preview(study, store, on_wait=printing.say))


def _say_notes(notes: list[str]) -> None:
    for note in notes:
        printing.say(f"note: {note}")


def _when_up_to_date(study: Study, do: Callable[[Store], T]) -> T:
    store = Store(study.warehouse)
    with exclusive(study.warehouse / "run.lock", "sensemaking release", printing.say):
        due = due_steps(study, store, begun_waves(study, store))
        if due:
            named = ", ".join(f"{each.step.name} {each.wave}".strip() for each in due[:MOST_NAMED])
            late = f"{counted(len(due), 'step is', 'steps are')} out of date ({named} …)"
            raise ReleaseRefused([f"{late}; run the study first: sensemaking run {study.folder}"])
        return do(store)


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return what a run did as JSON values."""
    return {
        "waves": outcome.waves,
        "nothing_new": not outcome.steps,
        "steps": [{"step": name, "wave": wave, "rows": rows} for name, wave, rows in outcome.steps],
        "warnings": outcome.warnings,
        "run_ids": outcome.run_ids,
    }


def release_document(made: Released | Draft) -> dict[str, Any]:
    """Return what a release holds back as JSON values; of a draft, which has no file, what it would hold back."""
    file = {"file": str(made.path), "sha256": made.sha256} if isinstance(made, Released) else {}
    return {
        "release": made.number,
        **file,
        "embargo_until": made.embargo_until or None,
        "hidden_cells": made.n_hidden,
        "hidden_because": [asdict(each) for each in made.hidden_because],
        "withheld_fits": made.withheld_fits,
        "as_before": made.as_before,
    }


def print_draft(draft: Draft) -> None:
    """Print what a release would hold back, under which policy."""
    policy = draft.slices.policy
    printing.print_lines(
        [
            f"Release {draft.number} would be made under the policy {policy.sha256[:12]}: at least "
            f"{policy.least_cell_size} people behind a figure and {policy.least_organisations} organisations; the mean "
            f"of a hidden unit uncertain by {policy.least_width} points, its share by {policy.least_share_width:.0%}.",
            "audit: nothing in it names or gives away a respondent, and no few people follow from it and earlier ones",
        ]
    )
    _print_held_back(draft)


def print_release(released: Released) -> None:
    """Print what was published and what was held back."""
    printing.print_lines([f"Release {released.number}: {released.path}"])
    if released.embargo_until:
        printing.print_lines([f"under embargo: the dashboard shows it from {released.embargo_until} on"])
    _print_held_back(released)


def _print_held_back(made: Released | Draft) -> None:
    hidden = ", ".join(f"{table}: {n}" for table, n in made.n_hidden.items())
    printing.print_lines([f"withheld cells: {hidden}"])
    rows = [tuple(map(str, astuple(each))) for each in made.hidden_because]
    if rows:
        printing.print_rows("Withheld cells", ("table", "wave", "group", "because", "cells"), rows)
    printing.print_lines(
        f"{where}: as in release {number}, since fewer people changed than may be told apart"
        for where, number in made.as_before.items()
    )
    printing.print_lines(withheld_lines(made.withheld_fits))
