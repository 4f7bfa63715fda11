"""Fits → why they must not leave the circle of those who may see answers, in words (property P11 of the design).

What is not on the lists of estimators and covariances has no rules here, and is withheld.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from models.sections.figures import QUANTILES
from models.sections.imputation import IMPUTATIONS
from models.sections.inference import FIGURES, MARGINAL, MIXED_CATEGORICAL, PATHS, REPLICATED
from models.sections.nonresponse import STACKED
from pipelines.steps.coarse_degrees import OF_EQUATIONS, OF_GROUPS, OF_SAMPLES, has_rules_of_its_own
from pipelines.steps.disclosure import LEAST_BAND, LEAST_ORGANISATIONS
from pipelines.steps.fit_answers import BESIDE_TWO, LEAST_ANSWER
from pipelines.steps.fit_rows import OF_CALIBRATED, OF_IMPUTED_MEANS, OVER_WAVES
from pipelines.steps.scores_without_items import ALPHA
from pipelines.steps.withheld_reasons import reason
from pipelines.tables.units_of_estimates import UNITS

LEAST_DF = 10
OF_ORGANISATIONS = "n_responses"
"""A diagnostic of fits whose rows are organisations alone."""
OF_RESPONSES = ("OLS", "WLS", "OLS_within", "WLS_within")
"""Estimators by least squares of which an organisation or a person may have several rows."""
LINEAR = (*OF_RESPONSES, "corrected_means")
OF_UNITS = ("within", "between", "within_between", "random_effects", "first_differences")
OF_COUNTS = ("poisson", "negative_binomial", "gee_poisson")
OF_CATEGORIES = ("logit", "probit", "firth_logit", "ordered_logit", "ordered_probit", "multinomial")
LINEAR_EQUATIONS = ("gee_linear",)
NOT_TURNED_BACK = tuple(each for each in (*OF_COUNTS, *OF_CATEGORIES) if each not in MARGINAL)
"""Estimators of which nobody has worked out which sums of an outcome follow; of a scale they are withheld."""
OF_ANSWERS = (*OF_COUNTS, *OF_CATEGORIES, "gee_logit", *MIXED_CATEGORICAL)
"""Estimators whose coefficients tell shares of answers, or sums of counts, in categories of regressors."""
LEAST_BESIDE_TWO = 0.1
WITH_RULES = (
    *(*LINEAR, *OF_UNITS, *OF_GROUPS, *OF_COUNTS, *OF_CATEGORIES),
    *(*OF_EQUATIONS, *MARGINAL, *MIXED_CATEGORICAL, *FIGURES),
)
"""Estimators whose coefficients the rules are about; any other is withheld until somebody has thought about it."""
NEVER: Mapping[str, str] = {
    "cross_lagged_panel": OVER_WAVES,
    "latent_growth": OVER_WAVES,
    "mediation_across_levels": "latent_means",
}
"""Estimators that somebody thought about and for which there is no rule → reason."""
COVARIANCES = (
    *("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3", "CR1S_two_way"),
    "jackknife",
    STACKED,
    *OF_SAMPLES,
)
LEAST_CLUSTERS = 10
HIGHEST_LEVERAGE = 0.9
Broken = tuple[bool, str, float]
"""Whether a rule is broken, the key of its reason, and the fewest that it asks for."""


def reasons_without_words(fit: Mapping[str, object], language: str = "en") -> list[str]:
    """List why a release leaves a fit out that a package may hold: no words, or no rule on organisations; else nothing.

    Args:
        fit: Row of ``out.fits`` with ``is_of_records`` where the outcome is, and ``method_of_silence`` where people
            who did not answer are heeded.
        language: ``en`` or ``da``.
    """
    estimator = fit["estimator"]
    has_words = estimator in UNITS
    rules = (
        (estimator in OF_UNITS, "of_units"),
        (estimator == "population_total", "totals"),
        (estimator == QUANTILES, "single_answers"),
        (estimator in FIGURES and fit.get("covariance") in REPLICATED, "replicated_errors"),
        (estimator in PATHS and not has_words, "of_paths"),
        (estimator not in (*OF_UNITS, *PATHS, *FIGURES) and not has_words, "other_units"),
        (bool(fit.get("is_of_records")), "of_records"),
        (fit.get("method_of_silence") == "selection", "of_selection"),
    )
    return [reason(key, language) for broken, key in rules if broken]


def reasons_to_withhold(
    fit: Mapping[str, object],
    known: Mapping[str, float],
    terms: Iterable[str],
    text_items: Iterable[str],
    language: str = "en",
) -> list[str]:
    """List why a fit must not leave the circle of those who may see answers; nothing when it may.

    Rows of organisations ask for as many organisations as clusters.

    Args:
        fit: Row of ``out.fits`` with ``least_cell_size`` added, and ``is_of_scale`` where the outcome is a scale; no
            number of clusters stands for no clusters, and what else is missing counts against the fit.
        known: Diagnostic → value, and what ``fit_rows.behind_a_fit`` found; leverage must be there of every estimator
            by least squares, of an outcome of categories the responses in the least, and of a fit that has rules of
            its own what these ask.
        terms: Terms of the fit.
        text_items: Items whose answers are texts of the export's cells (kind ``code``).
        language: ``en`` or ``da``.

    Returns:
        Reasons in words; see ``withheld_reasons``.
    """
    least = float(str(fit["least_cell_size"]))
    parts = [part for term in terms for part in term.split(" x ")]
    without_rules = (OVER_WAVES, OF_CALIBRATED, OF_IMPUTED_MEANS)
    never = NEVER.get(str(fit["estimator"]), next((each for each in without_rules if each in known), ""))
    is_known = fit["estimator"] in WITH_RULES and fit["covariance"] in COVARIANCES
    rules = (
        (bool(never), never, 0),
        (not never and not is_known, "without_rules", 0),
        *_of_people(fit, known, least),
        *_of_organisations(fit, known),
        (any("organisation_id" in part for part in parts), "single_organisation", 0),
        (any(part.startswith(f"{item}[") for item in text_items for part in parts), "cell_texts", 0),
        (bool(fit.get("is_of_scale")) and fit["estimator"] in NOT_TURNED_BACK, "sums_unknown", 0),
        *(_of_its_own(fit, known, least) if not never and has_rules_of_its_own(fit, known) else ()),
        *(() if never else _of_answers(fit, known)),
        *_of_dyads(known, least),
        (known.get("weight_in_people", least) < least, "heavy_weight", least),
        ("noughts_count_as" in known, "log_ratio", 0),
        (any(name.startswith(ALPHA) for name in known), "without_items", 0),
    )
    return [reason(key, language, fewest) for broken, key, fewest in rules if broken]


def _of_people(fit: Mapping[str, object], known: Mapping[str, float], least: float) -> Iterator[Broken]:
    is_by_least_squares = fit["estimator"] in (*LINEAR, *OF_UNITS, *OF_GROUPS, *OF_EQUATIONS, *LINEAR_EQUATIONS)
    needs_outcome = not is_by_least_squares and fit["estimator"] not in (*OF_COUNTS, *PATHS, *FIGURES)
    n_people = known.get(OF_ORGANISATIONS, _figure(fit["n_obs"], 0))
    yield min(n_people, _figure(fit["n_obs"], 0)) < least, "few_responses", least
    yield _figure(fit["df_resid"], 0) < LEAST_DF, "few_degrees", LEAST_DF
    yield _figure(fit["n_clusters"], LEAST_CLUSTERS) < LEAST_CLUSTERS, "few_clusters", LEAST_CLUSTERS
    yield known.get("least_category_n", least) < least, "small_category", least
    yield is_by_least_squares and known.get("max_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage", 0
    yield needs_outcome and known.get("least_outcome_n", 0) < least, "small_outcome", least


def _of_organisations(fit: Mapping[str, object], known: Mapping[str, float]) -> Iterator[Broken]:
    """Yield the rules on organisations; where rows are organisations, the leverage of a row is that of one."""
    has_rows_of_organisations = OF_ORGANISATIONS in known
    if fit["estimator"] in OF_RESPONSES and not has_rows_of_organisations:
        yield known.get("unit_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage_of_unit", 0
    fewest = LEAST_CLUSTERS if has_rows_of_organisations else LEAST_ORGANISATIONS
    if_unknown = 0 if has_rows_of_organisations else fewest
    yield known.get("n_organisations", if_unknown) < fewest, "few_organisations", fewest
    in_category = known.get("least_category_organisations", LEAST_ORGANISATIONS)
    yield in_category < LEAST_ORGANISATIONS, "category_of_few_organisations", LEAST_ORGANISATIONS


def _of_its_own(fit: Mapping[str, object], known: Mapping[str, float], least: float) -> Iterator[Broken]:
    """Yield the rules of models of groups, several equations, imputed values and designs of samples.

    Degrees of freedom are counted in groups and sampled units; one organisation or person with several rows may decide
    a coefficient though no row does, and a row one of an equation whose leverage no diagnostic tells; imputed values
    count for nobody.
    """
    is_of_equations = fit["estimator"] in (*MARGINAL, *MIXED_CATEGORICAL)
    if fit["estimator"] in OF_GROUPS or fit["covariance"] in OF_SAMPLES:
        yield known.get("least_df", 0) < LEAST_DF, "few_degrees_of_term", LEAST_DF
    if is_of_equations:
        fewest = min(known.get("least_df", 0), known.get("df_of_groups", 0))
        yield fewest < LEAST_DF, "few_degrees_of_term", LEAST_DF
    if is_of_equations or fit["estimator"] in (*OF_EQUATIONS, *FIGURES):
        yield known.get("row_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage_in_equation", 0
    if fit["estimator"] not in OF_RESPONSES or OF_ORGANISATIONS in known:
        yield known.get("unit_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage_of_unit", 0
    if IMPUTATIONS in known:
        yield known.get("n_complete", 0) < least, "few_complete", least
        yield known.get("df_complete", 0) < LEAST_DF, "few_degrees_complete", LEAST_DF
    if fit["covariance"] in OF_SAMPLES:
        yield known.get("least_units_of_stratum", 0) < LEAST_ORGANISATIONS, "small_stratum", LEAST_ORGANISATIONS
        yield known.get("least_people_of_stratum", 0) < least, "few_in_stratum", least


def _of_answers(fit: Mapping[str, object], known: Mapping[str, float]) -> Iterator[Broken]:
    """Yield the rules on what figures tell of answers and counts in categories of regressors.

    Of least squares they are asked where the outcome is known to be of two values.
    """
    is_of_counts = fit["estimator"] in (*OF_COUNTS, *FIGURES)
    is_of_answers = fit["estimator"] in OF_ANSWERS and not is_of_counts
    yield is_of_counts and known.get(BESIDE_TWO, 0) < LEAST_BESIDE_TWO, "count_of_one", 0
    yield known.get(LEAST_ANSWER, 0 if is_of_answers else LEAST_BAND) < LEAST_BAND, "few_with_answer", LEAST_BAND
    if fit["estimator"] in NOT_TURNED_BACK:
        yield known.get("unit_leverage", 1.0) >= HIGHEST_LEVERAGE, "leverage_of_unit", 0


def _of_dyads(known: Mapping[str, float], least: float) -> Iterator[Broken]:
    """Yield the rules of models with dyads: other members are people behind a fit as those who answered are."""
    yield known.get("n_dyads", least) < least, "few_dyads", least
    yield known.get("least_category_dyads", least) < least, "category_of_few_dyads", least
    yield known.get("dyad_leverage", 0.0) >= HIGHEST_LEVERAGE, "leverage_of_unit", 0


def too_alike(
    responses: Mapping[str, frozenset[str]],
    least_cell_size: int,
    organisations: Mapping[str, str],
    language: str = "en",
    asked: Mapping[str, Sequence[frozenset[str]]] = MappingProxyType({}),
) -> dict[str, str]:
    """Find fits whose responses differ from those of another by so few people that these could be worked out.

    Args:
        responses: Fit → response ids it used, of fits that may otherwise be released; the earlier of two is kept.
        least_cell_size: Fewest people in one of two fits but not in both, unless both use the same people.
        organisations: Response → its organisation, where that is known; those who differ come from three or more.
        language: Of the reasons.
        asked: Fit → further responses that it tells of, such as those of who could answer behind weights.

    Returns:
        Fit → reason to withhold it.
    """
    withheld: dict[str, str] = {}
    kept: set[frozenset[str]] = set()
    for fit_id, used in responses.items():
        own = {used, *asked.get(fit_id, ())}
        apart = [one ^ other for one in own for other in kept | own if one != other]
        if any(len(each) < least_cell_size for each in apart):
            withheld[fit_id] = reason("too_alike", language, least_cell_size)
        elif any(_are_of_few_organisations(each, organisations) for each in apart):
            withheld[fit_id] = reason("too_alike_organisations", language, LEAST_ORGANISATIONS)
        else:
            kept |= own
    return withheld


def _are_of_few_organisations(people: Iterable[str], organisations: Mapping[str, str]) -> bool:
    """Tell whether people who all have a known organisation come from fewer than three."""
    found = {organisations.get(each) for each in people}
    return None not in found and len(found) < LEAST_ORGANISATIONS


def _figure(value: object, when_missing: float) -> float:
    figure = float("nan") if value is None or value is pd.NA else float(str(value))
    return when_missing if math.isnan(figure) else figure
