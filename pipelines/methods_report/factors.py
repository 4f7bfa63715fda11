"""Factor models one by one: fit, loadings, validity, ladder of invariance, conditions, items that function apart."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from models.sections.measurement import LEVELS, MeasurementSpec
from pipelines.board_report.released import rows_of
from pipelines.board_report.value import Cell, Kind, Section, Table
from pipelines.methods_report.defined import links
from pipelines.methods_report.defined_measures import CONDITIONS, MEASURED
from pipelines.methods_report.found import Found
from pipelines.methods_report.printed import printed_table
from pipelines.report_tables.loadings import loading_table
from pipelines.tables import measurement as tables
from pipelines.tables.base import Table as StoredTable

INVARIANCE = "_invariance"
KINDS_OF_CONDITIONS: Mapping[str, Kind] = {"organisations": "end", "members_median": "end", "f_test": "p_value"}
LADDER: Mapping[str, Kind] = {
    "least_group_n": "count",
    "chi_square_difference": "estimate",
    "df": "end",
    "p_value": "p_value",
    "delta_cfi": "estimate",
    "delta_rmsea": "estimate",
}
FUNCTIONING: Mapping[str, Kind] = {
    "n_obs": "count",
    "uniform_p": "p_value",
    "non_uniform_p": "p_value",
    "nagelkerke": "estimate",
}
DISCRIMINANT: Mapping[str, Kind] = dict.fromkeys(
    ("correlation", "smaller_extracted", "htmt", "htmt_low", "htmt_high"), "estimate"
)


def factors(found: Found) -> tuple[Section, ...]:
    """Write a section for every measurement specification of the study."""
    specs = found.study.measurement.values()
    lines = () if specs else (found.say("factors_none"),)
    return (Section("factors", found.say("factors_title"), lines), *(_specification(found, spec) for spec in specs))


def _specification(found: Found, spec: MeasurementSpec) -> Section:
    made = (_loadings, _pairs, _validity, _discriminant, _ladder, _conditions, _functioning, _problems)
    return Section(
        "factor_model",
        found.texts(spec.title),
        tuple(_said(found, spec)),
        depth=2,
        tables=tuple(table for make in made for table in make(found, spec)),
    )


def _said(found: Found, spec: MeasurementSpec) -> Iterator[str]:
    if because := found.texts(spec.because):
        yield because
    yield found.say(
        "factor_said",
        scales=", ".join(found.text("scale_title", each) for each in spec.scales),
        estimator=found.say(spec.estimator),
        clusters=found.say("clusters_yes" if spec.clusters else "clusters_no"),
    )
    if _own(found, tables.LOADINGS, spec).empty:
        yield found.say("factor_not_fitted")
    if spec.comparisons:
        rule = spec.invariance
        numbers = {"cfi": found.number(rule.largest_fall_of_cfi), "rmsea": found.number(rule.largest_rise_of_rmsea)}
        test = found.say("ladder_test", alpha=found.number(rule.alpha)) if rule.alpha else ""
        yield found.say("ladder_said", **numbers, test=test)
    else:
        yield found.say("ladder_none")
    if _own(found, tables.GATES, spec).empty:
        yield found.say("conditions_none")
    if _own(found, tables.PROBLEMS, spec).empty:
        yield found.say("problems_none")


def _own(found: Found, table: StoredTable, spec: MeasurementSpec) -> pd.DataFrame:
    rows = found.rows(table)
    return found.arranged(rows[rows["measurement"] == spec.name])


def _loadings(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    indices = found.rows(tables.FIT_INDICES)
    table = loading_table(spec, found.rows(tables.LOADINGS), indices, 1, found.words)
    if table is not None:
        is_robust = indices.loc[indices["measurement"] == spec.name, "fit_index"].eq("cfi_robust").any()
        names = (spec.estimator, "fit", *(["robust_fit"] if is_robust else []), "loadings")
        yield printed_table(table, found, tuple(each for name in names for each in MEASURED[name]))


def _pairs(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    rows = _own(found, tables.LOADINGS, spec)
    rows = rows[rows["kind"].str.endswith("covariance") & (rows["left_name"] != rows["right_name"])]
    lines = tuple(
        (
            found.text("group_title", row["respondent_group"]),
            found.variable(row["left_name"]),
            found.variable(row["right_name"]),
            *found.cells(row, {"standardised": "estimate", "standardised_error": "estimate"}),
        )
        for row in rows_of(rows)
    )
    heads = ("group", "first", "second", "correlation", "std_error")
    yield from _table(found, "pairs_caption", heads, lines, 3, MEASURED["loadings"])


def _validity(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    kinds: Mapping[str, Kind] = {"variance_extracted": "estimate", "composite_reliability": "estimate"}
    lines = tuple(
        (*_place(found, row), *found.cells(row, kinds)) for row in rows_of(_own(found, tables.VALIDITY, spec))
    )
    yield from _table(found, "validity_caption", ("group", "scale", *kinds), lines, 2, MEASURED["validity"])


def _place(found: Found, row: Mapping[str, Any]) -> tuple[str, str]:
    return found.text("group_title", row["respondent_group"]), found.text("scale_title", row["scale"])


def _discriminant(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    lines = tuple(
        (
            found.text("group_title", row["respondent_group"]),
            found.text("scale_title", row["first_scale"]),
            found.text("scale_title", row["second_scale"]),
            *found.cells(row, DISCRIMINANT),
            found.say(str(row["fornell_larcker"])),
            found.say(str(row["htmt_below"])),
        )
        for row in rows_of(_own(found, tables.DISCRIMINANT, spec))
    )
    heads = ("group", "first", "second", "correlation", "smaller_extracted", "htmt", "low", "high", "fornell_larcker",
             "htmt_below")  # fmt: skip
    yield from _table(found, "discriminant_caption", heads, lines, 3, MEASURED["discriminant"])


def _ladder(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    rows = _own(found, tables.INVARIANCE, spec)
    rank = {name: place for place, name in enumerate(LEVELS)}
    rows = rows.assign(rank=rows["level"].map(rank)).sort_values(["respondent_group", "over", "rank"], kind="stable")
    lines = tuple(
        (
            found.text("group_title", row["respondent_group"]),
            _over(found, row),
            found.say(f"level_{row['level']}"),
            found.say("yes" if row["holds"] else "no"),
            str(row["compared"]).replace("; ", ", "),
            *(
                found.cell(row[name], kind, "first_level" if row["level"] == "configural" else "not_computed")
                for name, kind in LADDER.items()
            ),
            str(row["released"]) or found.say("none"),
        )
        for row in rows_of(rows)
    )
    names = ["ladder_of_ordered" if spec.estimator == "wlsmv" else "ladder", "difference"]
    names += ["released"] if (rows["released"] != "").any() else []
    heads = ("group", "over", "level", "holds", "compared", *LADDER, "released")
    yield from _table(found, "ladder_caption", heads, lines, 5, [each for name in names for each in MEASURED[name]])


def _over(found: Found, row: Mapping[str, Any]) -> str:
    over = str(row["over"])
    return found.maybe(f"over_{over}", found.variable(over)) if over else found.say("none")


def _conditions(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    rows = _own(found, tables.GATES, spec)
    lines = tuple(
        (
            *_place(found, row),
            found.say(f"purpose_{row['purpose']}"),
            _measure(found, row),
            _asked(found, row, "value", "not_computed"),
            _asked(found, row, "threshold", "no_threshold"),
            found.say(str(row["verdict"])),
            found.say(str(row["when_not_met"])),
        )
        for row in rows_of(rows)
    )
    heads = ("group", "scale", "purpose", "measure", "found", "asked", "verdict", "when_not_met")
    names = [name for measure in rows["measure"] for name in CONDITIONS.get(str(measure), ())]
    yield from _table(found, "conditions_caption", heads, lines, 4, names)


def _asked(found: Found, row: Mapping[str, Any], column: str, missing: str) -> Cell:
    """Return what was found or asked for: a figure, or a level of invariance in words."""
    value = row[column]
    if not str(row["measure"]).endswith(INVARIANCE) or pd.isna(value):
        return found.cell(value, KINDS_OF_CONDITIONS.get(str(row["measure"]), "estimate"), missing)
    return found.say(f"level_{LEVELS[int(value)]}")


def _measure(found: Found, row: Mapping[str, Any]) -> str:
    measure = str(row["measure"])
    level = measure.removesuffix(INVARIANCE)
    said = (
        found.say(f"level_{level}")
        if level != measure
        else found.maybe(f"measure_{measure}", measure.replace("_", " "))
    )
    return f"{said}: {_over(found, row)}" if row["over"] else said


def _functioning(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    rows = _own(found, tables.ITEM_FUNCTIONING, spec)
    lines = tuple(
        (
            found.text("group_title", row["respondent_group"]),
            _over(found, row),
            str(row["item"]),
            found.say(f"size_{row['size']}") if not row["reason"] else found.say("not_computed"),
            *found.cells(row, FUNCTIONING),
        )
        for row in rows_of(rows)
    )
    heads = ("group", "over", "item", "size", "n", *list(FUNCTIONING)[1:])
    names = [name for test in dict.fromkeys(rows["test"]) for name in MEASURED.get(str(test), ())]
    yield from _table(found, "functioning_caption", heads, lines, 4, names)


def _problems(found: Found, spec: MeasurementSpec) -> Iterator[Table]:
    lines = tuple(
        (
            found.text("group_title", row["respondent_group"]),
            _over(found, row),
            str(row["problem"]).replace("_", " "),
            str(row["about"]) or found.say("whole_model"),
            str(row["message"]) or found.say("none"),
            found.cell(row["value"]),
        )
        for row in rows_of(_own(found, tables.PROBLEMS, spec))
    )
    yield from _table(
        found,
        "problems_caption",
        ("group", "over", "problem", "about", "said", "value"),
        lines,
        5,
        MEASURED[spec.estimator],
    )


def _table(
    found: Found,
    caption: str,
    heads: tuple[str, ...],
    lines: tuple[tuple[Cell, ...], ...],
    n_labels: int,
    names: Iterable[str],
) -> Iterator[Table]:
    """Yield a table where it has rows."""
    if lines:
        yield Table(found.say(caption), found.heads(*heads), lines, n_labels, defined=links(names))
