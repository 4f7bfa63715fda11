"""A file's bytes → plain UTF-8 records of equal width that a fast scan can cut, and the records that are not.

Put here what must happen to bytes before DuckDB reads them; not what cells mean.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, cast

import numpy as np
import numpy.typing as npt

from pipelines.readers.files.head import csv_rows, quotation_fault
from pipelines.readers.files.lines import measure_lines
from pipelines.readers.plan import ReadingError, ReadingPlan

PLAIN_ENCODING = "utf-8"
RULES_OF_ROWS: Mapping[str, str] = {
    "blank_row": "no cell of the row holds anything",
    "too_few_cells": "the row has fewer cells than there are headers",
    "too_many_cells": "the row has more cells than there are headers",
    "superseded_by_later_export": "another export of the same source holds this response as it was later",
    "deleted_on_platform": "the platform that the response was pulled from has it no more",
    "row_of_another_source": "the source takes only rows that hold certain texts, and this is none of them",
}
_SIGNS_OF_PATTERNS = "*?[{"
_LINE_END = "\r\n"
_CHUNK = 4_000_000


@dataclass(frozen=True)
class Records:
    """A file that can be scanned.

    Attributes:
        path: UTF-8 without a byte order mark; the file itself where that is what it is.
        skipped: Header records at its beginning.
        n_rows: Records below them, counted from the bytes.
        line_end: What ends a record.
        folder: Where further copies may be made; removed with everything in it afterwards.
        odd: Row number → rule, for rows that were left out because they are blank lines or have another width.
    """

    path: Path
    skipped: int
    n_rows: int
    line_end: str
    folder: Path
    odd: Mapping[int, str] = field(default_factory=dict[int, str])

    def row_numbers(self, n_rows: int, header_rows: int) -> npt.NDArray[np.int64]:
        """Return the row number in the file, headers counted, of every record that the scan yields.

        Args:
            n_rows: Records that the scan yields.
            header_rows: Header rows of the original file.

        Returns:
            Length n_rows, ascending, from 1.
        """
        all_numbers = np.arange(header_rows + 1, header_rows + n_rows + len(self.odd) + 1, dtype=np.int64)
        return all_numbers[~np.isin(all_numbers, list(self.odd))] if self.odd else all_numbers


def plain_records(path: Path, folder: Path, plan: ReadingPlan, file_name: str) -> Records:
    """Give access to a file as UTF-8 text; a copy, where one is needed, is made in the folder.

    Raises:
        ReadingError: When bytes are not in the plan's encoding, or a row cannot be cut into cells.
    """
    text = path.absolute()
    if plan.encoding != PLAIN_ENCODING:
        text = folder / "utf8.csv"
        _transcode(path, plan.encoding, text, file_name)
    elif any(sign in str(text) for sign in _SIGNS_OF_PATTERNS):
        text = folder / "export.csv"
        text.unlink(missing_ok=True)
        text.symlink_to(path.absolute())
    lines = measure_lines(text)
    n_rows = max(lines.n_records - plan.header_rows, 0)
    records = Records(text, plan.header_rows, n_rows, lines.end, folder)
    is_irregular = lines.has_blank or not lines.end
    return in_order(records, plan, file_name) if is_irregular else records


def in_order(records: Records, plan: ReadingPlan, file_name: str) -> Records:
    """Write the records of the right width into a new file, and say which others there are.

    Slower than a scan, and only needed for files with blank lines, rows of different widths or mixed line ends.
    Records that are in order already are returned as they are.

    Raises:
        ReadingError: When a quotation mark is not closed, or text follows a closing one.
    """
    if not records.skipped:
        return records
    width, target = len(plan.columns), records.folder / "in_order.csv"
    odd: dict[int, str] = {}
    number = 0
    with _text(records.path) as source, _text(target, "w") as out:
        writer = csv.writer(out, delimiter=plan.delimiter, lineterminator=_LINE_END)
        try:
            for number, row in enumerate(csv_rows(source, plan.delimiter), start=1):
                if number > plan.header_rows and len(row) == width:
                    writer.writerow(row)
                elif number > plan.header_rows:
                    odd[number] = _rule_of_width(len(row), width)
        except csv.Error as error:
            raise ReadingError(file_name, quotation_fault(number + 1, error)) from error
    n_rows = max(number - plan.header_rows - len(odd), 0)
    return Records(target, 0, n_rows, _LINE_END, records.folder, _without_last_blanks(odd, number))


def _text(path: Path, mode: str = "r") -> TextIO:
    return cast("TextIO", path.open(mode, encoding=PLAIN_ENCODING, newline=""))


def _rule_of_width(n_cells: int, width: int) -> str:
    if n_cells == 0:
        return "blank_row"
    return "too_few_cells" if n_cells < width else "too_many_cells"


def _without_last_blanks(odd: dict[int, str], last: int) -> dict[int, str]:
    """Leave out blank lines at the end of the file: they are no rows."""
    while odd.get(last) == "blank_row":
        del odd[last]
        last -= 1
    return odd


def _transcode(path: Path, encoding: str, target: Path, file_name: str) -> None:
    try:
        with path.open(encoding=encoding, newline="") as source, _text(target, "w") as out:
            while text := source.read(_CHUNK):
                out.write(text)
    except UnicodeError as error:
        raise ReadingError(file_name, f"the file is not in the encoding {encoding}; leave encoding out") from error
