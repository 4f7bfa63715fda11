"""How effects depend on other variables and what a model expects: slopes, regions, surfaces, predictions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Cell, Kind, Table
from pipelines.methods_report.defined import SHAPES, links
from pipelines.methods_report.diagnostics import Fits, Titles, term_of
from pipelines.methods_report.found import Found
from pipelines.report_tables.reported import ReportedFit
from pipelines.tables import fitted, shapes

TESTED: Mapping[str, Kind] = {
    "estimate": "estimate",
    "conf_low": "estimate",
    "conf_high": "estimate",
    "p_value": "p_value",
}
OF_PREDICTIONS = ("estimate", "conf_low", "conf_high", "boot_low", "boot_high")
Line = tuple[Cell, ...]


def slopes(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield the slopes of the focal terms of fits at values of their moderators."""
    lines = tuple(
        (
            _focal(found, fit, row, titles),
            found.maybe(str(row["at"]), str(row["at"])) if row["at"] != "mean" else found.say("at_mean"),
            found.cell(row["value"], missing="does_not_apply"),
            *found.cells(row, TESTED),
        )
        for fit, row in _rows(found.rows(shapes.SLOPES), fits)
    )
    heads = ("at", "value", "estimate", "low", "high", "p_value")
    yield from _table(found, "slopes_caption", heads, lines, ("slopes", 1))


def regions(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield where the slopes of fits are clear."""
    lines = tuple(
        (
            _focal(found, fit, row, titles),
            found.say("yes" if row["is_significant"] else "no"),
            found.cell(row["low"], missing="without_end"),
            found.cell(row["high"], missing="without_end"),
            found.cell(row["share_of_responses"], "share"),
        )
        for fit, row in _rows(found.rows(shapes.SLOPE_REGIONS), fits)
    )
    heads = ("is_significant", "low", "high", "share_of_responses")
    yield from _table(found, "regions_caption", heads, lines, ("regions", 1))


def surface(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield the features of the response surfaces of fits."""
    lines = tuple(
        (
            titles[fit.fit_id],
            _feature(found, str(row["feature"])),
            *(found.cell(row[name], kind, "does_not_apply") for name, kind in TESTED.items()),
            found.maybe(str(row["verdict"]), str(row["verdict"]).replace("_", " "))
            if row["verdict"]
            else found.say("none"),
        )
        for fit, row in _rows(found.rows(shapes.SURFACE), fits)
    )
    heads = ("feature", "estimate", "low", "high", "p_value", "verdict")
    yield from _table(found, "surface_caption", heads, lines, ("surface", 1))


def predictions(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield what categorical models expect along the focal regressor, at a few of its values."""
    rows = found.rows(fitted.PREDICTIONS)
    lines = tuple(
        (
            titles[fit.fit_id],
            str(row["category"]) or found.say("of_one"),
            str(row["focal_category"]) or found.cell(row["focal_value"]),
            *(found.cell(row[name]) for name in OF_PREDICTIONS),
        )
        for fit, row in _rows(rows, fits)
    )
    is_drawn = rows.loc[rows["fit_id"].isin(list(titles)), "boot_low"].notna().any()
    heads = ("category", "value", "estimate", "low", "high", "boot", "high")
    yield from _table(
        found, "predictions_caption", heads, lines, ("predictions_drawn" if is_drawn else "predictions", 1)
    )


def _rows(rows: pd.DataFrame, fits: Iterable[ReportedFit]) -> Iterator[tuple[ReportedFit, Mapping[str, Any]]]:
    for fit in fits:
        own = rows[rows["fit_id"] == fit.fit_id]
        if "position" in own:
            own = own.sort_values("position", kind="stable")
        yield from ((fit, row) for row in rows_of(own))


def _focal(found: Found, fit: ReportedFit, row: Mapping[str, Any], titles: Titles) -> str:
    moderated = f"{term_of(fit, str(row['focal_term']))} | {found.variable(str(row['moderator']))}"
    return f"{titles[fit.fit_id]}: {moderated}"


def _feature(found: Found, feature: str) -> str:
    return found.words.maybe(f"surface_{feature}", found.maybe(f"feature_{feature}", feature.replace("_", " ")))


def _table(
    found: Found, caption: str, heads: tuple[str, ...], lines: Sequence[Line], said: tuple[str, int]
) -> Iterator[Table]:
    """Yield a table where it has rows, lines of the same first cell under it.

    ``said`` is what its statistics are called, and how many columns hold words.
    """
    name, n_labels = said
    rows = list[Line]()
    for place, (over, *cells) in enumerate(lines):
        rows += [(over,)] if place == 0 or lines[place - 1][0] != over else []
        rows.append(tuple(cells))
    if rows:
        yield Table(found.say(caption), found.heads(*heads), tuple(rows), n_labels, defined=links(SHAPES[name]))
