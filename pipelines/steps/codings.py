"""Rows of coding files → codings, or everything that is wrong with them.

Put here what a row may say; which files there are is for the asset, what codings mean in ``judgements``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from instruments.codings.spec import CodingScheme
from instruments.faults import DataError
from instruments.spec_file import closest
from pipelines.load_coding import StudyCoding
from pipelines.steps.open_text import redact
from pipelines.tables.coding import CODINGS, NONE, ROUNDS

NEEDED = ("response_id", "item", "code", "coder", "scheme_version")
OPTIONAL = ("segment", "round", "note")
MOST_SHOWN = 20
_SEGMENT = re.compile(r"(\d{1,7})\.\.(\d{1,7})")
_ANSWER = ["response_id", "item", "coder", "scheme_version"]


class CodingError(DataError):
    """Coding files cannot be used; the message says file, row, column and what to do."""


@dataclass(frozen=True)
class CodingFile:
    """One coder's file.

    Attributes:
        name: Name of the file.
        coder: Who it belongs to.
        rows: Cells as text; the index holds the row numbers, headers counted.
    """

    name: str
    coder: str
    rows: pd.DataFrame


def read_codings(files: list[CodingFile], coding: StudyCoding) -> pd.DataFrame:
    """Turn coding files into codings.

    Args:
        files: The files, one a coder.
        coding: How the study codes.

    Returns:
        ``core.codings`` without ``wave``; notes screened for personal data.

    Raises:
        CodingError: With the first twenty faults of all files.
    """
    faults: list[str] = []
    found: list[pd.DataFrame] = []
    for file in files:
        problems = [*_faults_of_columns(file)]
        rows = pd.DataFrame() if problems else _filled(file, coding)
        problems += [] if problems else [*_faults_of_rows(file, rows, coding), *_faults_of_answers(file, rows, coding)]
        faults += [f"{file.name}: {problem}" for problem in problems]
        found.append(rows)
    if faults:
        more = len(faults) - MOST_SHOWN
        listed = [*faults[:MOST_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        raise CodingError("\n".join(listed))
    columns = [name for name in CODINGS.columns if name != "wave"]
    return pd.concat([CODINGS.empty()[columns], *(rows[columns] for rows in found)], ignore_index=True)


def _faults_of_columns(file: CodingFile) -> Iterator[str]:
    for name in NEEDED:
        if name not in file.rows:
            yield f"there is no column {name}; expected {', '.join(NEEDED)}"
    for name in file.rows:
        if name not in (*NEEDED, *OPTIONAL):
            known = [*NEEDED, *OPTIONAL]
            yield f"the column '{name}' is not known{closest(str(name), known)}; expected {', '.join(known)}"


def _filled(file: CodingFile, coding: StudyCoding) -> pd.DataFrame:
    rows = file.rows.reindex(columns=[*NEEDED, *OPTIONAL], fill_value="").apply(lambda column: column.str.strip())
    rows = in_ids(rows, coding.scheme)
    rows["round"] = rows["round"].replace("", "main")
    rows["role"] = "adjudicator" if file.coder == coding.spec.adjudicator else "coder"
    rows["note"] = rows["note"].map(lambda note: redact(note)[0])
    return rows


def in_ids(rows: pd.DataFrame, scheme: CodingScheme) -> pd.DataFrame:
    """Write the id of the code in place of its name; what is no code stays as typed."""
    return rows.assign(code=rows["code"].map(lambda word: _id_of(str(word), scheme)))


def _id_of(word: str, scheme: CodingScheme) -> str:
    return NONE if word.lower() == NONE else scheme.code_called(word) or word


def _faults_of_rows(file: CodingFile, rows: pd.DataFrame, coding: StudyCoding) -> Iterator[str]:
    versions = {version: coding.scheme.codes_of(version) for version in coding.scheme.versions}
    for row in rows.itertuples():
        yield from (f"row {row.Index}, column {fault}" for fault in _faults_of_row(row, file, coding, versions))
    for number in rows.index[rows.duplicated(list(CODINGS.key))]:
        yield f"row {number}: the same code of the same answer stands above already; delete one of them"


def _faults_of_row(row: object, file: CodingFile, coding: StudyCoding, versions: dict[str, set[str]]) -> Iterator[str]:
    cell = {name: str(getattr(row, name)) for name in (*NEEDED, *OPTIONAL)}
    yield from _faults_of_place(cell, coding)
    if cell["coder"] != file.coder:
        yield f"coder: expected {file.coder}, as the file is called; a coder has a file of the own"
    version = cell["scheme_version"]
    if version not in versions:
        yield f"scheme_version: the scheme has no version of that name; expected {', '.join(versions)}"
    elif cell["code"] not in (NONE, *coding.scheme.codes, *coding.scheme.removed):
        known = [*coding.scheme.codes, *(each.name for each in coding.scheme.codes.values()), NONE]
        yield f"code: no code of the scheme{closest(cell['code'], known)}"
    elif cell["code"] != NONE:
        yield from _faults_of_code(cell, coding, versions[version])


def _faults_of_place(cell: dict[str, str], coding: StudyCoding) -> Iterator[str]:
    if not cell["response_id"]:
        yield "response_id: empty; expected the id of a response"
    if cell["item"] not in coding.spec.items:
        yield f"item: no coded question{closest(cell['item'], list(coding.spec.items))}"
    if cell["round"] not in ROUNDS:
        yield f"round: expected {' or '.join(ROUNDS)}"
    if cell["segment"] and not _is_segment(cell["segment"]):
        yield "segment: expected first and last-plus-one sign such as 12..57, or nothing for the whole answer"


def _faults_of_code(cell: dict[str, str], coding: StudyCoding, of_version: set[str]) -> Iterator[str]:
    code = cell["code"]
    if code not in of_version:
        yield f"code: version {cell['scheme_version']} had no code {code}; correct the version or the code"
    spec = coding.scheme.codes.get(code)
    if spec is None:
        return
    if spec.is_proposal and not cell["note"]:
        yield f"note: empty; {code} ({spec.name}) proposes a code, say which"
    if cell["item"] in coding.spec.items and not coding.may_have(code, cell["item"]):
        yield f"code: {code} ({spec.name}) is for unprompted answers only; this question is asked after the definition"


def _faults_of_answers(file: CodingFile, rows: pd.DataFrame, coding: StudyCoding) -> Iterator[str]:
    """Find answers with codes that cannot stand together; of segments, each is looked at alone."""
    del file
    alone = {NONE, *(code for code, each in coding.scheme.codes.items() if each.stands_alone)}
    number = rows.groupby([*_ANSWER, "segment"], sort=False).ngroup()
    is_among_several = number.duplicated(keep=False)
    faulty = is_among_several & number.isin(number[rows["code"].isin(alone)])
    for _, of_answer in rows[faulty].groupby(number[faulty]):
        lonely = next(code for code in of_answer["code"] if code in alone)
        yield f"row {of_answer.index[-1]}, column code: {lonely} stands beside other codes of the same answer"


def _is_segment(text: str) -> bool:
    found = _SEGMENT.fullmatch(text)
    return found is not None and int(found[1]) < int(found[2])


def with_waves(codings: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Add the wave of each coding.

    Args:
        codings: As ``read_codings`` returns them.
        answers: ``core.open_answers``.

    Raises:
        CodingError: If a segment ends after the end of its answer.
    """
    known = answers[["response_id", "item", "wave", "text"]]
    joined = codings.merge(known, on=["response_id", "item"], how="left", validate="many_to_one")
    ends = pd.Series([int(each.partition("..")[2] or 0) for each in joined["segment"]], joined.index, dtype="int64")
    beyond = joined[ends > joined["text"].str.len().fillna(ends)]
    if len(beyond):
        listed = ", ".join(sorted(set(beyond["coder"])))
        raise CodingError(
            f"{len(beyond)} segments in the files of {listed} end after the end of their answer; the answer may have "
            "changed since it was coded; code it again"
        )
    return CODINGS.typed(joined[list(CODINGS.columns)].sort_values(list(CODINGS.key)).reset_index(drop=True))
