"""Sheets in which coders write codes: answers laid out for a coder, and a filled sheet → rows of a coding file."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from instruments.codings.spec import CodingScheme
from pipelines.load_coding import StudyCoding
from pipelines.steps.codings import CodingError, CodingFile, in_ids
from pipelines.steps.judgements import Judgements, resolve
from pipelines.tables.coding import NONE

SHEET = ["response_id", "item", "text", "codes", "segment", "note", "scheme_version", "round"]
FILE = ["response_id", "item", "segment", "code", "coder", "scheme_version", "round", "note"]
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_BETWEEN = re.compile(r"[\s,;]+")
_KEY = ["response_id", "item", "scheme_version"]


def lay_out(rows: pd.DataFrame, answers: pd.DataFrame, version: str) -> pd.DataFrame:
    """Lay out the answers that somebody is to code.

    Args:
        rows: response_id, item and round of each; in the order given.
        answers: ``core.open_answers``: screened texts.
        version: Version of the scheme.

    Returns:
        The sheet, codes and notes empty. A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    known = answers[["response_id", "item", "text"]]
    joined = rows.merge(known, on=["response_id", "item"], how="inner", validate="one_to_one")
    texts = joined["text"].map(lambda text: f"'{text}" if _FORMULA.match(str(text)) else text)
    sheet = joined.assign(text=texts, codes="", segment="", note="", scheme_version=version)
    return sheet[[*SHEET, *(name for name in map(str, rows) if name.startswith("codes_"))]]


def lay_out_disagreements(judged: Judgements, coding: StudyCoding, answers: pd.DataFrame) -> pd.DataFrame:
    """Lay out the answers on which coders differ, for the third person, who is not told who said what.

    Returns:
        The sheet, with what the coders gave in ``codes_1``, ``codes_2`` …, in the order of the words.
    """
    n_coders = len(coding.spec.coders)
    said = judged.present[:, :n_coders]
    is_open = ((~pd.isna(said)).sum(axis=1) > 1) & pd.isna(resolve(judged, coding))
    where = is_open.any(axis=1).nonzero()[0]
    given = [sorted(filter(None, (_words(judged, unit, person) for person in range(n_coders)))) for unit in where]
    rows = judged.answers.iloc[where].reset_index(drop=True)
    rows = rows.assign(round=rows["is_training"].map({True: "training", False: "main"}))
    for number in range(n_coders):
        rows[f"codes_{number + 1}"] = [words[number] if number < len(words) else "" for words in given]
    chosen = [*("response_id", "item", "round"), *(f"codes_{number + 1}" for number in range(n_coders))]
    return lay_out(rows[chosen], answers, coding.scheme.version)


def _words(judged: Judgements, unit: int, person: int) -> str:
    values = judged.present[unit, person]
    if pd.isna(values).all():
        return ""
    return "; ".join(code for code, value in zip(judged.codes, values, strict=True) if value == 1) or NONE


def filled_rows(name: str, coder: str, sheet: pd.DataFrame, scheme: CodingScheme) -> CodingFile:
    """Turn a filled sheet into rows of a coding file; rows without codes are left out.

    Args:
        name: Name of the sheet.
        coder: Whose it is.
        sheet: Cells as text; the index holds the row numbers.
        scheme: The scheme; names of codes become ids.

    Raises:
        CodingError: If a column of the sheet is missing.
    """
    absent = [column for column in SHEET if column not in sheet and column not in ("text", "segment", "note")]
    if absent:
        raise CodingError(
            f"{name}: there is no column {absent[0]}; it was there when the sheet was written; put it back"
        )
    rows = sheet.reindex(columns=SHEET, fill_value="").assign(code=sheet["codes"].map(_codes)).explode("code")
    rows = in_ids(rows[rows["code"].notna()].assign(coder=coder), scheme)
    return CodingFile(name, coder, rows[FILE])


def _codes(cell: str) -> list[str]:
    return list(dict.fromkeys(word for word in _BETWEEN.split(cell.strip()) if word))


def new_rows(filled: CodingFile, held: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a filled sheet that a coding file does not hold yet.

    Args:
        filled: The sheet's rows, free of faults.
        held: Rows of the coding file, codes as ids.

    Raises:
        CodingError: If an answer was coded otherwise under the same version before: what was coded is never replaced.
    """
    before, now = _given(held), _given(filled.rows)
    keys = [*_answers(filled.rows)]
    first: dict[tuple[str, ...], int] = {}
    for place, key in enumerate(keys):
        first.setdefault(key, place)
    faults = [
        f"{filled.name}: row {filled.rows.index[first[key]]}, column codes: this answer was coded otherwise under "
        f"version {key[2]}; what was coded stays: leave the row as it was, or let the adjudicator decide"
        for key, given in now.items()
        if key in before and before[key] != given
    ]
    if faults:
        raise CodingError("\n".join(faults))
    places = [place for place, key in enumerate(keys) if key not in before]
    return filled.rows.iloc[sorted(places, key=lambda place: first[keys[place]])]


def _given(rows: pd.DataFrame) -> dict[tuple[str, ...], set[tuple[str, str]]]:
    """Return what was given to each answer under a version: parts and codes."""
    found: dict[tuple[str, ...], set[tuple[str, str]]] = {}
    for key, part, code in zip(_answers(rows), rows["segment"], rows["code"], strict=True):
        found.setdefault(key, set()).add((part, code))
    return found


def without_responses(rows: pd.DataFrame, responses: Sequence[str]) -> pd.DataFrame:
    """Leave out the rows of some responses."""
    return rows[~rows["response_id"].str.strip().isin(list(responses))]


def unread(filled: CodingFile, held: pd.DataFrame) -> int:
    """Count the answers of a filled sheet that the coding file does not hold."""
    known = set(map(tuple, held[_KEY].itertuples(index=False))) if len(held) else set()
    return len({key for key in _answers(filled.rows) if key not in known})


def _answers(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    return (tuple(map(str, key)) for key in rows[_KEY].itertuples(index=False))
