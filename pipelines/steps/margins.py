"""Margins of study.yaml or a CSV → what raking needs for one wave and respondent group."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.counted import counted
from models.weighting.calibration import Auxiliaries
from models.weighting.faults import WeightingError
from models.weighting.raking import Margin
from pipelines.sections.weighting import CROSSED, Calibration

COLUMNS = ["wave", "respondent_group", "variable", "category", "total"]
UNKNOWN, OF_NUMBER = "", ""
"""The category of responses whose category is not known, and that of a number in what is asked for."""
FIRST_ROW = 2


def margins_of_study(calibration: Calibration) -> pd.DataFrame:
    """Return what stands in study.yaml, one row a category, or a number without: wave (empty: every one) … total."""
    rows = [
        ("", group, variable, category, total)
        for group, of_group in calibration.margins.items()
        for variable, categories in of_group.items()
        for category, total in categories.items()
    ]
    rows += [
        ("", group, name, OF_NUMBER, total)
        for group, all_of in calibration.totals.items()
        for name, total in all_of.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def read_margins(texts: pd.DataFrame) -> pd.DataFrame:
    """Understand a file of margins.

    Args:
        texts: The cells as text: respondent_group, variable, category, total and perhaps wave.

    Returns:
        The columns of ``margins_of_study``.

    Raises:
        WeightingError: When a column is missing, a total is no number (of a category above 0), a row is repeated, or a
            variable has categories and a total of its own; with the row.
    """
    absent = [name for name in COLUMNS[1:] if name not in texts]
    if absent:
        raise WeightingError(f"the column {absent[0]} is missing; found {', '.join(map(str, texts.columns))}")
    margins = texts.assign(wave=texts.get("wave", ""))[COLUMNS]
    margins = margins.assign(**{name: margins[name].str.strip() for name in COLUMNS})
    totals = pd.to_numeric(margins["total"], errors="coerce")
    is_number = margins["category"] == OF_NUMBER
    kinds = is_number.groupby([margins["wave"], margins["respondent_group"], margins["variable"]]).transform("mean")
    for faulty, message in (
        (~(is_number | (totals > 0)) | ~np.isfinite(totals), "the total is no number above 0"),
        (margins.duplicated(COLUMNS[:-1]), "this category stands twice"),
        (~kinds.isin([0.0, 1.0]), "the variable has categories and a total without one; it is one of the two"),
    ):
        if faulty.any():
            raise WeightingError(f"row {int(faulty.to_numpy().argmax()) + FIRST_ROW}: {message}")
    return margins.assign(total=totals)


def variables_of(names: Sequence[str]) -> list[str]:
    """Return the single variables behind the names of margins, crossed ones taken apart."""
    return list(dict.fromkeys(part for name in names for part in name.split(CROSSED)))


def build_margins(
    margins: pd.DataFrame, values: Mapping[str, pd.Series], weights: npt.NDArray[np.float64]
) -> list[Margin]:
    """Make the margins of one wave and group.

    Shares are turned into totals with the sum of the weights. Responses of which the category is not known make a
    category of their own, whose share stays what it is; the others share the rest as the margin says.

    Args:
        margins: Of the wave and group: variable, category, total.
        values: Variable → length n; text of each response's category, NA where not known.
        weights: Length n; before calibration.

    Returns:
        Margins in the order in which the variables first occur.

    Raises:
        WeightingError: When responses have a category that the margin lacks.
    """
    found: list[Margin] = []
    margins = margins[margins["category"] != OF_NUMBER]
    for variable in margins["variable"].drop_duplicates():
        own = margins[margins["variable"] == variable]
        categories = list(own["category"])
        category = _crossed([values[part] for part in str(variable).split(CROSSED)])
        strange = sorted(set(category.dropna()) - set(categories))
        if strange:
            n = int(category.eq(strange[0]).sum())
            raise WeightingError(
                f"{counted(n, 'response has', 'responses have')} {variable} '{strange[0]}', which the margin "
                "lacks; add it, or correct the data"
            )
        targets = own["total"].to_numpy(dtype=np.float64)
        if np.isclose(targets.sum(), 1.0, rtol=1e-4):
            targets = targets / targets.sum() * weights.sum()
        is_unknown = category.isna().to_numpy(dtype=bool)
        if is_unknown.any():
            share = float(weights[is_unknown].sum() / weights.sum())
            targets = np.append(targets * (1 - share), targets.sum() * share)
            categories = [*categories, UNKNOWN]
        places = {name: place for place, name in enumerate(categories)}
        codes = category.fillna(UNKNOWN).map(places).to_numpy(dtype=np.intp)
        found.append(Margin(str(variable), tuple(categories), targets, codes))
    return found


def build_totals(margins: pd.DataFrame, values: Mapping[str, pd.Series]) -> Auxiliaries:
    """Make the totals of numbers of one wave and group.

    Args:
        margins: Of the wave and group: variable, category (empty for a number), total.
        values: Variable → length n; text of each response's number, NA where not known.

    Raises:
        WeightingError: When a response has no number; says how many.
    """
    asked = margins[margins["category"] == OF_NUMBER]
    names = tuple(str(name) for name in asked["variable"])
    columns = [
        pd.to_numeric(values[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan) for name in names
    ]
    for name, own in zip(names, columns, strict=True):
        if n_missing := int((~np.isfinite(own)).sum()):
            raise WeightingError(
                f"{counted(n_missing, 'response has', 'responses have')} no number of '{name}', of {len(own)} whose "
                "weights are calibrated to its total; expected it of all; fill it in, or leave the total out"
            )
    of_rows = np.column_stack(columns) if columns else np.empty((0, 0))
    return Auxiliaries(names, of_rows, asked["total"].to_numpy(dtype=np.float64))


def _crossed(parts: list[pd.Series]) -> pd.Series:
    joined = parts[0].astype("str")
    for part in parts[1:]:
        joined = joined + CROSSED + part.astype("str")
    return joined
