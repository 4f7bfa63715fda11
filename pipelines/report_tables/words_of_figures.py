"""What tables of figures of the population say, in English and in Danish."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "of_calibrated": "less what the weights are calibrated to explains (R: calibrate, rake, postStratify)",
    "estimator_population_mean": "Means of the population",
    "estimator_population_total": "Totals of the population",
    "estimator_population_ratio": "Ratios of the population",
    "estimator_population_quantiles": "Quantiles of the population",
    "unit_figures": "Figures of {estimators} are in units of the outcome; none is tested against nought.",
    "unit_ratios": "Figures of {estimators} are units of the outcome for one unit of the denominator; none is tested "
    "against nought.",
    "of_figures": "strata, clusters and sizes of the population; t on clusters - strata; R: survey::svymean, svytotal, "
    "svyratio, svyby",
    "of_quantiles": "Woodruff’s intervals of the share up to it, t on clusters - strata; R: survey::svyquantile",
    "named_unit_jackknife": "jackknife over sampled units",
    "named_balanced_halves": "balanced half-samples",
    "named_unit_bootstrap": "bootstrap of sampled units",
    "population_mean": "M",
    "population_total": "total",
    "population_ratio": "ratio",
    "population_quantiles": "quantile",
}
DANISH: Mapping[str, str] = {
    "of_calibrated": "uden det, som vægtenes kalibrering forklarer (R: calibrate, rake, postStratify)",
    "estimator_population_mean": "Gennemsnit i populationen",
    "estimator_population_total": "Summer i populationen",
    "estimator_population_ratio": "Forhold i populationen",
    "estimator_population_quantiles": "Fraktiler i populationen",
    "unit_figures": "Tal fra {estimators} er i udfaldets enheder; ingen er testet mod nul.",
    "unit_ratios": "Tal fra {estimators} er enheder af udfaldet for én enhed af nævneren; ingen er testet mod nul.",
    "of_figures": "strata, klynger og populationens størrelse; t på klynger - strata; R: survey::svymean, svytotal, "
    "svyratio, svyby",
    "of_quantiles": "Woodruffs intervaller for andelen op til den, t på klynger - strata; R: survey::svyquantile",
    "of_unit_jackknife": "udtrukne enheder udeladt på skift, t på enheder - strata; R: survey::as.svrepdesign(type = "
    "'JKn')",
    "of_balanced_halves": "halvdele af par af enheder, balanceret over strata; R: ingen kørt: as.svrepdesign(type = "
    "'BRR')",
    "of_unit_bootstrap": "m - 1 af m enheder trukket pr. stratum (Rao og Wu), t på enheder - strata; R: ingen kørt",
    "named_unit_jackknife": "jackknife over udtrukne enheder",
    "named_balanced_halves": "balancerede halve stikprøver",
    "named_unit_bootstrap": "bootstrap af udtrukne enheder",
    "population_mean": "M",
    "population_total": "sum",
    "population_ratio": "forhold",
    "population_quantiles": "fraktil",
}
