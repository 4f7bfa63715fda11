"""A study's files and tables → what is known of it now. Only names of its specifications pass; texts of data do not.

Put here what is read and how it is kept free of data; what follows from it is for ``changes``.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterable

import pandas as pd

from instruments.faults import fault_kind
from pipelines.assets.graph import steps_of
from pipelines.assets.raw import files_of
from pipelines.assets.step import Task, is_current
from pipelines.load import Study
from pipelines.readers.cells.keys import RULES_OF_KEYS
from pipelines.readers.cells.marks import RULES
from pipelines.readers.files.records import RULES_OF_ROWS
from pipelines.steps.export_times import late_export
from pipelines.steps.validation import ANSWER_RULES, MISSING, BlockingFailure
from pipelines.store import Store
from pipelines.tables import core, fieldwork, out, raw
from pipelines.tables.releases import RELEASES
from pipelines.telling.event import MOST_PLACES, Place
from pipelines.telling.state import PULL, WHOLE_RUN, Blocked, Rate, Reliability, RunReport, State

HASH_DIGITS = 12
RULES_OF_CELLS = {*RULES, *RULES_OF_ROWS, *RULES_OF_KEYS, *ANSWER_RULES, MISSING, "duplicated_key"}


def look(study: Study, store: Store, last: State | None, now: dt.datetime) -> State:
    """Look at the tables and the exports of a study.

    Args:
        study: The study, which tells somebody.
        store: Its warehouse.
        last: What was known before: of runs and of the platform only they who did it can tell.
        now: The moment.
    """
    return State(
        at=now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        blocked=_blocked(study, store),
        rates=tuple(_rates(study, store, now)),
        reliabilities=tuple(_reliabilities(study, store)),
        releases=tuple(sorted(int(number) for number in store.read(RELEASES)["release"])),
        failing=last.failing if last else (),
        late=late_sources(study, now),
        changed=last.changed if last else (),
        has_tables=True,
    )


def late_sources(study: Study, now: dt.datetime) -> dict[str, str]:
    """Find the sources of waves in the field whose next export is late by the study's schedule.

    Args:
        study: The study.
        now: The moment.

    Returns:
        Source → when its last export was written, ISO, UTC; empty where there is none.
    """
    found: dict[str, str] = {}
    for name, source in study.spec.sources.items():
        times = [path.stat().st_mtime for path in files_of(study.exports, source)]
        newest = dt.datetime.fromtimestamp(max(times), dt.UTC) if times else None
        if late_export(source.wave, study.spec.waves[source.wave], study.spec.schedule, newest, now) is not None:
            found[name] = newest.isoformat(timespec="seconds") if newest else ""
    return found


def still_failing(study: Study, store: Store, failing: Iterable[Place]) -> tuple[Place, ...]:
    """Leave out failures of steps that have come up to date since, by whatever run, or that are no more.

    Runs do not end in the order in which they are told of.

    Args:
        study: The study.
        store: Its warehouse.
        failing: Steps that failed; of a run as a whole the step is empty.
    """
    steps, listed = {step.name: step for step in steps_of(study)}, tuple(failing)
    provenance = store.provenance() if listed else {}
    return tuple(
        each
        for each in listed
        if each.step in ("", PULL)
        or (each.step in steps and not is_current(steps[each.step], Task(study, store, each.wave), provenance))
    )


def report_of_run(
    study: Study, failures: Iterable[tuple[str, str, BaseException]], done: Iterable[tuple[str, str]]
) -> RunReport:
    """Say of a run what may be told: steps, waves and kinds of failures, and no error's own words.

    Args:
        study: The study.
        failures: Step, wave and error.
        done: Step and wave of every step that succeeded.
    """
    failed = tuple(
        Place(step=step, wave=named(wave, study.spec.waves), fault=fault_kind(error))
        for step, wave, error in failures
        if not isinstance(error, BlockingFailure)
    )
    return RunReport(failed, (WHOLE_RUN, *done))


def named(text: object, known: Collection[str]) -> str:
    """Return a text when it is one of the names that specifications give; nothing otherwise, since it may be data."""
    return text if isinstance(text, str) and text in known else ""


def _blocked(study: Study, store: Store) -> dict[str, Blocked]:
    checks, failures = store.read(raw.CHECKS), store.read(raw.FAILURES)
    waves = checks.loc[~checks["passed"].astype(bool), "wave"]
    return {
        wave: _blocked_wave(study, store, wave, failures[failures["wave"] == wave])
        for wave in study.spec.waves
        if wave in set(waves)
    }


def _blocked_wave(study: Study, store: Store, wave: str, failures: pd.DataFrame) -> Blocked:
    keys = ["file_sha256", "table_name", "column_name", "rule"]
    counts = failures.fillna(dict.fromkeys(keys, "")).groupby(keys).size().sort_values(ascending=False, kind="stable")
    files = store.read(raw.KEPT_FILES).drop_duplicates("file_sha256").set_index("file_sha256")["source"].to_dict()
    known = {*study.items(), *core.RESPONSES.columns}
    tables = {core.RESPONSES.name, core.REJECTS.name, core.answers(study).name}
    places = [
        Place(
            wave=wave,
            source=named(files.get(sha256), study.spec.sources),
            file=_digits(sha256),
            table=named(table, tables),
            column=named(column, known),
            rule=named(rule, RULES_OF_CELLS),
            n=int(n),
        )
        for (sha256, table, column, rule), n in counts.items()  # pyright: ignore[reportGeneralTypeIssues]
    ]
    digest = hashlib.sha256(counts.to_json(orient="table").encode()).hexdigest()[:32]
    return Blocked(digest, len(failures), tuple(places[: 2 * MOST_PLACES]))


def _digits(sha256: str) -> str:
    return sha256[:HASH_DIGITS] if re.fullmatch("[0-9a-f]{64}", sha256) else ""


def _rates(study: Study, store: Store, now: dt.datetime) -> Iterable[Rate]:
    days = store.read(fieldwork.FIELDWORK_BY_DAY)
    days = days[(pd.to_datetime(days["day"]).dt.date < now.astimezone(dt.UTC).date())].sort_values("day")
    rates = store.read(out.RESPONSE_RATES)
    listed = rates[rates["n_invited"].notna()]
    invited = {(row.wave, row.respondent_group): row.n_invited for row in listed.itertuples()}
    for (wave, group), rows in days.dropna(subset=["share_of_invited_so_far"]).groupby(["wave", "respondent_group"]):
        n_invited = invited.get((wave, group))
        if wave not in study.spec.waves or group not in study.spec.respondent_groups or n_invited is None:
            continue
        first, wave_spec = pd.Timestamp(rows["day"].iloc[0]).date(), study.spec.waves[str(wave)]
        start = min(first, wave_spec.starts_on or first)
        shares = [0.0] * (first - start).days + [float(each) for each in rows["share_of_invited_so_far"]]
        n_days = (wave_spec.ends_on - start).days + 1 if wave_spec.ends_on else None
        yield Rate(str(wave), str(group), int(n_invited), start.isoformat(), tuple(shares), n_days)  # pyright: ignore[reportArgumentType]


def _reliabilities(study: Study, store: Store) -> Iterable[Reliability]:
    rows = store.read(out.RELIABILITY)
    rows = rows[(rows["exclusions"] == "") & rows[["estimate", "conf_low", "conf_high"]].notna().all(axis=1)]
    scales, groups = study.scales(), study.spec.respondent_groups
    for row in rows.to_dict("records"):
        if row["scale"] in scales and row["respondent_group"] in groups and row["wave"] in study.spec.waves:
            names = [str(row[name]) for name in ("scale", "respondent_group", "wave", "coefficient")]
            figures = [float(row[name]) for name in ("estimate", "conf_low", "conf_high")]
            yield Reliability(*names, *figures, int(row["n_obs"]))  # pyright: ignore[reportCallIssue]
