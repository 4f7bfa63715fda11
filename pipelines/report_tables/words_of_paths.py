"""What tables of path models say, in English and in Danish."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "estimator_mediation": "Mediation",
    "estimator_mediation_across_levels": "Mediation across levels",
    "estimator_cross_lagged_panel": "Cross-lagged panel",
    "estimator_latent_growth": "Latent growth",
    "estimator_two_outcomes": "Two outcomes together",
    "unit_paths": "Paths of {estimators} are in units of what is explained, and effects along them in units of the "
    "outcome.",
    "of_equations": "of the coefficients of all equations together; errors of effects by the delta method, {interval}; "
    "R: lavaan::sem, clubSandwich::vcovCR, boot::boot.ci, semTools::monteCarloCI",
    "of_latent_paths": "maximum likelihood with full information, normal distribution; HC0 and CR1 are lavaan’s MLR "
    "without and with clusters; R: lavaan::lavaan(estimator = 'MLR')",
    "interval_monte_carlo": "Monte Carlo intervals",
    "interval_percentile": "percentile bootstrap intervals",
    "interval_basic": "basic bootstrap intervals",
    "interval_bca": "BCa bootstrap intervals",
    "interval_delta": "and so their intervals",
    "explained_outcome": "R² in {columns} is of the equation of the outcome.",
}
DANISH: Mapping[str, str] = {
    "estimator_mediation": "Mediering",
    "estimator_mediation_across_levels": "Mediering på tværs af niveauer",
    "estimator_cross_lagged_panel": "Krydsforskudt panel",
    "estimator_latent_growth": "Latent vækst",
    "estimator_two_outcomes": "To udfald sammen",
    "unit_paths": "Stier i {estimators} er i enheder af det, der forklares, og effekter langs dem i udfaldets enheder.",
    "of_equations": "af alle ligningers koefficienter sammen; effekternes fejl ved deltametoden, {interval}; "
    "R: lavaan::sem, clubSandwich::vcovCR, boot::boot.ci, semTools::monteCarloCI",
    "of_latent_paths": "maksimum likelihood med fuld information, normalfordeling; HC0 og CR1 er lavaans MLR uden og "
    "med klynger; R: lavaan::lavaan(estimator = 'MLR')",
    "interval_monte_carlo": "Monte Carlo-intervaller",
    "interval_percentile": "percentilintervaller ved bootstrap",
    "interval_basic": "basale bootstrapintervaller",
    "interval_bca": "BCa-bootstrapintervaller",
    "interval_delta": "og deres intervaller ligeså",
    "explained_outcome": "R² i {columns} er af udfaldets ligning.",
}
