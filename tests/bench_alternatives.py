"""One way of doing one thing with the bench's export, in a process of its own: ``python -m tests.bench_alternatives``.

Prints one line of JSON: seconds by the clock and of the processors, without imports, and the peak of memory.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.assets.core import steps as core_steps
from pipelines.assets.raw import STEPS, planned
from pipelines.assets.step import Task, run_step
from pipelines.load import Study, load_study
from pipelines.readers.cells.keys import scanned_keys
from pipelines.readers.cells.scan import read_cells, table_of_file
from pipelines.readers.files.records import plain_records
from pipelines.receive import count_filled_cells
from pipelines.steps import scores, validation
from pipelines.store import Store
from pipelines.tables import core
from tests.bench_responses import ITEMS, NAMES, PERSON

WAVE = "w1"
MOMENTS = ("StartDate", "EndDate", "RecordedDate")
TEXTS = ("ResponseId", "UserLanguage", "organisation", "comment")


def plain_load(folder: Path) -> Callable[[], object]:
    """DuckDB's own typed load into a durable table."""
    kinds = dict.fromkeys(NAMES, "INTEGER")
    kinds |= dict.fromkeys((*ITEMS, *PERSON), "SMALLINT") | dict.fromkeys(("age", "tenure"), "DOUBLE")
    kinds |= dict.fromkeys(MOMENTS, "TIMESTAMP") | dict.fromkeys(TEXTS, "VARCHAR")
    columns = ", ".join(f"'c{place}': '{kinds[name]}'" for place, name in enumerate(NAMES))
    query = (
        f"CREATE TABLE cells AS FROM read_csv('{_export(folder)}', columns={{{columns}}}, auto_detect=false, "
        "header=false, skip=3, delim=',', quote='\"', escape='\"', new_line='\\r\\n')"
    )
    return lambda: _durably(folder, query)


def typed_read(folder: Path) -> Callable[[], object]:
    """The scan of ``pipelines.receive``: typed answers, marks, and every text that is neither."""
    study = load_study(folder)
    source = study.sources()["staff"]
    with planned(study, source, _export(folder), "export.csv") as (export, plan):
        digits = count_filled_cells(export, plan).digits
        records = plain_records(export.path, export.folder, plan, "export.csv")
    query = read_cells(plan, table_of_file(plan, records), scanned_keys(plan), {}, digits=digits)
    return lambda: _durably(folder, f"CREATE TABLE cells AS {query}")


def plant_failures(folder: Path) -> Callable[[], object]:
    """Copy the stored answers with failures in them, for the validation; what that costs is no part of it."""
    connection = duckdb.connect(folder / "warehouse" / "study.duckdb")
    relation = (
        "SELECT answers.*, file_sha256, row_number FROM core.answers AS answers JOIN core.responses USING (response_id)"
    )
    planted = f"SELECT * REPLACE (CASE WHEN row_number % 3600 = 4 THEN 8 ELSE Q7 END AS Q7) FROM ({relation})"
    statement = f"CREATE SCHEMA IF NOT EXISTS bench; CREATE OR REPLACE TABLE bench.answers AS {planted}"
    return lambda: connection.execute(statement).fetchall()


def validate_ours(folder: Path) -> Callable[[], object]:
    """``steps.validation`` over the answers with failures in them, in the database file."""
    table = core.answers(load_study(folder))
    connection = duckdb.connect(folder / "warehouse" / "study.duckdb", read_only=True)

    def fetch(query: str) -> pd.DataFrame:
        return connection.sql(query).to_arrow_table().to_pandas()

    return lambda: len(validation.find_failures(table, "FROM bench.answers", fetch, WAVE))


def validate_with_pandera(folder: Path) -> Callable[[], object]:
    """The pandera schema over the same answers in pandas, which lie in memory already."""
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - only this alternative needs it

    study, answers = _answers(folder)
    rows = Store(folder / "warehouse").read(core.RESPONSES)["row_number"].to_numpy()
    answers["Q7"] = answers["Q7"].mask(rows % 3600 == 4, 8)
    schema = core.answers(study).schema()

    def work() -> int:
        try:
            schema.validate(answers, lazy=True)
        except SchemaErrors as errors:
            return len(errors.failure_cases)
        return 0

    return work


def score_ours(folder: Path) -> Callable[[], object]:
    """``steps.scores``, from the stored answers to a stored table."""
    query = scores.score_responses(load_study(folder).scales(), WAVE)
    connection = duckdb.connect(folder / "warehouse" / "study.duckdb")
    connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
    return lambda: connection.execute(f"CREATE OR REPLACE TABLE bench.scores AS {query}").fetchall()


def score_with_pandas(folder: Path) -> Callable[[], object]:
    """``mean(axis=1)`` of pandas with reverse-scored items and the least number answered; answers lie in memory."""
    study, answers = _answers(folder)

    def work() -> int:
        n_scored = 0
        for scale, instrument in study.scales().items():
            rule, points = instrument.scales[scale], instrument.points_of(scale)
            items = answers[list(rule.items)].copy()
            for item in rule.reverse_scored:
                items[item] = points.lowest + points.highest - items[item]
            score = items.mean(axis=1).where(items.notna().sum(axis=1) >= rule.least_answered)
            n_scored += int(score.notna().sum())
        return n_scored

    return work


def whole_way(folder: Path) -> Callable[[], object]:
    """The steps raw/files, core/responses and core/scores, as a run does them."""
    study, store = load_study(folder), Store(folder / "warehouse")
    steps = [*STEPS, *core_steps(study)[:2]]

    def work() -> list[str]:
        for step in steps:
            run_step(step, Task(study, store, WAVE), "bench")
        return [step.name for step in steps]

    return work


ALTERNATIVES = {
    each.__name__: each
    for each in (
        plain_load, typed_read, whole_way, plant_failures, validate_ours, validate_with_pandera, score_ours,
        score_with_pandas,
    )
}  # fmt: skip


def _export(folder: Path) -> Path:
    return folder / "exports" / "export.csv"


def _durably(folder: Path, query: str) -> None:
    database = folder / "bench.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(database) as connection:
        connection.execute(query)
    database.unlink()


def _answers(folder: Path) -> tuple[Study, pd.DataFrame]:
    study = load_study(folder)
    return study, Store(folder / "warehouse").read(core.answers(study))


def _used() -> tuple[float, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime


def _peak_megabytes() -> float:
    """Return the peak of this program alone; ``ru_maxrss`` begins with that of the program that started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Do one alternative and print what it cost."""
    work = ALTERNATIVES[sys.argv[1]](Path(sys.argv[2]))
    began = _used()
    result = work()
    ended = _used()
    peak = _peak_megabytes()
    cost = {"seconds": ended[0] - began[0], "processor_seconds": ended[1] - began[1], "peak_megabytes": peak}
    print(json.dumps({**cost, "result": str(result)}))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
