"""The responses of a model → means, standard deviations, reliability and correlations of its scales and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from models.regression.coded_columns import outcome_columns
from models.regression.columns import column_of
from models.spec import RegressionSpec
from pipelines.report_tables.value import EMPTY, Cell, Column, Kind, Number, Row, Table, one_line
from pipelines.report_tables.words import Words
from pipelines.steps.term_labels import term_label

DECIMALS = 2
COEFFICIENTS = ("alpha", "omega")


@dataclass(frozen=True, eq=False)
class Described:
    """What a table of descriptives is made of.

    Attributes:
        spec: The model as written.
        rows: The responses that it uses.
        reliability: ``out.reliability`` of every response, of the groups and waves of the model.
        titles: ``release_texts.titles_of``.
    """

    spec: RegressionSpec
    rows: pd.DataFrame
    reliability: pd.DataFrame
    titles: dict[str, dict[str, str]]


def descriptive_table(described: Described, number: int, words: Words) -> Table:
    """Describe the outcome and the numbers on the right-hand side of a model.

    Args:
        described: The model and its responses.
        number: Of the table within its document.
        words: Language.
    """
    columns = _numbers(described.spec)
    values = described.rows[columns].astype(float)
    correlations = values.corr()
    heads = ["mean", "std_dev", *(each for each in COEFFICIENTS if _has(described.reliability, columns, each))]
    rows = []
    for place, name in enumerate(columns):
        cells = [_number(values[name].mean(), "plain", words), _number(values[name].std(), "plain", words)]
        cells += [_reliability(described.reliability, name, each, words) for each in heads[2:]]
        cells += [
            _number(correlations.iloc[place, other], "share", words) if other < place else EMPTY
            for other in range(len(columns) - 1)
        ]
        label = one_line(term_label(name, described.titles, words.language))
        rows.append(Row(f"{place + 1}. {label}", tuple(cells)))
    notes = [words.say("descriptives_note", n=words.numerals.whole(len(values)))]
    if len(heads) > 2:  # noqa: PLR2004 - beside mean and standard deviation
        notes.append(words.say("reliability_note"))
    return Table(
        number=words.say("table", number=number),
        caption=words.say("descriptives", model=words.text("model_title", described.spec.name)),
        stub=words.say("variable"),
        columns=tuple(Column((each,)) for each in [*map(words.say, heads), *(str(n) for n in range(1, len(columns)))]),
        rows=tuple(rows),
        parts=(("estimate", ""),),
        notes=tuple(notes),
    )


def _numbers(spec: RegressionSpec) -> list[str]:
    """Return the columns of the outcome and of the variables used as numbers, each once."""
    plain = spec.with_variant("main").variables()
    return list(dict.fromkeys([*outcome_columns(spec), *(column_of(each) for each in plain if each.use != "category")]))


def _number(value: float, kind: Kind, words: Words) -> Cell:
    if pd.isna(value):
        return EMPTY
    number = Number(float(value), DECIMALS, kind)
    return Cell((words.numerals.written(number),), (("estimate", number),))


def _has(reliability: pd.DataFrame, scales: Sequence[str], coefficient: str) -> bool:
    return bool(((reliability["coefficient"] == coefficient) & reliability["scale"].isin(list(scales))).any())


def _reliability(reliability: pd.DataFrame, scale: str, coefficient: str, words: Words) -> Cell:
    own = reliability[(reliability["coefficient"] == coefficient) & (reliability["scale"] == scale)][
        "estimate"
    ].dropna()
    if own.empty:
        return EMPTY
    low, high = (words.numerals.without_nought(float(end), DECIMALS) for end in (own.min(), own.max()))
    if low == high:
        return _number(float(own.iloc[0]), "share", words)
    return Cell((words.say("range", low=low, high=high),))
