"""What tables of fits say of missing answers and of missing variants, in English and in Danish."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "absent_variants": "Declared as well, and without a column here, since the data could not carry them or they are "
    "not shown: {variants}.",
    "imputed": "Missing values were imputed {n} times (multiple imputation by chained equations) and estimates "
    "pooled by Rubin's rules: {columns}.",
    "answered_for": "Those who answered stand for those like them who did not ({columns}): weights of inverse "
    "probabilities, whose estimation the standard errors know.",
    "stayed_for": "Those who stayed stand for those like them who left ({columns}): weights of inverse probabilities "
    "of staying, whose estimation the standard errors know.",
}
DANISH: Mapping[str, str] = {
    "absent_variants": "Også erklæret, men uden en kolonne her, fordi data ikke kunne bære dem, eller fordi de ikke "
    "vises: {variants}.",
    "of_stacked": "ligninger for at svare og for udfaldet sammen, t på G - 1 eller n - k, eller normalfordeling; "
    "R: ingen kørt: geex",
    "answered_for": "De, der svarede, står for dem, der ligner dem og ikke svarede ({columns}): vægte efter omvendt "
    "sandsynlighed, og standardfejlene ved, at vægtene er estimeret.",
    "stayed_for": "De, der blev, står for dem, der ligner dem og faldt fra ({columns}): vægte efter omvendt "
    "sandsynlighed for at blive, og standardfejlene ved, at vægtene er estimeret.",
    "imputed": "Manglende værdier er imputeret {n} gange (multipel imputation med kædede ligninger), og estimaterne er "
    "samlet efter Rubins regler: {columns}.",
}
