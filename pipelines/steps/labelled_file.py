"""``core.analysis`` and the reasons why answers are missing → the plan of a labelled SPSS or Stata file.

Names, labels and values as the program allows them; whatever had to be changed is listed. Put here what a file holds;
the limits are in ``program_limits``, single columns in ``labelled_cells``, and ``exports`` writes the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from instruments.codebooks.reasons import REASON_LABELS
from pipelines.load import Study
from pipelines.steps.labelled_cells import Cells, numeric_cells, text_cells
from pipelines.steps.program_limits import Program, cut, legal_names
from pipelines.steps.variable_meanings import Meaning, in_language, meanings_of
from pipelines.tables.base import NUMBER, TEXT, Table


@dataclass(frozen=True)
class FileVariable:
    """One variable of the file.

    Attributes:
        name: Its name in the file.
        column: Its name before it was made legal.
        meaning: What it holds, in full.
        label: Its label, as long as the program allows.
        value_labels: Code, or letter of a missing value → label, as long as the program allows.
        cells: What it holds in every row.
        changes: What had to be changed, in words.
    """

    name: str
    column: str
    meaning: Meaning
    label: str
    value_labels: Mapping[int | str, str]
    cells: Cells
    changes: tuple[str, ...]


@dataclass(frozen=True)
class LabelledFile:
    """The plan of one file.

    Attributes:
        program: For which program.
        title: The file's label.
        variables: Its variables, in order, each with as many cells as there are rows.
    """

    program: Program
    title: str
    variables: tuple[FileVariable, ...]

    def warnings(self) -> tuple[str, ...]:
        """Say every change once, with the variables it befell."""
        befallen: dict[str, list[str]] = {}
        for variable in self.variables:
            for change in variable.changes:
                befallen.setdefault(change, []).append(variable.name)
        return tuple(f"{change}: {', '.join(names)}" for change, names in befallen.items())


def plan_labelled_file(
    program: Program, study: Study, table: Table, analysis: pd.DataFrame, missing: pd.DataFrame
) -> LabelledFile:
    """Plan a labelled file.

    Args:
        program: SPSS or Stata.
        study: The study, whose instruments word the labels.
        table: Description of ``core.analysis``.
        analysis: One row an analysed response (n).
        missing: One row a missing answer: response_id, item, reason.

    Returns:
        A plan with n cells a variable. Missing reasons are kept: as codes from -99 to -90 that SPSS counts as missing
        (others where an answer may be one of these), as Stata's ``.a`` to ``.j``, and for texts, for which neither
        program has enough missing values, in a variable of their own.
    """
    maker = _Maker(program, analysis["response_id"], _reasons_by_item(missing))
    variables = [
        variable
        for column, meaning in meanings_of(study, table).items()
        for variable in maker.variables(column, meaning, table.columns[column].kind, analysis[column])
    ]
    names = legal_names([variable.column for variable in variables], program)
    words = in_language(study.spec.title, study.spec.release.languages) or study.name
    title = cut(words, program.longest_title, program.length)
    return LabelledFile(program, title, tuple(_renamed(each, names[each.column], program) for each in variables))


@dataclass(frozen=True)
class _Maker:
    """Makes variables; names are made legal when all are known."""

    program: Program
    response_ids: pd.Series
    reasons: Mapping[str, pd.Series]

    def variables(self, column: str, meaning: Meaning, kind: str, values: pd.Series) -> Iterator[FileVariable]:
        """Make the variable of a column, and one for its reasons where it is a text."""
        reasons = self._reasons(column, meaning, values)
        if kind != TEXT:
            yield self._variable(column, meaning, numeric_cells(values, kind, reasons, meaning.points, self.program))
            return
        yield self._variable(column, meaning, text_cells(values, self.program))
        if reasons.notna().any():
            nothing = pd.Series(np.nan, index=values.index)
            why = Meaning(f"Why there is no {column}", {}, "nominal", meaning.item)
            yield self._variable(f"{column}_missing", why, numeric_cells(nothing, NUMBER, reasons, (), self.program))

    def _reasons(self, column: str, meaning: Meaning, values: pd.Series) -> pd.Series:
        """Return the reason of every missing value where one is recorded."""
        known = self.reasons.get(column, self.reasons.get(meaning.item or column))
        if known is None:
            return pd.Series(None, index=values.index, dtype="object")
        found = pd.Series(known.reindex(self.response_ids).to_numpy(dtype=object), index=values.index)
        return found.where(values.isna() & found.notna(), None)

    def _variable(self, column: str, meaning: Meaning, cells: Cells) -> FileVariable:
        program = self.program
        label = cut(meaning.label, program.longest_label, program.length)
        wanted: dict[int | str, str] = {code: REASON_LABELS[reason]["en"] for reason, code in cells.missing.items()}
        wanted |= {code: text for code, text in meaning.points.items()}  # noqa: C416 - the keys become wider
        value_labels = {code: cut(text, program.longest_value_label) for code, text in wanted.items()}
        changes = list(cells.changes)
        if label != meaning.label:
            changes.append(f"the label is longer than {program.name} allows ({program.longest_label}) and was cut")
        if value_labels != wanted:
            changes.append(f"value labels are longer than {program.name} allows and were cut")
        return FileVariable(column, column, meaning, label, value_labels, cells, tuple(changes))


def _renamed(variable: FileVariable, name: str, program: Program) -> FileVariable:
    if name == variable.column:
        return variable
    change = f"{program.name} does not allow the name {variable.column}; it is called"
    return replace(variable, name=name, changes=(change, *variable.changes))


def _reasons_by_item(missing: pd.DataFrame) -> dict[str, pd.Series]:
    indexed = missing.set_index("response_id")
    return {str(item): rows["reason"] for item, rows in indexed.groupby("item", sort=False)}
