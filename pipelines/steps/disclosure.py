"""Results → what may be shown: cells with too few people withheld, options chosen by very few joined, numbers rounded.

The rules of this version: figures exist by respondent group and wave over all organisations only; a cell needs the
least cell size and, where organisations are known, three of them; a mean needs answers that differ; a band of answer
options needs three answers and one per cent of them, and a distribution two bands; a fit needs what
``reasons_to_withhold`` lists (properties P1, P2, P9 and P11 of the design).
"""

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from instruments.faults import DataError
from models.sections.imputation import IMPUTATIONS
from models.sections.inference import PATHS
from pipelines.steps.release_rounding import round_to_five
from pipelines.steps.withheld_reasons import reason
from pipelines.tables.base import Table
from pipelines.tables.released import DISTRIBUTIONS_RELEASED, RESPONSE_RATES_RELEASED, SCALE_MEANS_RELEASED

LEAST_ORGANISATIONS = 3
LEAST_BAND = 3
LEAST_BAND_PERCENT = 1
LEAST_BANDS = 2
LEAST_DF = 10
LINEAR = ("OLS", "WLS", "OLS_within", "WLS_within")
OF_UNITS = ("within", "between", "within_between", "random_effects", "first_differences")
OF_GROUPS = ("mixed",)
OF_COUNTS = ("poisson", "negative_binomial")
LEAST_CLUSTERS = 10
HIGHEST_LEVERAGE = 0.9
FORBIDDEN_COLUMNS = (
    *("response_id", "respondent_key", "organisation_id", "unit_id"),
    *("row_number", "file_sha256", "text_id"),
)
COEFFICIENTS = ("alpha", "omega")
CELL = ["item", "respondent_group", "wave"]


class DisclosureError(DataError):
    """A table holds what must never leave the warehouse."""


def is_too_small(n_obs: pd.Series, n_organisations: pd.Series, least_cell_size: int) -> pd.Series:
    """Say which cells have too few people, or come from too few organisations where these are known."""
    few_people = n_obs.fillna(0) < least_cell_size
    few_organisations = (n_organisations < LEAST_ORGANISATIONS).fillna(False)
    return (few_people | few_organisations).astype(bool)


def protect_response_rates(rates: pd.DataFrame, n_organisations: pd.Series, least_cell_size: int) -> pd.DataFrame:
    """Withhold small groups and round; a rate is that of the rounded counts, so that it tells no more than these.

    A rate is missing where so few did not answer that they could be worked out, and where it is nought or one.

    Args:
        rates: ``out.response_rates``.
        n_organisations: Organisations among the analysed responses, aligned with ``rates``; NA when unknown.
        least_cell_size: Fewest responses of a shown group.

    Returns:
        The released table.
    """
    responses = rates["n_complete"] + rates["n_partial"]
    hidden = is_too_small(responses, n_organisations, least_cell_size)
    n_invited, n_responses = round_to_five(rates["n_invited"]), round_to_five(responses)
    rate = (n_responses / n_invited.where(n_invited > 0)).astype("Float64").round(2)
    few_silent = (rates["n_invited"] - responses < least_cell_size).fillna(True)
    shown = pd.DataFrame(
        {
            "n_invited": n_invited,
            "n_responses": n_responses,
            "n_organisations": round_to_five(n_organisations),
            "response_rate_2": rate.mask((few_silent | rate.isin([0.0, 1.0])).astype(bool)),
        }
    ).mask(hidden)
    return RESPONSE_RATES_RELEASED.typed(shown.assign(**rates[["wave", "respondent_group"]], is_hidden=hidden))


def protect_scale_means(means: pd.DataFrame, reliability: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    """Withhold small cells, and cells in which everyone has the same score; round to two decimals.

    Args:
        means: ``out.scale_means``.
        reliability: ``out.reliability``.
        least_cell_size: Fewest scores of a shown mean.

    Returns:
        The released table.
    """
    key = ["scale", "respondent_group", "wave"]
    joined = means
    for name in COEFFICIENTS:
        own = reliability[reliability["coefficient"] == name][[*key, "estimate", "n_obs"]]
        own = own.rename(columns={"estimate": name, "n_obs": f"n_{name}"})
        joined = joined.merge(own, on=key, how="left", validate="one_to_one")
    all_the_same = joined["std_dev"].fillna(0).round(2) == 0
    hidden = is_too_small(joined["n_obs"], joined["n_organisations"], least_cell_size) | all_the_same.astype(bool)
    shown = joined[["mean", "conf_low", "conf_high", *COEFFICIENTS]].round(2).mask(hidden)
    for name in COEFFICIENTS:
        shown[name] = shown[name].mask((joined[f"n_{name}"] < least_cell_size).fillna(True))
    shown["n_obs"] = round_to_five(joined["n_obs"]).mask(hidden)
    return SCALE_MEANS_RELEASED.typed(shown.assign(**joined[key], is_hidden=hidden))


def protect_distributions(distributions: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    """Withhold items with few answers, join rare options into bands, give whole per cent that add to 100.

    Args:
        distributions: ``out.distributions``.
        least_cell_size: Fewest answers of a shown distribution.

    Returns:
        The released table; a withheld distribution is one row from its first to its last option.
    """
    bands = [
        _protect_distribution(cell.sort_values("code"), least_cell_size).assign(**dict(zip(CELL, key, strict=True)))
        for key, cell in distributions.groupby(CELL, sort=True)
    ]
    return DISTRIBUTIONS_RELEASED.typed(pd.concat(bands)) if bands else DISTRIBUTIONS_RELEASED.empty()


def _protect_distribution(cell: pd.DataFrame, least_cell_size: int) -> pd.DataFrame:
    codes = [int(code) for code in cell["code"]]
    counts = [int(count) for count in cell["n_answers"]]
    bands = join_rare_options(codes, counts)
    too_small = is_too_small(cell["n_obs"].head(1), cell["n_organisations"].head(1), least_cell_size).any()
    if too_small or len(bands) < LEAST_BANDS:
        hidden = {"code_from": codes[0], "code_to": codes[-1], "n_obs": None, "percent": None, "is_hidden": True}
        return pd.DataFrame([hidden])
    percents = whole_percents([count for _, _, count in bands])
    n_obs = int(round_to_five(cell["n_obs"].head(1)).iloc[0])
    return pd.DataFrame(
        [
            {"code_from": first, "code_to": last, "n_obs": n_obs, "percent": percent, "is_hidden": False}
            for (first, last, _), percent in zip(bands, percents, strict=True)
        ]
    )


def join_rare_options(codes: list[int], counts: list[int]) -> list[tuple[int, int, int]]:
    """Join neighbouring answer options until every band has at least three answers and one per cent of them.

    With one per cent in every band and two bands or more, no band is shown as 0 or 100 per cent.

    Args:
        codes: Codes in order.
        counts: Answers with each code.

    Returns:
        First code, last code and answers of each band; none when there are fewer than three answers in all.
    """
    least = max(LEAST_BAND, -(-sum(counts) * LEAST_BAND_PERCENT // 100))
    bands: list[tuple[int, int, int]] = []
    first, total = None, 0
    for code, count in zip(codes, counts, strict=True):
        first, total = code if first is None else first, total + count
        if total >= least:
            bands.append((first, code, total))
            first, total = None, 0
    if first is not None and bands:
        start, _, before = bands.pop()
        bands.append((start, codes[-1], before + total))
    return bands


def whole_percents(counts: list[int]) -> list[int]:
    """Share 100 whole per cent out by largest remainder, so that they add to 100."""
    total = sum(counts)
    floors = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: (-(100 * counts[place] % total), place))
    for place in by_remainder[: 100 - sum(floors)]:
        floors[place] += 1
    return floors


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
    needs_outcome = not is_by_least_squares and fit["estimator"] not in (*OF_COUNTS, *PATHS)
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
        (fit["estimator"] in PATHS, "of_paths", 0),
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


def audit_released(tables: Iterable[tuple[Table, pd.DataFrame]]) -> None:
    """Refuse tables that name a respondent, a unit or an organisation, or show a value where it is hidden.

    Raises:
        DisclosureError: With table and column.
    """
    for table, rows in tables:
        forbidden = [column for column in rows.columns if column in FORBIDDEN_COLUMNS]
        if forbidden:
            raise DisclosureError(
                f"{table.name} has a column {forbidden[0]}; figures of single units are never released"
            )
        if "is_hidden" not in rows:
            continue
        values = rows.loc[rows["is_hidden"].astype(bool)].drop(
            columns=[*table.key, "code_to", "is_hidden"], errors="ignore"
        )
        if values.notna().to_numpy().any():
            raise DisclosureError(f"{table.name} shows a value in a cell that is hidden")
