"""Measurement models → a table of standardised loadings, items under their factor, with the fit of each model."""

from collections.abc import Iterator, Mapping

import pandas as pd

from instruments.spec_file import Texts
from models.sections.measurement import MeasurementSpec
from pipelines.report_tables.numerals import P_DECIMALS
from pipelines.report_tables.value import EMPTY, Cell, Column, Number, Row, Table
from pipelines.report_tables.words import Words

DECIMALS, FIT_DECIMALS = 2, 3
INDICES = ("n_obs", "chi_square", "df", "p_value", "cfi", "tli", "rmsea", "srmr")


def loading_table(
    spec: MeasurementSpec, loadings: pd.DataFrame, indices: pd.DataFrame, number: int, words: Words
) -> Table | None:
    """Write the loadings of a measurement model, a column for every respondent group; None where there are none.

    Args:
        spec: Its specification.
        loadings: ``out.loadings``.
        indices: ``out.fit_indices``.
        number: Of the table within its document.
        words: Language.
    """
    own = loadings[(loadings["measurement"] == spec.name) & (loadings["kind"] == "loading")]
    groups = list(dict.fromkeys(own["respondent_group"].astype(str)))
    if not groups:
        return None
    whole = (indices["measurement"] == spec.name) & (indices["over"] == "") & (indices["level"] == "")
    return Table(
        number=words.say("table", number=number),
        caption=words.say("loadings", title=_title(spec.title, words)),
        stub=words.say("item"),
        columns=tuple(Column((words.text("group_title", group),)) for group in groups),
        rows=(*_loading_rows(own, groups, words), *_fit_rows(indices[whole], groups, words)),
        parts=(("estimate", "λ"), ("std_error", words.say("part_std_error"))),
        notes=(words.say("loadings_note"),),
    )


def _title(title: Texts, words: Words) -> str:
    return title.get(words.language) or title.get("en") or next(iter(title.values()), "")


def _loading_rows(own: pd.DataFrame, groups: list[str], words: Words) -> Iterator[Row]:
    figures: Mapping[tuple[str, str, str], pd.Series] = {
        (str(row["left_name"]), str(row["right_name"]), str(row["respondent_group"])): row for _, row in own.iterrows()
    }
    pairs = list(dict.fromkeys((factor, item) for factor, item, _ in figures))
    for factor in dict.fromkeys(factor for factor, _ in pairs):
        yield Row(words.text("scale_title", factor), kind="heading")
        for item in (item for each, item in pairs if each == factor):
            cells = tuple(_loading(figures.get((factor, item, group)), words) for group in groups)
            label = words.variable(item)
            yield Row(f"{item} {label}" if label != item.replace("_", " ") else item, cells, depth=1)


def _loading(row: pd.Series | None, words: Words) -> Cell:
    if row is None or pd.isna(row["standardised"]):
        return EMPTY
    numerals, value = words.numerals, float(row["standardised"])
    parts, line = [("estimate", Number(value, DECIMALS, "share"))], numerals.without_nought(value, DECIMALS)
    if pd.notna(row["standardised_error"]):
        error = float(row["standardised_error"])
        parts.append(("std_error", Number(error, DECIMALS, "share")))
        line = f"{line} ({numerals.without_nought(error, DECIMALS)})"
    return Cell((line,), tuple(parts))


def _fit_rows(indices: pd.DataFrame, groups: list[str], words: Words) -> Iterator[Row]:
    values = {(str(each.respondent_group), str(each.fit_index)): each.value for each in indices.itertuples()}
    for index in INDICES:
        for kind in ("", "_scaled", "_robust"):
            cells = tuple(_index(values.get((group, index + kind)), index, words) for group in groups)
            if any(cell.lines for cell in cells):
                label = words.say(f"fit_{index}")
                yield Row(words.say(kind[1:], index=label) if kind else label, cells, kind="summary")


def _index(value: float | None, index: str, words: Words) -> Cell:
    if value is None or pd.isna(value):
        return EMPTY
    number = Number(float(value), FIT_DECIMALS, "share")
    if index in ("n_obs", "df"):
        number = Number(float(value), 0, "whole")
    elif index == "p_value":
        number = Number(float(value), P_DECIMALS, "p")
    elif index == "chi_square":
        number = Number(float(value), DECIMALS)
    return Cell((words.numerals.written(number),), (("estimate", number),))
