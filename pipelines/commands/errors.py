"""Errors → exit code, a sentence for a person and a document for a machine; never a traceback for what users cause."""

import sqlite3
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from instruments.counted import counted
from instruments.faults import DataError, EnvironmentFault, SpecError, UsageError

if TYPE_CHECKING:
    from pipelines.steps.validation import BlockingFailure

DEFECT = 70


@dataclass
class Told:
    """An error as it is told.

    Attributes:
        code: Exit code.
        message: For a person.
        details: For a machine: faults, failures by rule, examples.
    """

    code: int
    message: str
    details: dict[str, object] = field(default_factory=dict)


def tell(error: Exception) -> Told:
    """Put an error in words; a defect of the software keeps its traceback, on stderr."""
    if isinstance(error, SpecError):
        faults = [{**vars(fault), "path": str(fault.path)} for fault in error.faults]
        return Told(
            error.exit_code, f"{counted(len(faults), 'fault')} in the specifications:\n{error}", {"faults": faults}
        )
    if isinstance(error, DataError):
        return _tell_data(error)
    if isinstance(error, UsageError | EnvironmentFault):
        return Told(error.exit_code, str(error))
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return Told(EnvironmentFault.exit_code, f"{place}{error.strerror or error}")
    refusal = _refusal_of_files(error)
    if refusal is not None:
        return Told(EnvironmentFault.exit_code, refusal)
    traceback.print_exception(error)
    return Told(DEFECT, f"defect of the software: {type(error).__name__}")


def _refusal_of_files(error: BaseException | None) -> str | None:
    """Say which files are damaged or cannot be written, when that is what lies under an error."""
    from pyarrow import ArrowInvalid  # noqa: PLC0415 - wanted only when something else failed

    while error is not None:
        # SQLite raises the base class itself, and none of its kinds, for a file that is no database any more.
        if type(error) is sqlite3.DatabaseError:
            what_to_do = "move that folder away and run again; the tables, fits and releases do not depend on it"
            return f"Dagster's records in warehouse/dagster are damaged ({error}); {what_to_do}"
        if isinstance(error, sqlite3.OperationalError):
            what_to_do = "make room on the disk or mend the folder's permissions, and run again"
            return f"Dagster's records in warehouse/dagster cannot be written ({error}); {what_to_do}"
        if isinstance(error, ArrowInvalid) and "Parquet" in str(error):
            return f"rows kept in warehouse/data are damaged ({error}); restore that folder from a backup"
        error = error.__cause__ or error.__context__
    return None


def _tell_data(error: DataError) -> Told:
    from pipelines.steps.validation import BlockingFailure  # noqa: PLC0415 - brings pandera, which takes seconds

    if isinstance(error, BlockingFailure):
        return Told(error.exit_code, failure_text(error), failure_details(error))
    return Told(error.exit_code, str(error))


def failure_details(failure: "BlockingFailure") -> dict[str, object]:
    """Return counts by rule and the first failures, without any answer."""
    examples = failure.examples().drop(columns="response_id").astype("object")
    examples["file_name"] = examples["file_sha256"].map(failure.file_names)
    return {
        "wave": failure.wave,
        "n_failures": len(failure.failures),
        "by_rule": [{"column": column, "rule": rule, "failures": n} for column, rule, n in failure.counts()],
        "examples": examples.where(examples.notna(), None).to_dict("records"),
    }


def failure_text(failure: "BlockingFailure") -> str:
    """Write counts by rule, the first failures, and what to do."""
    from pipelines.steps.validation import ANSWER_RULES  # noqa: PLC0415 - brings pandera, which takes seconds

    examples = failure.examples()
    lines = [str(failure), f"first {len(examples)} of {len(failure.failures)}:"]
    lines += [
        f"  {_file(failure, row.file_sha256)} row {row.row_number} {_column(row.column_name)}: {_in_words(row.rule)}"
        for row in examples.itertuples()
    ]
    lines.append("Export again, or mend the instrument or study.yaml, and run again. All failures: table raw.failures.")
    if set(failure.failures["rule"]) <= set(ANSWER_RULES):
        lines.append("Where such answers may be stored as missing, let study.yaml say invalid_answers: set_missing.")
    return "\n".join(lines)


def _file(failure: "BlockingFailure", sha256: object) -> str:
    digits = str(sha256)
    name = failure.file_names.get(digits)
    return f"{name} ({digits[:12]})" if name else f"file {digits[:12]}"


def _in_words(rule: object) -> str:
    return str(rule).replace("_", " ")


def _column(name: object) -> str:
    return name if isinstance(name, str) else "(whole row)"
