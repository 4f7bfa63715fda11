"""What speaks for and against the fits of a model: diagnostics, readings, joint tests; a column for every variant."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from models.multilevel.readings import OF_VARIANCES, RESIDUAL
from models.regression.comparing.of_fit import OF_COMPARISONS, OF_FORMS
from models.regression.found import FROM_STATISTICS
from models.sections.imputation import DELTA
from models.sections.nonresponse import SELECTION
from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Kind, Table
from pipelines.board_report.words import plain
from pipelines.methods_report.defined import READINGS, SHAPES, links, of_diagnostic
from pipelines.methods_report.found import Found
from pipelines.report_tables.reported import ReportedFit
from pipelines.report_tables.terms import Place
from pipelines.tables import fitted, out

MOST_COLUMNS = 5
WHOLE_MODEL, SURFACE, BEYOND, EQUAL = "whole model", "surface: ", ": beyond a straight line", " = "
P_VALUES = ("equivalence", "wild_bootstrap")
COUNTED = (
    *("n_", "least_category_", "least_outcome_", "measurement_", "decided_", "fewest_", "most_", "columns_not_"),
    *(
        "covariance_mended",
        "columns_not_",
        "bootstrap_draws",
        "without_finite_",
        "surface_organisations",
        "surface_same_",
        "singular",
        "optimum_doubts",
        "improper_",
        "resamples_",
        "chi_square_df",
    ),
)
HELD = (DELTA, SELECTION)
"""Readings whose name is followed by the value that is held."""
JOINT = {"D1": ("D1, pooled Wald test",), "D2": ("D2, pooled test statistics",)}
"""Definitions of the joint tests of imputed values."""
Fits = Sequence[ReportedFit]
Titles = Mapping[str, str]


def diagnostics(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield the diagnostics of fits side by side, each with its threshold and verdict."""
    rows = _of(found.rows(out.DIAGNOSTICS), fits)
    lines: dict[str, dict[str, str]] = {}
    limits: dict[str, str] = {}
    for row in rows_of(rows):
        name = _named(found, "diagnostic", str(row["diagnostic"]), " of ")
        value = found.number(row["value"], _kind(str(row["diagnostic"])))
        lines.setdefault(name, {})[str(row["fit_id"])] = (
            found.say("verdict_look", value=value) if row["verdict"] == "look" else value
        )
        limits[name] = found.wording.figure(found.cell(row["threshold"], "end", "no_threshold"))
    estimators = {fit.fit_id: fit.estimator for fit in fits}
    names = [
        name
        for fit_id, each in zip(rows["fit_id"], rows["diagnostic"], strict=True)
        for name in of_diagnostic(estimators[str(fit_id)], _general(str(each)))
    ]
    labelled = {(name, limits[name]): cells for name, cells in lines.items()}
    heads, notes = ("diagnostic", "threshold"), (found.say("diagnostics_note"),)
    yield from _side_by_side(found, ("diagnostics_caption", heads), labelled, titles, (names, notes))


def readings(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield the readings of the terms of interest of fits side by side."""
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    names = list[str]()
    for fit in fits:
        focal = fit.readings
        if len(focal):
            is_of_no_term = focal["reading"].str.partition(" on ")[0].isin((*OF_COMPARISONS, *OF_VARIANCES))
            focal = focal[focal["term"].isin(fit.focal_terms()) | is_of_no_term]
        for row in rows_of(focal):
            reading = str(row["reading"])
            general = reading.partition(" on ")[0]
            general = next((each for each in HELD if general.startswith(f"{each} ")), general)
            label = (_read_of(found, fit, general, str(row["term"])), _named(found, "reading", reading, " on "))
            lines.setdefault(label, {})[fit.fit_id] = _reading(found, row)
            names += READINGS.get(general, ())
    yield from _side_by_side(found, ("readings_caption", ("reading",)), lines, titles, (names, ()))


def _read_of(found: Found, fit: ReportedFit, general: str, of: str) -> str:
    """Return what a reading is of, in words: a term, a form of scores, or what differs between groups."""
    if general in OF_FORMS:
        return found.maybe(f"form_{of}", of)
    if general in OF_VARIANCES:
        return found.say("residual") if of == RESIDUAL else _of_what(found, of)
    return term_of(fit, of)


def joint_tests(found: Found, fits: Fits, titles: Titles) -> Iterator[Table]:
    """Yield the joint tests of fits side by side: method, statistic with its degrees of freedom, p."""
    rows = _of(found.rows(fitted.JOINT_TESTS), fits).sort_values("position", kind="stable")
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    for row in rows_of(rows):
        lines.setdefault((_tested(found, str(row["regressor"])),), {})[str(row["fit_id"])] = _joint(found, row)
    names = [name for method in dict.fromkeys(rows["method"]) for name in JOINT.get(str(method), SHAPES["joint"])]
    yield from _side_by_side(found, ("joint_caption", ("regressor",)), lines, titles, (names, ()))


def term_of(fit: ReportedFit, term: str) -> str:
    """Return what a term of a fit is called, with its variable where it is a category."""
    place: Place | None = fit.places.get(term)
    if place is None:
        return plain(term.replace("_", " "))
    return plain(f"{place.variable}: {place.label}" if place.variable else place.label)


def _of(rows: pd.DataFrame, fits: Fits) -> pd.DataFrame:
    """Return the rows of fits, in the order of the fits."""
    rank = {fit.fit_id: place for place, fit in enumerate(fits)}
    own = rows[rows["fit_id"].isin(list(rank))]
    return own.assign(place=own["fit_id"].map(rank)).sort_values("place", kind="stable")


def _general(diagnostic: str) -> str:
    return diagnostic.partition(" of ")[0]


def _named(found: Found, kind: str, name: str, before: str) -> str:
    """Return a diagnostic or reading in words, with the regressor or category that it is of."""
    general, between, of = name.partition(before)
    held, _, value = general.partition(" ")
    if kind == "reading" and held in HELD and value:
        said = found.say(f"reading_{held}", value=value)
    else:
        said = found.maybe(f"{kind}_{general}", general.replace("_", " "))
    return f"{said}: {_of_what(found, of)}" if between else said


def _of_what(found: Found, name: str) -> str:
    """Return a regressor or category in words, or the groups of a mixed model with what differs between them."""
    column, colon, effect = name.partition(": ")
    groups = found.maybe(f"column_{column}", "")
    if not groups:
        return found.variable(name)
    return f"{groups}: {found.variable(effect)}" if colon else groups


def _kind(diagnostic: str) -> Kind:
    if _general(diagnostic).endswith("_p"):
        return "p_value"
    return "count" if diagnostic.startswith(COUNTED) else "estimate"


def _reading(found: Found, row: Mapping[str, Any]) -> str:
    said = found.number(row["value"], "p_value" if row["reading"] in P_VALUES else "estimate")
    ends = [found.number(row[end]) for end in ("conf_low", "conf_high") if not pd.isna(row[end])]
    if len(ends) == 1:
        said = f"{said}\n{found.say('limit', value=ends[0])}"
    elif ends:
        said = f"{said}\n[{found.say('between_ends').join(ends)}]"
    return f"{said}\n{found.maybe(str(row['verdict']), str(row['verdict']))}" if row["verdict"] else said


def _tested(found: Found, regressor: str) -> str:
    """Return what is tested at once, in words."""
    if regressor.endswith(FROM_STATISTICS):
        return found.say("from_statistics", said=_tested(found, regressor.removesuffix(FROM_STATISTICS)))
    if regressor == WHOLE_MODEL:
        return found.say("whole_model_tested")
    if EQUAL in regressor:
        return found.say("equal_effects", variable=found.variable(regressor.partition(EQUAL)[0]))
    named = regressor.removesuffix(BEYOND)
    reports = named.removeprefix(SURFACE)
    if reports != named:
        said = found.say("use_surface", parts=" × ".join(map(found.variable, reports.split(", "))))
    else:
        said = " × ".join(map(found.variable, named.split(" x ")))
    return said if named == regressor else found.say("beyond", said=said)


def _joint(found: Found, row: Mapping[str, Any]) -> str:
    degrees = [found.number(row["df_num"], "count")]
    degrees += [] if pd.isna(row["df_denom"]) else [found.number(row["df_denom"])]
    statistic = f"{found.number(row['statistic'])} ({found.say('between_ends').join(degrees)})"
    return f"{row['method']}\n{statistic}\np {found.number(row['p_value'], 'p_value')}"


def _side_by_side(
    found: Found,
    said: tuple[str, tuple[str, ...]],
    lines: Mapping[tuple[str, ...], Mapping[str, str]],
    titles: Titles,
    under: tuple[Sequence[str], tuple[str, ...]],
) -> Iterator[Table]:
    """Yield lines with a column for every fit, a few fits a table.

    Args:
        found: Its language.
        said: Key of the caption, and of the heads of the labels.
        lines: Labels → fit → what stands there; a label more than there are heads stands over the lines that share it.
        titles: Fit → what its column is called.
        under: Entries of the definitions ledger, and notes.
    """
    caption, heads = said
    names, notes = under
    fits = list(titles)
    for start in range(0, len(fits) if lines else 0, MOST_COLUMNS):
        part = fits[start : start + MOST_COLUMNS]
        rows = _under_each_other(found, lines, len(heads), part)
        columns = (*found.heads(*heads), *(titles[fit] for fit in part))
        yield Table(found.say(caption), columns, rows, len(heads), notes, links(names))


def _under_each_other(
    found: Found, lines: Mapping[tuple[str, ...], Mapping[str, str]], n_labels: int, fits: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    rows = dict[tuple[str, ...], list[tuple[str, ...]]]()
    for labels, cells in lines.items():
        over, own = labels[:-n_labels], labels[-n_labels:]
        line = (*own, *(cells.get(fit, found.say("does_not_apply")) for fit in fits))
        rows.setdefault(over, [over] if over else []).append(line)
    return tuple(row for under in rows.values() for row in under)
