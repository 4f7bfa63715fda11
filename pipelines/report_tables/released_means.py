"""Released means of the scales of a model → a table by respondent group and wave."""

import pandas as pd

from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.value import EMPTY, Cell, Column, Number, Row, Table
from pipelines.report_tables.words import Words

DECIMALS = 2
COEFFICIENTS = ("alpha", "omega")


def released_mean_table(fit: ReportedFit, means: pd.DataFrame, number: int, words: Words) -> Table:
    """Write the released means of the scales of a model.

    Args:
        fit: The fit.
        means: Rows of the released ``out.scale_means``, of its scales, groups and waves.
        number: Of the table within its document.
        words: Language.
    """
    rows: list[Row] = []
    for scale in dict.fromkeys(means["scale"].astype(str)):
        rows.append(Row(words.text("scale_title", scale), kind="heading"))
        rows += [_row(row, words) for _, row in means[means["scale"] == scale].iterrows()]
    heads = ("mean", *COEFFICIENTS, "n_obs")
    return Table(
        number=words.say("table", number=number),
        caption=words.say("released_means", model=words.text("model_title", fit.spec.name)),
        stub=words.say("variable"),
        columns=tuple(Column((words.say(each),)) for each in heads),
        rows=tuple(rows),
        parts=tuple((part, words.say(f"part_{part}")) for part in ("estimate", "conf_low", "conf_high")),
        notes=(words.say("released_means_note"),),
    )


def _row(row: pd.Series, words: Words) -> Row:
    group = words.text("group_title", str(row["respondent_group"]))
    label = words.say("of_group", group=group, wave=words.text("wave_title", str(row["wave"])))
    if row["is_hidden"]:
        return Row(label, (Cell((words.say("hidden"),)), EMPTY, EMPTY, EMPTY), depth=1)
    n_obs = Number(float(row["n_obs"]), 0, "whole")
    cells = (
        _mean(row, words),
        *(_coefficient(row[each], words) for each in COEFFICIENTS),
        Cell((words.numerals.written(n_obs),), (("estimate", n_obs),)),
    )
    return Row(label, cells, depth=1)


def _mean(row: pd.Series, words: Words) -> Cell:
    figures = {part: row[name] for part, name in (("estimate", "mean"), ("conf_low",) * 2, ("conf_high",) * 2)}
    known = {part: Number(float(value), DECIMALS) for part, value in figures.items() if pd.notna(value)}
    lines = [words.numerals.written(known["estimate"])]
    if len(known) == len(figures):
        lines.append(words.numerals.interval(known["conf_low"].value, known["conf_high"].value, DECIMALS))
    return Cell(tuple(lines), tuple(known.items()))


def _coefficient(value: float, words: Words) -> Cell:
    if pd.isna(value):
        return EMPTY
    number = Number(float(value), DECIMALS, "share")
    return Cell((words.numerals.written(number),), (("estimate", number),))
