"""Steps of what arrived: files kept byte for byte, and their columns."""

import datetime as dt
import fnmatch
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from instruments.spec_file import spec_hash
from pipelines.assets.erased import remember_kept, without_erased
from pipelines.assets.exports import planned
from pipelines.assets.step import Step, Task
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.readers.plan import PlannedColumn, ReadingError, ReadingPlan
from pipelines.sections.sources import Source
from pipelines.store import Store, Write
from pipelines.tables.erasures import ERASED
from pipelines.tables.raw import COLUMNS, FILES

if TYPE_CHECKING:
    from pipelines.receive import FilledCells

UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".filepart", ".partial")
HIDDEN = (".", "~$")


def exports_of(study: Study, wave: str) -> list[tuple[str, Source, Path]]:
    """List the exports of a wave: source, its settings and the file, oldest file of a source first."""
    return [
        (name, source, path)
        for name, source in study.sources().items()
        if source.wave == wave
        for path in sorted(files_of(study.exports, source), key=lambda path: (path.stat().st_mtime_ns, path.name))
    ]


def begun_waves(study: Study, store: Store) -> list[str]:
    """List the waves there is something to do for: those with exports, and those that were read before."""
    read_before = set(store.read(FILES)["wave"])
    return [wave for wave in study.spec.waves if wave in read_before or exports_of(study, wave)]


def files_of(exports: Path, source: Source) -> Iterator[Path]:
    """List the finished files of a source; hidden and half-written ones are left alone."""
    if not exports.is_dir():
        return
    for path in exports.iterdir():
        hidden = path.name.startswith(HIDDEN) or path.suffix in UNFINISHED
        if path.is_file() and not hidden and fnmatch.fnmatchcase(path.name, source.files):
            yield path


def stray_files(study: Study) -> list[str]:
    """List finished files in ``exports/`` that belong to no source."""
    if not study.exports.is_dir():
        return []
    known = {path.name for source in study.spec.sources.values() for path in files_of(study.exports, source)}
    known |= {name for source in study.spec.sources.values() for name in source.structure}
    present = [path for path in study.exports.iterdir() if path.is_file() and not path.name.startswith(HIDDEN)]
    return sorted(path.name for path in present if path.name not in known and path.suffix not in UNFINISHED)


def notes(study: Study, store: Store) -> Iterator[str]:
    """Say which files of the study's waves have headers only, as an export has before anybody answered."""
    keys = ["file_sha256", "source"]
    filled = store.read(COLUMNS).groupby(keys, as_index=False)["n_filled"].sum()
    files = store.read(FILES).merge(filled[filled["n_filled"] == 0], on=keys)
    for file in files[files["wave"].isin(list(study.spec.waves))].sort_values("file_name").itertuples():
        yield f"exports/{file.file_name} has no answers yet; wave {file.wave} was read from the other files"


def _depends_on(task: Task) -> object:
    exports = [(name, path.name, file_sha256(path)) for name, _, path in exports_of(task.study, task.wave)]
    sources = {name: spec_hash(each) for name, each in task.study.spec.sources.items() if each.wave == task.wave}
    instruments = task.study.instrument_hashes
    return [exports, sources, instruments, sorted(task.store.read(ERASED)["mark"])]


def _receive(task: Task) -> list[Write]:
    exports = _arrived(task)
    _refuse_missing_sources(task, [name for name, _, _ in exports])
    known = task.store.read(FILES).set_index(["file_sha256", "file_name", "source"])["received_at"].to_dict()
    now = pd.Timestamp(dt.datetime.now(dt.UTC))
    plans, counts = _planned_and_counted(task, exports)
    _refuse_nameless(plans)
    if not any(filled.n_rows for filled in counts):
        raise ReadingError(exports[0][2].name, "headers but no answers; export it again or take it out of exports/")
    files: list[dict[str, object]] = []
    columns: list[pd.DataFrame] = []
    for (name, plan, _), (_, _, path), filled in zip(plans, exports, counts, strict=True):
        sha256 = task.store.keep_file(path)
        remember_kept(task.store, sha256, name, path.name)
        _refuse_shared_rows(
            task.study, name, path.name, [str(each["source"]) for each in files if each["file_sha256"] == sha256]
        )
        files.append(
            {
                "file_sha256": sha256,
                "file_name": path.name,
                "source": name,
                "platform": plan.platform,
                "layout": plan.layout,
                "wave": task.wave,
                "n_rows": filled.n_rows,
                "n_columns": len(plan.columns),
                # Files that arrive together keep their order, so that the newest one counts.
                "received_at": known.get((sha256, path.name, name), now + pd.Timedelta(microseconds=len(files))),
            }
        )
        columns.append(_column_rows(task, plan, sha256, name, filled))
    every_column = pd.concat(columns, ignore_index=True)
    where = {"wave": task.wave}
    return [Write(FILES, pd.DataFrame(files), where), Write(COLUMNS, every_column, where)]


def _arrived(task: Task) -> list[tuple[str, Source, Path]]:
    if task.staging is None:
        raise AssertionError("a step runs with a folder for what is not stored yet")
    exports = exports_of(task.study, task.wave)
    return _without_repeated(without_erased(task.study, task.store, exports, task.staging))


def _without_repeated(exports: list[tuple[str, Source, Path]]) -> list[tuple[str, Source, Path]]:
    """Leave out a file whose bytes a newer export of its source repeats, as happens on a day without new answers."""
    if len({name for name, _, _ in exports}) == len(exports):
        return exports
    hashed = [(name, file_sha256(path), path) for name, _, path in exports]
    newest = {(name, sha256): path for name, sha256, path in hashed}
    kept = {(name, path) for (name, _), path in newest.items()}
    return [each for each in exports if (each[0], each[2]) in kept]


def _planned_and_counted(
    task: Task, exports: list[tuple[str, Source, Path]]
) -> tuple[list[tuple[str, ReadingPlan, str]], list["FilledCells"]]:
    """Return the reading plan of every export, with source and file name, and which of its cells are filled."""
    from pipelines.receive import count_filled_cells  # noqa: PLC0415 - commands that read no export wait for no reader

    plans: list[tuple[str, ReadingPlan, str]] = []
    counts: list[FilledCells] = []
    for name, source, path in exports:
        with planned(task.study, source, path, path.name) as (export, plan):
            plans.append((name, plan, path.name))
            counts.append(count_filled_cells(export, plan))
    return plans, counts


def _refuse_nameless(plans: list[tuple[str, ReadingPlan, str]]) -> None:
    """Refuse several files of a source whose responses have no id: nobody can know which rows repeat."""
    for name, plan, file_name in plans:
        if "response_id" not in plan.keys and sum(other == name for other, _, _ in plans) > 1:
            raise ReadingError(
                file_name,
                f"the source {name} has several files but no response id, so it cannot be known which rows repeat; "
                "name the column in identifiers.response_id, or keep one file",
            )


def _refuse_shared_rows(study: Study, source: str, file_name: str, others: list[str]) -> None:
    """Refuse a file that serves another source too, unless each takes rows of its own or one its repetitions."""
    sources = study.spec.sources
    for other in others:
        pair = (sources[source], sources[other])
        if pair[0].only == pair[1].only and pair[0].repeats_of == pair[1].repeats_of:
            message = (
                f"the source {other} has a file with the same bytes; keep one of them, or say with only which rows "
                "each source takes"
            )
            raise ReadingError(file_name, message)


def _refuse_missing_sources(task: Task, present: list[str]) -> None:
    for name, source in task.study.spec.sources.items():
        if source.wave == task.wave and name not in present:
            message = (
                f"there is no such file in exports/ for the source {name} of wave {task.wave}; put it there, "
                "or take the source out of study.yaml until it arrives"
            )
            raise ReadingError(source.files, message)


def _column_rows(task: Task, plan: ReadingPlan, sha256: str, source: str, filled: "FilledCells") -> pd.DataFrame:
    items = task.study.items()
    return pd.DataFrame(
        [
            {
                "file_sha256": sha256,
                "wave": task.wave,
                "source": source,
                "position": column.position,
                "name": column.name,
                "source_id": column.source_id,
                "n_filled": filled.by_position[column.position],
                "is_digits": column.position in filled.digits,
                "role": column.role,
                "item": column.item,
                "question_text": column.question_text,
                "response_scale": items[column.item].response_scale if column.item else None,
                "options": _options(column),
            }
            for column in plan.columns
        ]
    )


def _options(column: PlannedColumn) -> str:
    options = column.question.options if column.question else ()
    return json.dumps({each.code: each.label for each in options}, ensure_ascii=False) if options else ""


STEPS = (
    Step(
        name="raw/files",
        writes=(FILES, COLUMNS),
        reads=(),
        by_wave=True,
        depends_on=_depends_on,
        make=_receive,
        meaning=FILES.grain,
    ),
)
