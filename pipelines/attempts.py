"""What became of runs that Dagster started: which are dead, and which are worth another try."""

import datetime as dt
from dataclasses import dataclass

import dagster as dg

from pipelines.load import Study
from pipelines.lock import is_free
from pipelines.process_mark import mark_of_tags
from pipelines.sections.schedule import Schedule

NEEDS_A_PERSON = "needs_a_person"
"""Tag of a run that data or specifications stopped: the same files stop it again."""
RETRY = "retry"
TRIGGER, BY_HAND = "trigger", "sensemaking run"
PARTITION = "dagster/partition"
DEAD_AFTER_SECONDS = 60.0
UNFINISHED = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
DEAD = "The process of this run was killed. What it was to do is tried again."


@dataclass(frozen=True)
class Attempt:
    """The last run of a wave.

    Attributes:
        status: What became of it.
        ended_at: Seconds since 1970; None while it has not ended.
        retry: Which further try it was; 0 for the first.
        needs_a_person: Whether data or specifications stopped it.
    """

    status: dg.DagsterRunStatus
    ended_at: float | None
    retry: int
    needs_a_person: bool

    def is_due_again(self, schedule: Schedule, now: float) -> bool:
        """Say whether a failed run is to be tried again now: ``retry_after_minutes * 2 ** retry`` after it ended."""
        if self.status is not dg.DagsterRunStatus.FAILURE or self.needs_a_person or self.ended_at is None:
            return False
        wait = dt.timedelta(minutes=schedule.retry_after_minutes) * 2**self.retry
        return self.retry < schedule.retries and now >= self.ended_at + wait.total_seconds()


def last_attempt(instance: dg.DagsterInstance, job: str, wave: str) -> Attempt | None:
    """Look up the last run of a wave; None when there was none."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job, tags={PARTITION: wave}), limit=1)
    if not records:
        return None
    run, ended = records[0].dagster_run, records[0].end_time
    return Attempt(run.status, ended, int(run.tags.get(RETRY, "0")), NEEDS_A_PERSON in run.tags)


def end_dead_runs(instance: dg.DagsterInstance, study: Study, job: str, suspects: list[str], now: float) -> list[str]:
    """Mark runs failed whose process was killed, so that they hold up no other run and are tried again.

    A run carries the mark of its process, which proves whether that is at work. Of one without a mark: it holds the
    study's run lock from its first step to its last, and waits for it before; it is dead when nothing holds the lock at
    two looks, and it has not just begun.

    Args:
        instance: Where the runs are recorded.
        study: The study.
        job: One of its jobs.
        suspects: Ids of runs that the look before took for dead.
        now: The time, seconds since 1970.

    Returns:
        Ids of the runs without a mark that look dead now and did not at the look before.
    """
    records = instance.get_run_records(dg.RunsFilter(job_name=job, statuses=UNFINISHED))
    old = [each for each in records if now - each.update_timestamp.timestamp() > DEAD_AFTER_SECONDS]
    lives = [(each.dagster_run, mark_of_tags(each.dagster_run.tags)) for each in old]
    unmarked = [run for run, mark in lives if mark is None]
    is_nobody_at_work = bool(unmarked) and is_free(study.warehouse / "run.lock")
    for run, mark in lives:
        is_suspect = mark is None and is_nobody_at_work and run.run_id in suspects
        if is_suspect or (mark is not None and mark.life() == "dead"):
            instance.report_run_failed(run, DEAD)
    return [run.run_id for run in unmarked if is_nobody_at_work and run.run_id not in suspects]
