"""Several fits → what is said under their table: units, intervals, definitions, plan, tests, conditions, release."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.sections.figures import QUANTILES, RATIO
from models.sections.imputation import IMPUTATIONS
from models.sections.inference import FIGURES, LATENT_PATHS, MARGINAL, PATHS, REPLICATED
from models.sections.nonresponse import STACKED, ResponseWeights
from models.sections.paths import Paths
from pipelines.report_tables.coefficients import DAGGER, TINY, Printed, column_list, columns_by
from pipelines.report_tables.reported import LINEAR, ReportedFit
from pipelines.report_tables.summaries import covariance_in_words, estimator_in_words
from pipelines.report_tables.surfaces import surface_note
from pipelines.report_tables.words import Words

Fits = Sequence[ReportedFit]
UNITS = {
    "logit": "unit_logit",
    "firth_logit": "unit_logit",
    "misclassified_logit": "unit_logit",
    "multinomial": "unit_logit",
    "ordered_logit": "unit_logit",
    "probit": "unit_probit",
}
UNITS |= {"ordered_probit": "unit_probit", "poisson": "unit_poisson", "negative_binomial": "unit_poisson"}
UNITS |= dict.fromkeys(("mixed_logit", "mixed_ordered_logit"), "unit_mixed_logit")
UNITS |= {"mixed_ordered_probit": "unit_mixed_probit", "gee_logit": "unit_logit", "gee_poisson": "unit_poisson"}

UNITS |= dict.fromkeys(PATHS, "unit_paths")
UNITS |= dict.fromkeys(FIGURES, "unit_figures") | {RATIO: "unit_ratios"}

EXPLAINED = {
    "OLS_within": "explained_within",
    "WLS_within": "explained_within",
    "within": "explained_within",
    "random_effects": "explained_quasi",
    "within_between": "explained_quasi",
    "between": "explained_between",
    "first_differences": "explained_differences",
    "mixed": "explained_marginal",
    "gee_linear": "explained_equations",
    "mediation": "explained_outcome",
    "two_outcomes": "explained_outcome",
}


def regression_notes(fits: Fits, as_printed: Printed) -> Iterator[str]:
    """Say everything that a reader of a table of fits has to know, one paragraph each."""
    words = as_printed.words
    yield " ".join([plan_note(fits, words), words.say("not_causal")])
    yield " ".join([*_units(fits, words), *_figures(fits, as_printed)])
    if surfaces := " ".join(surface_note(fits, words)):
        yield surfaces
    yield " ".join([*_definitions(fits, words), *_degrees(fits, words)])
    if tests := " ".join([*_of_interest(fits, words), *_tests(fits, words)]):
        yield tests
    yield " ".join(_responses(fits, words))
    yield from _doubts(fits, words)
    yield from _release(fits, words)
    yield words.say("fits", fits="; ".join(f"({number}) {fit.fit_id}" for number, fit in enumerate(fits, start=1)))


def plan_note(fits: Fits, words: Words) -> str:
    """Say which fits were planned and locked before the data came, and which were not."""
    planned = dict(columns_by(fits, [fit.label for fit in fits]))
    if len(planned) == 1:
        return words.say(f"all_{next(iter(planned))}")
    return words.say("mixed", **{label: column_list(columns, words) for label, columns in planned.items()})


def _units(fits: Fits, words: Words) -> Iterator[str]:
    keys = ["unit_linear" if fit.estimator in LINEAR else UNITS.get(fit.estimator, "unit_other") for fit in fits]
    for key, columns in columns_by(fits, keys):
        of = [estimator_in_words(fits[column - 1], words) for column in columns]
        yield words.say(key, estimators=words.listed(list(dict.fromkeys(of))))


def _figures(fits: Fits, as_printed: Printed) -> Iterator[str]:
    words, style = as_printed.words, as_printed.style
    levels = [words.numerals.per_cent(level) for level in dict.fromkeys(fit.level for fit in fits)]
    key = "as_errors" if style.uncertainty == "error" else "as_intervals"
    yield words.say(f"{key}_stars" if style.p_values == "stars" else key, level=words.listed(levels))
    if style.p_values == "stars":
        yield words.say("stars")
    if any(len(fit.effects()) for fit in fits):
        yield words.say("effects_interval")


def _definitions(fits: Fits, words: Words) -> Iterator[str]:
    told = [(covariance_in_words(fit, words), _definition(fit, words)) for fit in fits]
    for (name, definition), columns in _columns_by_pair(told):
        yield words.say("definition", name=name, columns=column_list(columns, words), definition=definition)


def _columns_by_pair(pairs: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], list[int]]]:
    for pair in dict.fromkeys(pairs):
        yield pair, [number for number, other in enumerate(pairs, start=1) if other == pair]


def _definition(fit: ReportedFit, words: Words) -> str:
    if fit.covariance.endswith("_two_way"):
        return words.say("of_two_ways")
    if fit.covariance == STACKED:
        return words.maybe(f"of_{STACKED}", STACKED)
    if fit.estimator in ("mixed", *MARGINAL, *PATHS):
        return _of_groups(fit, words)
    if fit.estimator in FIGURES and fit.covariance not in REPLICATED:
        return words.say("of_quantiles" if fit.estimator == QUANTILES else "of_figures")
    if fit.estimator in LINEAR or fit.covariance in ("design", *REPLICATED):
        return words.maybe(f"of_{fit.covariance}", fit.covariance)
    return words.say(_of_likelihood(fit))


def _of_groups(fit: ReportedFit, words: Words) -> str:
    if fit.estimator == "mixed":
        return words.say(_of_mixed(fit))
    if fit.estimator in PATHS:
        return _of_paths(fit, words)
    correlation = words.say(f"correlation_{fit.spec.working_correlation or 'exchangeable'}")
    return words.say(f"of_equations_{fit.covariance}", correlation=correlation)


def _of_likelihood(fit: ReportedFit) -> str:
    if fit.estimator == "firth_logit":
        return "of_penalised_likelihood"
    if fit.covariance == "classical":
        return "of_likelihood_classical"
    return "of_likelihood_cr2" if fit.covariance == "CR2" else "of_likelihood"


def _of_paths(fit: ReportedFit, words: Words) -> str:
    if fit.estimator in LATENT_PATHS:
        return words.say("of_latent_paths")
    interval = (fit.spec.paths or Paths()).interval if fit.estimator == "mediation" else "delta"
    return words.say("of_equations", interval=words.say(f"interval_{interval}"))


def _of_mixed(fit: ReportedFit) -> str:
    if fit.covariance != "classical":
        return "of_mixed_clusters"
    return "of_mixed_kenward_roger" if fit.spec.degrees_of_freedom == "kenward_roger" else "of_mixed"


def _degrees(fits: Fits, words: Words) -> Iterator[str]:
    if any(fit.is_released for fit in fits):
        return
    numerals, listed = words.numerals, list[str]()
    for number, fit in enumerate(fits, start=1):
        df = fit.estimates["df"].to_numpy(dtype=float, na_value=np.nan)
        known = df[np.isfinite(df)]
        if known.size:
            low, high = (numerals.degrees(float(end)) for end in (known.min(), known.max()))
            key = "degrees_alike" if low == high else "degrees_of"
            listed.append(words.say(key, column=number, low=low, high=high))
        else:
            key = "degrees_profile" if fit.estimator == "firth_logit" else "degrees_normal"
            listed.append(words.say(key, column=number))
    yield words.say("degrees", degrees="; ".join(listed))


def _of_interest(fits: Fits, words: Words) -> Iterator[str]:
    named = [words.listed(_focal_names(fit)) for fit in fits]
    if len(set(named)) > 1:
        listed = [f"{column_list(columns, words)} {name}" for name, columns in columns_by(fits, named)]
        yield words.say("of_interest", names="; ".join(listed))


def _focal_names(fit: ReportedFit) -> list[str]:
    places = [fit.places[term] for term in fit.focal_terms()]
    return list(dict.fromkeys(each.variable or each.label for each in places if each.kind != "product"))


def _tests(fits: Fits, words: Words) -> Iterator[str]:
    tested = [(number, fit) for number, fit in enumerate(fits, start=1) if fit.holm_p is not None]
    several = [(number, fit) for number, fit in tested if fit.n_in_family > 1]
    if several:
        families = (words.say("family", column=number, family=fit.family, n=fit.n_in_family) for number, fit in several)
        yield words.say("holm", families="; ".join(families))
    elif tested:
        yield words.say("no_holm")
    effects = [_smallest(fit, words) for fit in fits]
    listed = [f"{column_list(columns, words)} {effect}" for effect, columns in columns_by(fits, effects)]
    if listed:
        is_released = all(fit.is_released for fit in fits)
        yield words.say("smallest_only" if is_released else "smallest", effects="; ".join(listed))


def _smallest(fit: ReportedFit, words: Words) -> str:
    """Write the smallest effect of interest; nothing where it was not tested, as of coefficients in other units."""
    smallest = fit.spec.smallest_effect_of_interest
    is_tested = any(fit.reading(term, "equivalence") for term in fit.focal_terms())
    if smallest is None or not (is_tested or (fit.is_released and fit.estimator in LINEAR)):
        return ""
    return words.numerals.plain(smallest, 2 if round(smallest, 2) == smallest else 3)


def _times_imputed(fit: ReportedFit) -> str:
    """Return how many completed sets are behind a fit; nothing where none is."""
    times = fit.diagnostics.get(IMPUTATIONS)
    return "" if times is None else f"{times:.0f}"


def _stood_for(fit: ReportedFit) -> str:
    """Return which sentence tells of weights for people who kept silent; none where there are none."""
    missing = fit.spec.missing
    if not isinstance(missing, ResponseWeights):
        return ""
    return "stayed_for" if missing.of == "staying" else "answered_for"


def _responses(fits: Fits, words: Words) -> Iterator[str]:
    shares = [fit.diagnostics.get("share_of_responses_used") for fit in fits]
    imputed = [_times_imputed(fit) for fit in fits]
    told = [
        "" if share is None or times else words.numerals.per_cent(share)
        for share, times in zip(shares, imputed, strict=True)
    ]
    listed = [f"{column_list(columns, words)} {share}" for share, columns in columns_by(fits, told)]
    if listed or not all(imputed):
        yield words.say("listwise_share", shares="; ".join(listed)) if listed else words.say("listwise")
    for times, columns in columns_by(fits, imputed):
        yield words.say("imputed", columns=column_list(columns, words), n=times)
    for told, columns in columns_by(fits, [_stood_for(fit) for fit in fits]):
        yield words.say(told, columns=column_list(columns, words))
    for explained, columns in columns_by(fits, [EXPLAINED.get(fit.estimator, "") for fit in fits]):
        yield words.say(explained, columns=column_list(columns, words))
    for name, columns in columns_by(fits, [fit.spec.weights or "" for fit in fits]):
        weight = words.maybe(f"weight_{name}", name.replace("_", " "))
        yield words.say("weighted", name=weight, columns=column_list(columns, words))
    for name, columns in columns_by(fits, [fit.spec.population.without or "" for fit in fits]):
        rule = words.text("rule_title", name)
        yield words.say("without_rule", name=rule, columns=column_list(columns, words))


def _doubts(fits: Fits, words: Words) -> Iterator[str]:
    for reasons, columns in columns_by(fits, ["; ".join(fit.missed) for fit in fits]):
        yield words.say("missed", columns=column_list(columns, words), reasons=reasons)
    without = [number for number, fit in enumerate(fits, start=1) if fit.has_no_inference]
    if without:
        yield words.say("no_inference", columns=column_list(without, words))


def _release(fits: Fits, words: Words) -> Iterator[str]:
    for reasons, columns in columns_by(fits, [fit.withheld for fit in fits]):
        yield words.say("withheld", columns=column_list(columns, words), reasons=reasons)
    if any(fit.is_released and (fit.estimates["std_error"] < TINY).any() for fit in fits):
        yield words.say("below_rounding")
    if any(fit.small_terms for fit in fits):
        yield words.say("small_cells", sign=DAGGER)
