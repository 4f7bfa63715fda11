"""Words of tables for models of rows in groups: random intercepts of categorical outcomes, estimating equations."""

from collections.abc import Mapping

IN_ENGLISH: Mapping[str, str] = {
    "n_fewer_clusters": "Clusters by {column}, the fewer of both",
    "estimator_mixed_logit": "Logit with random intercepts",
    "estimator_mixed_ordered_logit": "Ordered logit with random intercepts",
    "estimator_mixed_ordered_probit": "Ordered probit with random intercepts",
    "estimator_gee_linear": "Estimating equations, linear (GEE)",
    "estimator_gee_logit": "Estimating equations, logit (GEE)",
    "estimator_gee_poisson": "Estimating equations, Poisson (GEE)",
    "unit_mixed_logit": "Coefficients of {estimators} are log odds within a group; average effects are in "
    "probabilities over the population of groups.",
    "unit_mixed_probit": "Coefficients of {estimators} are probits within a group; average effects are in "
    "probabilities over the population of groups.",
    "explained_equations": "R² in {columns} is 1 less the squared residuals over the squares about the mean.",
    "of_equations_classical": "estimating equations, true only if the {correlation} is, normal distribution; "
    "R: geepack::geeglm, vbeta.naiv",
    "of_equations_CR0": "estimating equations with {correlation}, sandwich, normal distribution; "
    "R: geepack::geeglm(std.err = 'san.se')",
    "of_equations_CR3": "estimating equations with {correlation}, residuals corrected for few clusters (Mancl and "
    "DeRouen), Satterthwaite t; R: geesmv::GEE.var.md",
    "correlation_independence": "rows of a cluster taken as independent",
    "correlation_exchangeable": "one working correlation of all rows of a cluster",
    "correlation_ar1": "a working correlation that falls with the waves between rows",
}
IN_DANISH: Mapping[str, str] = {
    "n_fewer_clusters": "Klynger efter {column}, de færreste af begge",
    "estimator_mixed_logit": "Logit med tilfældige konstanter",
    "estimator_mixed_ordered_logit": "Ordnet logit med tilfældige konstanter",
    "estimator_mixed_ordered_probit": "Ordnet probit med tilfældige konstanter",
    "estimator_gee_linear": "Estimationsligninger, lineære (GEE)",
    "estimator_gee_logit": "Estimationsligninger, logit (GEE)",
    "estimator_gee_poisson": "Estimationsligninger, Poisson (GEE)",
    "unit_mixed_logit": "Koefficienter fra {estimators} er log-odds inden for en gruppe; gennemsnitlige effekter er i "
    "sandsynligheder over populationen af grupper.",
    "unit_mixed_probit": "Koefficienter fra {estimators} er probits inden for en gruppe; gennemsnitlige effekter er i "
    "sandsynligheder over populationen af grupper.",
    "explained_equations": "R² i {columns} er 1 minus de kvadrerede residualer over kvadraterne om gennemsnittet.",
    "of_equations_classical": "estimationsligninger, gælder kun, hvis der er {correlation}, normalfordeling; "
    "R: geepack::geeglm, vbeta.naiv",
    "of_equations_CR0": "estimationsligninger med {correlation}, sandwich, normalfordeling; "
    "R: geepack::geeglm(std.err = 'san.se')",
    "of_equations_CR3": "estimationsligninger med {correlation}, residualer rettet for få klynger (Mancl og DeRouen), "
    "Satterthwaites t; R: geesmv::GEE.var.md",
    "correlation_independence": "uafhængige rækker i en klynge",
    "correlation_exchangeable": "én arbejdskorrelation mellem alle rækker i en klynge",
    "correlation_ar1": "en arbejdskorrelation, der falder med runderne mellem rækker",
}
