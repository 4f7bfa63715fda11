"""Fits → why they must not leave the circle of those who may see answers, in words (property P11 of the design)."""

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from models.sections.imputation import IMPUTATIONS
from pipelines.steps.disclosure import LEAST_ORGANISATIONS
from pipelines.steps.scores_without_items import ALPHA
from pipelines.steps.withheld_reasons import reason

LEAST_DF = 10
LINEAR = ("OLS", "WLS", "OLS_within", "WLS_within")
OF_UNITS = ("within", "between", "within_between", "random_effects", "first_differences")
OF_GROUPS = ("mixed",)
OF_COUNTS = ("poisson", "negative_binomial")
LEAST_CLUSTERS = 10
HIGHEST_LEVERAGE = 0.9


def reasons_without_words(fit: Mapping[str, object], language: str = "en") -> list[str]:
    """List why a fit cannot be explained to the readers of a release; nothing when it can.

    Args:
        fit: Row of ``out.fits`` with ``is_of_records`` where the outcome is.
        language: ``en`` or ``da``.
    """
    is_linear, is_of_units = fit["estimator"] in LINEAR, fit["estimator"] in OF_UNITS
    is_of_groups = fit["estimator"] in OF_GROUPS
    rules = (
        (is_of_units, "of_units"),
        (is_of_groups, "of_groups"),
        (not (is_linear or is_of_units or is_of_groups), "other_units"),
        (bool(fit.get("is_of_records")), "of_records"),
    )
    return [reason(key, language) for broken, key in rules if broken]


def reasons_to_withhold(
    fit: Mapping[str, object],
    diagnostics: Mapping[str, float],
    terms: Iterable[str],
    text_items: Iterable[str],
    language: str = "en",
) -> list[str]:
    """List why a fit must not leave the circle of those who may see answers; nothing when it may.

    Rows of organisations ask for as many organisations as clusters.

    Args:
        fit: Row of ``out.fits`` with ``least_cell_size`` added; no number of clusters stands for no clusters, and what
            else is missing counts against the fit.
        diagnostics: Diagnostic → value; leverage must be there of every estimator by least squares, and of an outcome
            of categories the responses in the least.
        terms: Terms of the fit.
        text_items: Items whose answers are texts of the export's cells (kind ``code``).
        language: ``en`` or ``da``.

    Returns:
        Reasons in words; see ``withheld_reasons``.
    """
    least = float(str(fit["least_cell_size"]))
    parts = [part for term in terms for part in term.split(" x ")]
    is_by_least_squares = fit["estimator"] in (*LINEAR, *OF_UNITS, *OF_GROUPS)
    needs_outcome = not is_by_least_squares and fit["estimator"] not in OF_COUNTS
    has_rows_of_organisations = "n_responses" in diagnostics
    fewest = LEAST_CLUSTERS if has_rows_of_organisations else LEAST_ORGANISATIONS
    n_people = diagnostics.get("n_responses", _figure(fit["n_obs"], 0))
    rules = (
        (min(n_people, _figure(fit["n_obs"], 0)) < least, "few_responses", least),
        (_figure(fit["df_resid"], 0) < LEAST_DF, "few_degrees", LEAST_DF),
        (_figure(fit["n_clusters"], LEAST_CLUSTERS) < LEAST_CLUSTERS, "few_clusters", LEAST_CLUSTERS),
        (diagnostics.get("least_category_n", least) < least, "small_category", least),
        (is_by_least_squares and diagnostics.get("max_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage", 0),
        (needs_outcome and diagnostics.get("least_outcome_n", 0) < least, "small_outcome", least),
        (
            diagnostics.get("n_organisations", 0 if has_rows_of_organisations else fewest) < fewest,
            "few_organisations",
            fewest,
        ),
        (
            diagnostics.get("least_category_organisations", LEAST_ORGANISATIONS) < LEAST_ORGANISATIONS,
            "category_of_few_organisations",
            LEAST_ORGANISATIONS,
        ),
        (any("organisation_id" in part for part in parts), "single_organisation", 0),
        (any(part.startswith(f"{item}[") for item in text_items for part in parts), "cell_texts", 0),
        *((IMPUTATIONS in diagnostics, "imputed", 0), (fit["covariance"] == "design", "by_design", 0)),
        ("noughts_count_as" in diagnostics, "log_ratio", 0),
        (any(name.startswith(ALPHA) for name in diagnostics), "without_items", 0),
    )
    return [reason(key, language, fewest_asked) for broken, key, fewest_asked in rules if broken]


def too_alike(responses: Mapping[str, frozenset[str]], least_cell_size: int, language: str = "en") -> dict[str, str]:
    """Find fits whose responses differ from those of another by so few people that these could be worked out.

    Args:
        responses: Fit → response ids it used, of fits that may otherwise be released; the earlier of two is kept.
        least_cell_size: Fewest people in one of two fits but not in both, unless both use the same people.
        language: Of the reasons.

    Returns:
        Fit → reason to withhold it.
    """
    withheld: dict[str, str] = {}
    kept: set[frozenset[str]] = set()
    for fit_id, used in responses.items():
        if any(0 < len(used ^ other) < least_cell_size for other in kept):
            withheld[fit_id] = reason("too_alike", language, least_cell_size)
        else:
            kept.add(used)
    return withheld


def _figure(value: object, when_missing: float) -> float:
    figure = float("nan") if value is None or value is pd.NA else float(str(value))
    return when_missing if math.isnan(figure) else figure
