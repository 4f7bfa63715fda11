"""The plan of a labelled file → a ``.sav``, ``.zsav`` or ``.dta`` file and its codebook, whole or not there at all.

A file is written under another name, read back and compared cell by cell with the plan, and only then takes its name.
Put here writing; what the file holds is planned in ``steps.labelled_file``.
"""

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
from pyreadstat import PyreadstatError, ReadstatError

from instruments.faults import EnvironmentFault, UsageError
from pipelines.files import flush_file
from pipelines.steps.labelled_file import FileVariable, LabelledFile
from pipelines.steps.program_limits import SPSS

_SPSS_FORMATS = {"day": "SDATE10", "moment": "DATETIME23.2"}
_STATA_FORMATS = {"day": "%td", "moment": "%tc"}
_PRIVATE = 0o600


def write_statistics_file(plan: LabelledFile, path: Path, *, replace: bool = False) -> Path:
    """Write a file and its codebook, readable by their owner alone.

    Args:
        plan: What the file holds.
        path: Where; its ending is one of the program's.
        replace: Whether a file that is there already may be replaced.

    Returns:
        The codebook: the file's name and ``.codebook.csv``, beside the file, one row a variable.

    Raises:
        UsageError: When the ending is not the program's, or one of the files is there already.
        EnvironmentFault: When the file on the disk is not what was to be written, as on a full disk.
    """
    if path.suffix not in plan.program.suffixes:
        raise UsageError(f"{path.name}: expected a name ending in {' or '.join(plan.program.suffixes)}")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}; make it first")
    codebook = path.with_name(f"{path.name}.codebook.csv")
    for each in (path, codebook):
        if each.exists() and not replace:
            raise UsageError(f"{each} is there already; give another name, or --force to replace it")
    with _whole_or_absent(path) as unfinished:
        _write(plan, unfinished)
        _compare(plan, unfinished, path)
        with _whole_or_absent(codebook) as unfinished_codebook:
            unfinished_codebook.write_text(_codebook(plan), encoding="utf-8-sig", newline="")
    return codebook


@contextmanager
def _whole_or_absent(path: Path) -> Iterator[Path]:
    """Give a private name beside the file; the file takes its own name when nothing went wrong."""
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE))
    try:
        yield unfinished
        flush_file(unfinished)
        unfinished.replace(path)
        flush_file(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(plan: LabelledFile, path: Path) -> None:
    frame = pd.DataFrame({variable.name: variable.cells.series for variable in plan.variables})
    labels = {variable.name: variable.label for variable in plan.variables}
    value_labels = {each.name: dict(each.value_labels) for each in plan.variables if each.value_labels}
    try:
        if plan.program is SPSS:
            ranges = {each.name: _ranges(each) for each in plan.variables if each.cells.missing_range}
            pyreadstat.write_sav(
                frame,
                str(path),
                file_label=plan.title,
                column_labels=labels,
                compress=path.suffix == ".zsav",
                row_compress=path.suffix == ".sav",
                variable_value_labels=value_labels,
                missing_ranges=ranges,
                variable_measure={each.name: each.meaning.measure for each in plan.variables},
                variable_format=_formats(plan, _SPSS_FORMATS),
            )
        else:
            frame = frame.assign(**{each.name: _with_letters(each) for each in plan.variables if each.cells.missing})
            letters = {each.name: list(each.cells.missing.values()) for each in plan.variables if each.cells.missing}
            pyreadstat.write_dta(
                frame,
                str(path),
                file_label=plan.title,
                column_labels=labels,
                variable_value_labels=value_labels,
                missing_user_values=letters,
                variable_format=_formats(plan, _STATA_FORMATS),
            )
    except (PyreadstatError, ReadstatError, OSError) as error:
        raise EnvironmentFault(f"{path.name} cannot be written: {error}") from error


def _with_letters(variable: FileVariable) -> pd.Series:
    """Return numbers among letters as categories, letters first.

    The library takes a column of objects for text when its first hundred cells are letters; of categories it looks at
    each once.
    """
    series, letters = variable.cells.series, list(variable.cells.missing.values())
    numbers = sorted(series[series.notna() & ~series.isin(letters)].unique())
    categories = pd.Index([*letters, *numbers], dtype="object")
    return pd.Series(pd.Categorical(series, categories=categories), index=series.index)


def _compare(plan: LabelledFile, path: Path, wanted: Path) -> None:
    """Read the file back and compare every cell and label, as the library says nothing when the disk is full."""
    read = pyreadstat.read_sav if plan.program is SPSS else pyreadstat.read_dta
    try:
        found, metadata = read(str(path), user_missing=True, output_format="dict", disable_datetime_conversion=True)
    except (PyreadstatError, ReadstatError) as error:
        raise _unfinished(wanted) from error
    for variable in plan.variables:
        name, labels = variable.name, metadata.variable_value_labels.get(variable.name, {})
        is_same = (
            (metadata.column_names_to_labels.get(name) or "") == variable.label
            and {code: labels.get(code) for code in variable.value_labels} == variable.value_labels
            and metadata.missing_ranges.get(name, []) == _ranges(variable)
            and found.get(name) == _planned(variable)
        )
        if not is_same:
            raise _unfinished(wanted)


def _planned(variable: FileVariable) -> list[Any]:
    series = variable.cells.series
    return series.astype("object").where(series.notna(), None).tolist()


def _unfinished(path: Path) -> EnvironmentFault:
    return EnvironmentFault(
        f"{path} was not written: what arrived on the disk is not what was to be written; make room on the disk and "
        "try again"
    )


def _ranges(variable: FileVariable) -> list[dict[str, int]]:
    found = variable.cells.missing_range
    return [] if found is None else [{"lo": found[0], "hi": found[1]}]


def _formats(plan: LabelledFile, formats: dict[str, str]) -> dict[str, str]:
    return {each.name: formats[each.cells.content] for each in plan.variables if each.cells.content in formats}


def _codebook(plan: LabelledFile) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ("variable", "column", "label", "measure", "values", "missing_values", "changes", "validation_status")
    writer.writerow(header)
    for each in plan.variables:
        values = "; ".join(f"{code} = {label}" for code, label in each.meaning.points.items())
        missing = "; ".join(f"{_code(code)} = {reason}" for reason, code in each.cells.missing.items())
        changes = "; ".join(each.changes)
        meaning = each.meaning
        kept = (each.name, each.column, meaning.label, meaning.measure, values, missing, changes, meaning.status)
        writer.writerow(kept)
    return text.getvalue()


def _code(code: int | str) -> str:
    return f".{code}" if isinstance(code, str) else str(code)
