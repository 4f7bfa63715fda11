"""Coefficients of a model as a chart and as a table, in what they are counted in."""

import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from dashboard.axes import Axis
from dashboard.charts import interval_chart, series_legend
from dashboard.figures import MISSING, decimal, p_value, places_for, whole
from dashboard.views.page import Page, inference_line, show_chart, show_table, status_line
from dashboard.views.said_of_models import INTERCEPT, PLACES, outcome_title, term_title, variant_title
from models.paths.found import ARROW
from models.terms import scales_in_terms
from pipelines.board_report.findings_of_fits import ENDS, focal_estimates, shown_ends, unit_of
from pipelines.tables.units_of_estimates import OF_FIGURES, RATIOS

MOST_TERMS = 10


def show_coefficients(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> None:
    """Draw the coefficients of a model and of those of its variants that are counted in the same."""
    say, language, main = page.words.say, page.words.language, fits.iloc[0]
    unit = unit_of(main)
    alike = fits[[unit_of(fit) == unit for _, fit in fits.iterrows()]]
    names = _marked_variants(page, fits)
    every = _drawable(estimates[estimates["fit_id"].isin(alike["fit_id"])], unit)
    every = every.assign(is_other=~every["term"].isin(_terms_of_interest(main, estimates))).sort_values(
        ["is_other", "position"], kind="stable"
    )
    drawn = every if unit in OF_FIGURES else _of_scales(every, status)
    n_left_out = every["term"].nunique() - drawn["term"].nunique()
    points = _points(page, main, drawn, names)
    axis = Axis(
        _axis_title(page, main, unit),
        has_zero_line=unit not in OF_FIGURES,
        is_of_ratios=unit in RATIOS,
    )
    series = [names[variant] for variant in alike["variant"]]
    chart = interval_chart(points, series, axis, language)
    left_out = say("terms_in_the_table", count=n_left_out) if n_left_out else ""
    status_told = f"{_status(page, fits, estimates, status)}."
    show_chart(
        chart,
        " ".join(filter(None, (status_told, inference_line(page, page.groups), left_out))),
        say("coefficient_alt", model=page.words.title("model_title", main["model"])),
        series_legend(series),
    )


def _axis_title(page: Page, fit: pd.Series, unit: str) -> str:
    """Say what the axis counts; plain text, as the chart writes it."""
    model, variant = str(fit["model"]), str(fit["variant"])
    reference = page.words.titles.get(("outcome_reference", f"{model}/{variant}"), "")
    beside = page.words.say("beside_answer" if reference else "beside_unnamed", reference=reference)
    return page.words.say(f"axis_{unit}", outcome=outcome_title(page, str(fit["outcome"])), beside=beside)


def _points(page: Page, main: pd.Series, drawn: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return what a chart of coefficients draws, one row a term and variant."""
    say = page.words.say
    rows = drawn.to_dict("records")
    ends = [shown_ends(main, row) for row in rows]
    points = pd.DataFrame(
        {
            "key": drawn["term"],
            "row": [term_title(page, main["model"], term) for term in drawn["term"]],
            "note": drawn["is_other"].map({False: say("of_interest"), True: ""}),
            "series": drawn["variant"].map(names),
            "value": [each for each, _, _ in ends],
            "low": [each for _, each, _ in ends],
            "high": [each for _, _, each in ends],
        }
    )
    written = [_written(page, main, row, PLACES) for row in rows]
    points["figure"] = [estimate for estimate, _, _ in written]
    points["said"] = [
        say("coefficient_said", term=term, variant=variant, estimate=estimate, low=low, high=high)
        for term, variant, (estimate, low, high) in zip(points["row"], points["series"], written, strict=True)
    ]
    return points


def _terms_of_interest(fit: pd.Series, estimates: pd.DataFrame) -> list[str]:
    return [str(row["term"]) for row in focal_estimates(fit, estimates)] or [str(fit["focal_term"])]


def _drawable(estimates: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Leave out levels that are of no regressor, of paths the steps that they are made of, and what has no ends."""
    term = estimates["term"].astype(str)
    is_threshold = term.str.contains("|", regex=False) & ~term.str.contains(" at ", regex=False)
    is_left_out = (term == INTERCEPT) | term.str.endswith(f": {INTERCEPT}") | is_threshold
    if unit in ("paths", "difference"):
        focal = term[term.str.startswith("difference: ")].str.removeprefix("difference: ").unique()
        of_focal = term.str.partition(ARROW)[2].isin(focal)
        is_left_out = (term.str.contains(ARROW, regex=False) & ~of_focal) | term.str.startswith("correlation")
    has_ends = estimates[list(ENDS)].astype(float).map(math.isfinite).all(axis=1)
    return estimates[~is_left_out & has_ends]


def _marked_variants(page: Page, fits: pd.DataFrame) -> dict[str, str]:
    """Name the variants of a model; each with its label where confirmatory and exploratory ones stand together."""
    is_mixed = len(set(fits["label"])) > 1
    return {
        fit["variant"]: variant_title(page, fit["model"], fit["variant"])
        + (f" ({page.words.say(fit['label']).lower()})" if is_mixed else "")
        for fit in fits.to_dict("records")
    }


def _of_scales(drawn: pd.DataFrame, scales: Collection[str]) -> pd.DataFrame:
    """Leave out of many terms those that are neither of interest nor of scales, such as backgrounds and waves."""
    if drawn["term"].nunique() <= MOST_TERMS:
        return drawn
    is_of_scales = drawn["term"].map(lambda term: bool(scales_in_terms([term], scales)))
    return drawn[is_of_scales | ~drawn["is_other"]]


def _written(page: Page, fit: Mapping[Any, Any], row: Mapping[Any, Any], least: int) -> tuple[str, str, str]:
    """Write a coefficient and the ends of its interval with as many decimals as tell them from no connection."""
    if pd.isna(row["conf_low"]) or pd.isna(row["conf_high"]):
        return decimal(row["estimate"], page.words.language, least), MISSING, MISSING
    ends = shown_ends(fit, row)
    at_rest = 1.0 if unit_of(fit) in RATIOS else 0.0
    places = places_for([each - at_rest for each in ends[1:]], least)
    estimate, low, high = (decimal(each, page.words.language, places) for each in ends)
    return estimate, low, high


def show_estimate_table(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame) -> None:
    """Show every coefficient of a model and its variants, and what each is counted in."""
    language, say = page.words.language, page.words.say
    of_fit = {str(fit["fit_id"]): fit for fit in fits.to_dict("records")}
    rows = [row for row in estimates.to_dict("records") if str(row["fit_id"]) in of_fit]
    own = [of_fit[str(row["fit_id"])] for row in rows]
    written = [_written(page, fit, row, 3) for fit, row in zip(own, rows, strict=True)]
    table = pd.DataFrame(
        {
            "term": [term_title(page, row["model"], row["term"]) for row in rows],
            "variant": [variant_title(page, row["model"], row["variant"]) for row in rows],
            "label": [say(fit["label"]) for fit in own],
            "estimate": [estimate for estimate, _, _ in written],
            "estimate_interval": [say("from_to", low=low, high=high) for _, low, high in written],
            "counted_in": [_counted_in(page, fit, str(row["term"])) for fit, row in zip(own, rows, strict=True)],
            "p_value": [p_value(row["p_value"], language) for row in rows],
            "n": [whole(fit["n_obs"], language) for fit in own],
        }
    )
    show_table(page, table)


def _counted_in(page: Page, fit: Mapping[str, Any], term: str) -> str:
    """Say what a coefficient counts; the constant of a model of ratios is a level, not so many times as much."""
    unit = unit_of(fit)
    is_level = unit in RATIOS and (term == INTERCEPT or term.endswith(f": {INTERCEPT}"))
    return page.words.say("unit_level" if is_level else f"unit_{unit}")


def _status(page: Page, fits: pd.DataFrame, estimates: pd.DataFrame, status: dict[str, str]) -> str:
    """Say how far the scales in a model have been validated."""
    used = scales_in_terms([fits.iloc[0]["outcome"], *estimates["term"]], status)
    return status_line(page, {scale: status[scale] for scale in used})
